import { z } from 'zod';
import { count } from './vocabulary.js';

/**
 * Kinds of devices: the processor, any GPU through WebGPU, NVIDIA's through CUDA, all three by ONNX Runtime; and TensorFlow's
 * processor and GPU runtimes.
 */
export const deviceClass = z.enum(['cpu', 'webgpu', 'cuda', 'tfjs-node', 'tfjs-node-gpu']);
export type DeviceClass = z.infer<typeof deviceClass>;

/** Which device did something: what is true of one (latency, the bytes of a training) need not be of another. */
export const deviceIdentity = z.object({
  class: z.string().min(1).max(40),
  /** E.g. of the processor or the graphics card. */
  name: z.string().min(1).max(200),
});
export type DeviceIdentity = z.infer<typeof deviceIdentity>;

/** A device of a machine. */
export const device = z.strictObject({
  class: deviceClass,
  /** Which of its class, from 0; as in `cuda:1`. */
  index: count.default(0),
  name: deviceIdentity.shape.name,
  /** Name and version of the driver; null where there is none, or it is not known. */
  driver: z.string().min(1).max(200).nullable().default(null),
  /** What it may use; null where that is not known. */
  memoryBytes: z.number().int().min(0).nullable(),
  /** Of the processor, that work on it. */
  threads: count.min(1),
  /**
   * Name and version of what runs networks on it, e.g. `onnxruntime 1.30.0`. Absent: a worker from before profiles and probes,
   * which is given none.
   */
  runtime: z.string().max(100).optional(),
});
export type Device = z.infer<typeof device>;

/** What `worker doctor --json` says of a device. */
export const probedDevice = device.extend({
  /** Whether a small graph ran on it and gave the right numbers. */
  works: z.boolean(),
  /** Why not; null where it works. */
  problem: z.string().nullable(),
  /** A GPU that the processor imitates: slower than the processor itself. `auto` never takes one. */
  software: z.boolean(),
});
export type ProbedDevice = z.infer<typeof probedDevice>;

/** What `worker doctor --json` prints: what a machine can train with. */
export const machineReport = z.object({
  /** Version of Node.js. */
  node: z.string(),
  platform: z.string(),
  data: z.string(),
  /** Those that were found, whether they work or not; the processor first. */
  devices: z.array(probedDevice),
  /** What `--devices auto` takes, e.g. `["cuda:0", "cuda:1"]`. */
  auto: z.array(z.string()),
  /** How to get what is not there. */
  hints: z.array(z.string()),
  memory: z.object({ freeBytes: z.number().int() }),
  /** Versions of packages; null where one is absent. */
  packages: z.record(z.string(), z.string().nullable()),
  onnxruntime: z.object({ loads: z.boolean(), backends: z.array(z.string()), problem: z.string().nullable() }),
});
export type MachineReport = z.infer<typeof machineReport>;
