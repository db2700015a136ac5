import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

/** Weights do not shrink; deflating them would only cost time. */
const stored = /\.(onnx|safetensors)$/;

/**
 * The files of a folder as one zip, piece by piece: memory does not grow with the files. Equal files give equal bytes
 * (no times, no owners).
 *
 * @param names Files directly in the folder, in the order they shall have.
 * @param prefix Folder inside the zip, without a slash at the end.
 */
export async function* zipFolder(folder: string, names: readonly string[], prefix: string): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    ready.push(chunk);
  });
  for (const name of names) {
    const entry = stored.test(name)
      ? new ZipPassThrough(`${prefix}/${name}`)
      : new ZipDeflate(`${prefix}/${name}`, { level: 6 });
    entry.mtime = new Date(1980, 0, 1);
    zip.add(entry);
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: 1 << 20 })) {
      entry.push(chunk as Buffer, false);
      yield* ready.splice(0);
    }
    entry.push(new Uint8Array(0), true);
    yield* ready.splice(0);
  }
  zip.end();
  yield* ready.splice(0);
}
