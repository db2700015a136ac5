import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExportVerification } from '#api-contract';
import { type DatasetImage, parseManifest } from '#dataset';
import { decodeRgb } from '#dataset/pictures';
import { type Clock, DomainError } from '#primitives';

/** What the clean process is told: where the export lies, and which pictures to ask it about. */
export interface VerifyJob {
  /** Folder of the export. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly manifestSha256: string;
  readonly latencyBatch: number;
  /** Side of the pictures whose latency is measured, pixels. */
  readonly imageSize: number;
}
export type VerifyMeasures = Omit<ExportVerification, 'recordedAccuracy' | 'recordedLatencyP95Ms'>;

/** The export's labels are not the classes of the dataset version it claims to know. */
export class LabelMismatchError extends DomainError {
  readonly code = 'LABEL_MISMATCH';
}

const warmup = 5;
const repeats = 50;

/**
 * Asks an exported model about the original validation pictures, whole and undistorted as they were imported. Knows
 * nothing of networks and training: only the files of the export, ONNX Runtime and a picture decoder.
 *
 * @param blobs Manifest and pictures by SHA-256.
 */
export async function verifyExport(
  job: VerifyJob,
  blobs: { get(sha256: string): Promise<Uint8Array> },
  clock: Clock,
): Promise<VerifyMeasures> {
  const labels = JSON.parse(await readFile(join(job.folder, 'labels.json'), 'utf8')) as string[];
  const manifest = parseManifest(Buffer.from(await blobs.get(job.manifestSha256)).toString());
  if (JSON.stringify(labels) !== JSON.stringify(manifest.classes)) {
    throw new LabelMismatchError(
      `labels.json names ${labels.join(', ')}, the dataset has ${manifest.classes.join(', ')}`,
    );
  }
  const session = await InferenceSession.create(join(job.folder, 'model.onnx'), { logSeverityLevel: 3 });
  try {
    const validation = manifest.images.filter(({ split }) => split === 'validation');
    let correct = 0;
    for (const image of validation) correct += (await isRight(session, image, await blobs.get(image.sha256))) ? 1 : 0;
    const times = await measureBatches(session, job, clock);
    return {
      accuracy: correct / validation.length,
      correct,
      validationImages: validation.length,
      latencyP50Ms: percentile(times, 0.5),
      latencyP95Ms: percentile(times, 0.95),
      latencyBatch: job.latencyBatch,
    };
  } finally {
    await session.release();
  }
}

async function isRight(session: InferenceSession, image: DatasetImage, bytes: Uint8Array): Promise<boolean> {
  const { pixels, width, height } = await decodeRgb(bytes);
  const probabilities = await classify(session, pixels, [1, height, width, 3]);
  return probabilities.indexOf(Math.max(...probabilities)) === image.classIndex;
}

async function classify(session: InferenceSession, pixels: Uint8Array, shape: number[]): Promise<Float32Array> {
  const outputs = await session.run({ [session.inputNames[0]]: new Tensor('uint8', pixels, shape) });
  return outputs.probabilities.data as Float32Array;
}

/** Latency does not depend on what a picture shows, so a grey ramp will do. */
async function measureBatches(session: InferenceSession, job: VerifyJob, clock: Clock): Promise<number[]> {
  const shape = [job.latencyBatch, job.imageSize, job.imageSize, 3];
  const pixels = Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index % 256);
  const times: number[] = [];
  for (let round = 0; round < warmup + repeats; round++) {
    const started = clock.monotonicMs();
    await classify(session, pixels, shape);
    if (round >= warmup) times.push(clock.monotonicMs() - started);
  }
  return times.sort((a, b) => a - b);
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}
