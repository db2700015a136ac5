/** @file Networks on this machine's GPU in our engine and in PyTorch eager; `--help` tells the options, `--pack` makes a package. */
import { writeFileSync } from 'node:fs';
import type { ExecutionProvider } from '#engine';
import { UsageError } from '../side/bench-options.js';
import { type BenchReport, goalLines } from '../side/goal.js';
import { engineVersions, machine } from '../side/machine.js';
import { findTorchPython, howToGetTorch } from '../side/torch-python.js';
import { CardSampler } from './card-sampler.js';
import { compareOnGpu, shallowEpochs, shallowTrials } from './compare-on-gpu.js';
import { findDevices } from './find-devices.js';
import { gpuGoals } from './gpu-goals.js';
import { type GpuOptions, gpuUsage, parseGpuOptions } from './gpu-options.js';
import type { GpuRow } from './gpu-row.js';
import { gpuTables } from './gpu-table.js';
import { TorchSide } from './torch-side.js';

const startedMs = performance.now();
try {
  const options = parseGpuOptions(process.argv.slice(2));
  if (options.help) console.log(gpuUsage);
  else if (options.pack !== undefined) console.log((await import('./pack.js')).pack(options.pack));
  else await compare(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`bench:gpu: ${error.message}`);
  process.exitCode = 2;
}

async function compare(options: GpuOptions): Promise<void> {
  const card = new CardSampler();
  const { devices, problems } = await findDevices(options.device);
  const { torch, problem } = await startTorch(options);
  const about = machine();
  const versions = { ...engineVersions(), ...torch?.versions };
  console.log(`${about.cpu}, ${about.cores} cores, ${about.arch}, ${about.memoryGiB} GiB`);
  console.log(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  for (const line of problems) console.log(`cannot be used: ${line}`);
  if (problem !== undefined) console.log(`PyTorch is missing, no goal is met. ${problem}`);
  const deadlineMs = startedMs + options.minutes * 60_000;
  const unusable = devices.length === 0 ? `cannot be used: ${problems.join(' · ')}` : undefined;
  const rows = await compareOnGpu({
    options,
    devices: unusable === undefined ? devices : [{ provider: firstOf(options.device), index: 0 }],
    torch,
    gauge: { card, deadlineMs },
    unusable,
  });
  await torch?.stop();
  card.stop();
  const goals = gpuGoals(rows);
  if (unusable !== undefined) {
    console.log('Nothing was measured: see `cannot be used` above; --device cpu tries the same on the processor.');
    process.exitCode = 1;
  } else {
    console.log(`\n${gpuTables(rows)}\n`);
    console.log(
      `A shallow trial is ${shallowEpochs} epochs over ${options.examples} pictures; ours computes their features once for ${shallowTrials} trials.`,
    );
  }
  console.log(goalLines(goals).join('\n'));
  if (options.json === undefined) return;
  const missing = [
    ...problems.map((line) => ({ device: line, missing: true })),
    ...(problem === undefined ? [] : [{ peer: 'torch', missing: true }]),
  ];
  const report: BenchReport<GpuRow | { missing: boolean }> = {
    bench: 'gpu',
    machine: about,
    versions,
    rows: [...rows, ...missing],
    goals,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

function firstOf(device: GpuOptions['device']): ExecutionProvider {
  return device === 'auto' ? 'webgpu' : device;
}

async function startTorch({ torch: wanted, python: given, device }: GpuOptions) {
  if (!wanted) return { problem: '--no-torch was given' };
  const { python, problem } = await findTorchPython(given);
  if (python === undefined) return { problem: `${problem}\n${howToGetTorch}` };
  const torch = await TorchSide.start(python.program, device === 'cpu' ? 'cpu' : 'cuda');
  return typeof torch === 'string' ? { problem: torch } : { torch };
}
