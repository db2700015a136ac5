/**
 * @file A training step of each network, compiled, against PyTorch eager stepped alternately in the same run.
 * Options: `--json FILE`, `--quick`, `--python PROGRAM` (default /usr/bin/python3), `--threads N`, `--size PX`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { compileTrainer, type Trainer } from '#engine';
import { buildNetwork, initialTensors } from '#model-zoo/networks';
import { Rng } from '#primitives';
import { TorchPeer } from './torch-peer.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    python: { type: 'string', default: '/usr/bin/python3' },
    threads: { type: 'string', default: String(cpus().length) },
    size: { type: 'string', default: '64' },
  },
});
const threads = integerOption('threads', 1, 1024);
const size = integerOption('size', 63, 2048); // AlexNet takes nothing smaller
function integerOption(name: 'threads' | 'size', low: number, high: number): number {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  console.error(`bench:engine: --${name} is ${options[name]}, must be an integer in [${low}, ${high}]`);
  process.exit(2);
}

const batch = 16;
const classes = 10;
const stepsPerRound = 4;
const rounds = options.quick ? 3 : 9;

/** Ratio torch / engine that has to be reached, median of rounds. */
const goals = { squeezenet1_1: 1, resnet18: 0.75, alexnet: 0.75 } as const;
type Name = keyof typeof goals;

interface Row {
  readonly network: Name;
  readonly engineMs: number;
  readonly torchMs: number | null;
  readonly ratio: number | null;
  readonly compileMs: number;
}

async function trainerOf(
  name: Name,
): Promise<{ trainer: Trainer; data: { inputs: Float32Array; labels: Int32Array } }> {
  const network = buildNetwork(name, { classes, imageSize: size });
  const trainer = await compileTrainer({
    forward: (x, context) => network.forward(x, context),
    tensors: initialTensors(network, 1),
    trainable: (tensor) => !tensor.includes('running_'),
    inputShape: [size, size, 3],
    classes,
    batchSize: batch,
    momentum: 0.9,
    weightDecay: 1e-4,
    seed: 1,
    threads,
  });
  const rng = new Rng(2);
  const count = batch * stepsPerRound;
  const inputs = Float32Array.from({ length: count * size * size * 3 }, () => rng.normal());
  return { trainer, data: { inputs, labels: Int32Array.from({ length: count }, (_, index) => index % classes) } };
}

async function measure(name: Name, peer: TorchPeer | undefined): Promise<Row> {
  const { trainer, data } = await trainerOf(name);
  await peer?.prepare(name, { size, batch, classes, threads });
  const engineMs: number[] = [];
  const torchMs: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const { seconds, steps } = await trainer.trainEpoch(data, { epoch: round + 1, learningRate: 1e-3 });
    const torchSeconds = await peer?.run(stepsPerRound);
    if (round < 0) continue; // warm-up
    engineMs.push((seconds * 1000) / steps);
    if (torchSeconds !== undefined) torchMs.push((torchSeconds * 1000) / stepsPerRound);
  }
  await trainer.dispose();
  const ratio = torchMs.length > 0 ? median(torchMs.map((ms, index) => ms / engineMs[index])) : null;
  return {
    network: name,
    engineMs: median(engineMs),
    torchMs: torchMs.length > 0 ? median(torchMs) : null,
    ratio,
    compileMs: trainer.compileMs,
  };
}

function packageVersion(name: string): string {
  const file = new URL(`../../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const { peer, problem } = await TorchPeer.start(options.python);
if (peer === undefined) {
  console.log(`PyTorch is missing: ${options.python} cannot import torch and torchvision. ${problem}`);
  console.log('Debian: apt install python3-torchvision · others: pip install torch torchvision, then --python PROGRAM');
}
const [loadBefore] = loadavg();
const machine = { cpu: cpus()[0].model, cores: cpus().length, arch: arch(), loadBefore };
const versions = {
  node: process.version,
  'onnxruntime-node': packageVersion('onnxruntime-node'),
  '@tensorflow/tfjs-core': packageVersion('@tensorflow/tfjs-core'),
  ...peer?.versions,
};
console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.arch}, load average ${loadBefore.toFixed(1)}`);
console.log(
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', '),
);
if (loadBefore > 1) {
  console.log(
    `load average ${loadBefore.toFixed(1)}: PyTorch's threads suffer more from it, the ratios come out too high`,
  );
}
console.log(
  `training step, ${size} px, batch ${batch}, ${threads} threads, medians of ${rounds} rounds of ${stepsPerRound}`,
);
const rows: Row[] = [];
for (const name of Object.keys(goals) as Name[]) {
  const row = await measure(name, peer);
  rows.push(row);
  const peerText =
    row.torchMs === null ? 'torch —' : `torch ${row.torchMs.toFixed(1)} ms  ratio ${row.ratio?.toFixed(2)}`;
  console.log(
    `${name.padEnd(14)} engine ${row.engineMs.toFixed(1)} ms  ${peerText}  compile ${row.compileMs.toFixed(0)} ms`,
  );
}
peer?.stop();
if (options.json !== undefined) {
  const report = {
    bench: 'engine',
    machine,
    versions,
    rows: peer === undefined ? [...rows, { peer: 'torch', missing: true }] : rows,
    goals: rows.map(({ network, ratio }) => ({
      name: `${network}: torch / engine`,
      value: ratio,
      goal: goals[network],
      sense: '>=',
      met: ratio !== null && ratio >= goals[network],
    })),
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
