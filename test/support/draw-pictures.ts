import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** Writes one JPEG per path below `folder`, each of a colour of its own. */
export async function drawPictures(folder: string, paths: readonly string[]): Promise<void> {
  for (const [index, path] of paths.entries()) {
    const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 53) % 256 };
    const bytes = await sharp({ create: { width: 40 + index, height: 30, channels: 3, background } })
      .jpeg()
      .toBuffer();
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
}
