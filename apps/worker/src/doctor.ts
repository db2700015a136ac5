import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { freemem } from 'node:os';
import { join } from 'node:path';
import type { Command } from './config.js';
import { describeDevice } from './device.js';

const require = createRequire(import.meta.url);

/** Prints what this machine can train with, as JSON. */
export async function doctor(command: Extract<Command, { name: 'doctor' }>): Promise<void> {
  const report = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    data: command.data,
    devices: [describeDevice()],
    memory: { freeBytes: freemem() },
    packages: Object.fromEntries(
      ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'].map(
        (name) => [name, versionOf(name)],
      ),
    ),
    onnxruntime: await probeOnnxRuntime(),
  };
  process.stdout.write(`${JSON.stringify(report, null, command.json ? undefined : 2)}\n`);
}

/** Version of an installed package; null where it is absent. */
export function versionOf(name: string): string | null {
  // By hand: a package may hide its package.json from require().
  for (const folder of require.resolve.paths(name) ?? []) {
    const file = join(folder, name, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return null;
}

/** Loading says more than the version: a missing system library shows here. */
async function probeOnnxRuntime(): Promise<{ loads: boolean; backends: readonly string[]; problem: string | null }> {
  try {
    const ort = await import('onnxruntime-node');
    const backends = ort.listSupportedBackends().map(({ name }) => name);
    return { loads: true, backends, problem: null };
  } catch (error) {
    return { loads: false, backends: [], problem: error instanceof Error ? error.message : String(error) };
  }
}
