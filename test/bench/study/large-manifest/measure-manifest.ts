import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArtifactStore } from '#artifacts';
import { countImages, parseManifest, serializeManifest, versionHash } from '#dataset';
import { generateManifest } from './generate-manifest.js';
import { type MeasuredStep, measureStep } from './measured-step.js';

/** What an import does with the manifest once, and every reader of it again; no picture is read or decoded. */
export async function measureManifest(images: number): Promise<MeasuredStep[]> {
  const folder = await mkdtemp(join(tmpdir(), 'retune-bench-manifest-'));
  try {
    const store = new ArtifactStore(join(folder, 'artifacts'));
    const manifest = generateManifest(images);
    const written = await measureStep('manifest: to text', () => serializeManifest(manifest));
    const hashed = await measureStep('manifest: version hash', () => versionHash(manifest));
    const counted = await measureStep('manifest: pictures per class and split', () => countImages(manifest));
    const bytes = Buffer.from(written.result);
    const stored = await measureStep(
      'manifest: into the artifact store',
      () => store.put(bytes),
      () => ({ diskBytes: bytes.length }),
    );
    const read = await measureStep('manifest: read, checked and parsed (service; worker, at a start)', async () =>
      parseManifest(Buffer.from(await store.get(stored.result.sha256)).toString('utf8')),
    );
    if (read.result.images.length !== images) throw new Error(`${read.result.images.length} of ${images} pictures`);
    return [written.row, hashed.row, counted.row, stored.row, read.row];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
