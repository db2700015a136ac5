import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExportVerification } from '#api-contract';
import { type DatasetImage, parseManifest } from '#dataset';
import { decodeRgb } from '#dataset/pictures';
import type { ExecutionDevice } from '#engine';
import { type Clock, DomainError } from '#primitives';
import { allowedLatencyMs } from './verification.js';

/** What the clean process is told: where the export lies, and which pictures to ask it about. */
export interface VerifyJob {
  /** Folder of the export. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly manifestSha256: string;
  readonly latencyBatch: number;
  /** Side of the pictures the network sees, pixels. */
  readonly imageSize: number;
  /** A latency within its tolerance need not be measured again. */
  readonly recordedLatencyP95Ms: number;
  /** Of every session, as in the trial. */
  readonly threads: number;
  /** What the recorded latency is of: the network alone runs on it, `model.onnx` on the processor. @default the processor */
  readonly device?: ExecutionDevice;
}
type Measured = Omit<ExportVerification, 'recordedAccuracy' | 'recordedLatencyP95Ms' | 'differingImages'>;
export interface VerifyMeasures extends Measured {
  /** Class of each validation image in the order of the manifest; -1 for none. */
  readonly predictions: readonly number[];
}

/** The network without its preprocessing, beside the files of the export until it is verified. */
export const networkFile = 'network.onnx';

/** The export's labels are not the classes of the dataset version it claims to know. */
export class LabelMismatchError extends DomainError {
  readonly code = 'LABEL_MISMATCH';
}

/** A series of measurements. Its slowest calls are the machine's as much as the network's: the best of several series counts. */
const networkSeries = { warmup: 5, repeats: 50, series: 10, pauseMs: 500 } as const;
const endToEndSeries = { warmup: 2, repeats: 20 } as const;

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
  const validation = manifest.images.filter(({ split }) => split === 'validation');
  const { width, height } = typicalPicture(validation);
  const network = await withSession(join(job.folder, networkFile), job, (session) =>
    measureNetwork(session, job, clock),
  );
  return withSession(join(job.folder, 'model.onnx'), { threads: job.threads }, async (session) => {
    const predictions: number[] = [];
    for (const image of validation) predictions.push(await predict(session, await blobs.get(image.sha256)));
    const correct = validation.filter(({ classIndex }, index) => predictions[index] === classIndex).length;
    const pictures = ramp(job.latencyBatch, height, width);
    const endToEnd = await time(() => classify(session, pictures), endToEndSeries, clock);
    return {
      predictions,
      accuracy: correct / validation.length,
      correct,
      validationImages: validation.length,
      latencyP50Ms: network.p50Ms,
      latencyP95Ms: network.p95Ms,
      latencyBatch: job.latencyBatch,
      endToEndLatencyP50Ms: endToEnd.p50Ms,
      endToEndLatencyP95Ms: endToEnd.p95Ms,
      endToEndWidth: width,
      endToEndHeight: height,
    };
  });
}

async function withSession<T>(
  file: string,
  { threads, device }: Pick<VerifyJob, 'threads' | 'device'>,
  work: (session: InferenceSession) => Promise<T>,
): Promise<T> {
  const session = await InferenceSession.create(file, {
    executionProviders: providersOf(device),
    logSeverityLevel: 3,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}

function providersOf(device: ExecutionDevice | undefined): InferenceSession.ExecutionProviderConfig[] {
  if (device === undefined || device.provider === 'cpu') return ['cpu'];
  return device.provider === 'webgpu' ? ['webgpu', 'cpu'] : [{ name: 'cuda', deviceId: device.index }, 'cpu'];
}

async function predict(session: InferenceSession, bytes: Uint8Array): Promise<number> {
  const { pixels, width, height } = await decodeRgb(bytes);
  const probabilities = await classify(session, new Tensor('uint8', pixels, [1, height, width, 3]));
  return probabilities.indexOf(Math.max(...probabilities));
}

async function classify(session: InferenceSession, pictures: Tensor): Promise<Float32Array> {
  const outputs = await session.run({ [session.inputNames[0]]: pictures });
  return outputs.probabilities.data as Float32Array;
}

/** Latency does not depend on what a picture shows, so a grey ramp will do. */
function ramp(count: number, height: number, width: number): Tensor {
  const shape = [count, height, width, 3];
  return new Tensor(
    'uint8',
    new Uint8Array(count * height * width * 3).map((_, index) => index % 256),
    shape,
  );
}

/** The picture in the middle by its number of pixels. */
function typicalPicture(images: readonly DatasetImage[]): DatasetImage {
  const bySize = [...images].sort((a, b) => a.width * a.height - b.width * b.height);
  return bySize[bySize.length >> 1];
}

interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What the trial's record measures: the network alone, on pictures that are prepared. */
async function measureNetwork(session: InferenceSession, job: VerifyJob, clock: Clock): Promise<Percentiles> {
  const shape = [job.latencyBatch, job.imageSize, job.imageSize, 3];
  const size = shape.reduce((a, b) => a * b, 1);
  const prepared = new Tensor(
    'float32',
    new Float32Array(size).map((_, index) => (index % 256) / 128 - 1),
    shape,
  );
  const { series, pauseMs } = networkSeries;
  let best: Percentiles | undefined;
  for (let round = 0; round < series; round++) {
    if (round > 0) await pause(pauseMs);
    const next = await time(() => classify(session, prepared), networkSeries, clock);
    if (best === undefined || next.p95Ms < best.p95Ms) best = next;
    if (best.p95Ms <= allowedLatencyMs(job.recordedLatencyP95Ms)) break;
  }
  return best as Percentiles;
}

async function time(
  call: () => Promise<unknown>,
  { warmup, repeats }: { readonly warmup: number; readonly repeats: number },
  clock: Clock,
): Promise<Percentiles> {
  const times: number[] = [];
  for (let round = 0; round < warmup + repeats; round++) {
    const started = clock.monotonicMs();
    await call();
    if (round >= warmup) times.push(clock.monotonicMs() - started);
  }
  times.sort((a, b) => a - b);
  const nearestRank = (share: number) => times[Math.max(0, Math.ceil(share * times.length) - 1)];
  return { p50Ms: nearestRank(0.5), p95Ms: nearestRank(0.95) };
}
