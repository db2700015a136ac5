/**
 * @file Builds TensorFlow for Node.js against the libraries of a Python wheel, in the data folder. The package's own
 * install step would download a TensorFlow of 2022 instead. Everything is made in a folder aside and renamed at the end.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buildTensorflowAddon } from './build-tensorflow-addon.js';
import { type BuildTools, findBuildTools } from './build-tools.js';
import type { Environment } from './config.js';
import type { EngineCommand } from './engine-command.js';
import { LinkError } from './link-error.js';
import type { Log } from './log.js';
import { copyPackage, fetchPackage, packageNotes } from './place-tensorflow-package.js';
import { type ProbeResult, probeTensorflow } from './probe-tensorflow.js';
import { waitForLock } from './process-lock.js';
import { inspectTensorflowFolder, type TensorflowFolder } from './tensorflow-folder.js';
import {
  type LinkRecord,
  linkedPackage,
  linkedTensorflowFolder,
  linkRecordFile,
  listTensorflow,
  readLinkRecord,
  tensorflowPackages,
} from './tensorflow-package.js';

/** That of the engine's tfjs-core: the package must use the same. */
const packageVersion = '4.22.0';

/**
 * Links the TensorFlow of a folder, and proves that it computes. What is linked already is only tried again.
 *
 * @throws {LinkError} naming everything that is missing, or what failed.
 */
export async function linkTensorflow(
  command: EngineCommand,
  environment: Environment,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const plan = planOf(command, environment);
  if (plan.missing.length > 0) throw new LinkError(`Cannot link TensorFlow, missing:\n  ${plan.missing.join('\n  ')}`);
  const { tensorflow, target } = plan;
  log.info('tensorflow.found', `${tensorflow.wheel ?? 'TensorFlow'} lies in ${tensorflow.folder}`, { ...tensorflow });
  if (command.check) {
    tellPlan(plan, log);
    return log.info('tensorflow.checked', 'Nothing is missing; nothing was changed');
  }
  await mkdir(dirname(target), { recursive: true });
  const lock = await waitForLock(`${target}.lock`, `link-tensorflow ${process.pid}`, signal);
  try {
    await sweep(target);
    const linked = await probeLinked(plan, environment, signal);
    if (linked !== null) return tell('is linked already', plan, linked, log);
    tellPlan(plan, log);
    tell('is linked', plan, await link(plan, environment, signal, log), log);
  } finally {
    await lock.release();
  }
}

interface Plan {
  readonly provider: EngineCommand['provider'];
  readonly name: string;
  readonly tensorflow: TensorflowFolder;
  readonly tools: BuildTools;
  /** Folder of a package to copy; null: npm fetches it. */
  readonly source: string | null;
  readonly target: string;
  readonly missing: readonly string[];
}

function planOf({ folder, provider, data, package: given }: EngineCommand, environment: Environment): Plan {
  const tensorflow = inspectTensorflowFolder(folder);
  const tools = findBuildTools(environment);
  const name = tensorflowPackages[provider];
  const installed = listTensorflow(data).find((one) => one.provider === provider && one.source === 'installed');
  const source = given ?? (installed?.version === packageVersion ? installed.packageFolder : null);
  const missing = [
    ...(process.platform === 'linux' ? [] : [`Linux (this is ${process.platform})`]),
    ...tensorflow.missing.map((path) => `${join(tensorflow.folder, path)} (a Python wheel has it below tensorflow/)`),
    ...(given === null ? [] : packageProblem(given, name)),
    ...tools.missing,
  ];
  const target = linkedTensorflowFolder(data);
  return { provider, name, tensorflow, tools, source, target, missing };
}

function packageProblem(folder: string, name: string): string[] {
  const notes = packageNotes(folder);
  if (notes?.name === name && notes.version === packageVersion) return [];
  const found = notes === null ? 'no package' : `${notes.name} ${notes.version}`;
  return [`${name} ${packageVersion} at ${folder} (--package; there is ${found})`];
}

/** What is linked already, if it was made of the same things and still computes. */
async function probeLinked(
  { target, provider, tensorflow }: Plan,
  environment: Environment,
  signal: AbortSignal,
): Promise<ProbeResult | null> {
  const [record, linked] = [readLinkRecord(target), linkedPackage(target)];
  const same =
    record?.provider === provider && record.version === packageVersion && record.tensorflowFolder === tensorflow.folder;
  if (!same || linked === null) return null;
  const result = await probeTensorflow(linked, { environment, signal });
  // The libraries may have been replaced by those of another version since.
  return result.loads && result.tensorflow === record.tensorflowVersion ? result : null;
}

async function link(plan: Plan, environment: Environment, signal: AbortSignal, log: Log): Promise<ProbeResult> {
  const { target, name, provider, tensorflow, tools, source } = plan;
  const aside = await mkdtemp(`${asidePrefix(target)}`);
  try {
    const tool = { environment, signal };
    if (source !== null) await copyPackage(aside, source);
    else await fetchPackage(aside, `${name}@${packageVersion}`, { ...tool, name: 'npm' }, tools.npm as string);
    log.info('tensorflow.placed', `${name} ${packageVersion} is there; building its addon takes half a minute`);
    const packageFolder = join('node_modules', name);
    const built = join(aside, packageFolder);
    await buildTensorflowAddon(
      built,
      tensorflow.folder,
      { nodeGyp: tools.nodeGyp as string, headers: tools.headers },
      { ...tool, name: 'node-gyp' },
    );
    const result = await probeTensorflow(
      { provider, packageFolder: built, tensorflowFolder: tensorflow.folder },
      { environment, signal },
    );
    if (!result.loads) throw new LinkError(`${name} was built, but does not load: ${result.problem}`);
    const record: LinkRecord = {
      provider,
      version: packageVersion,
      packageFolder,
      tensorflowFolder: tensorflow.folder,
      tensorflowVersion: result.tensorflow as string,
    };
    await writeFile(join(aside, linkRecordFile), `${JSON.stringify(record, null, 2)}\n`);
    await chmod(aside, 0o755); // a new folder aside is its owner's alone
    await replace(target, aside);
    return result;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** A folder is replaced by two renames; between them there is none, which reads as "not linked". */
async function replace(target: string, aside: string): Promise<void> {
  const old = `${asidePrefix(target)}old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(target)) await rename(target, old);
  await rename(aside, target);
  await rm(old, { recursive: true, force: true });
}

/** What killed processes left; the lock is ours, so nobody works on it. */
async function sweep(target: string): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    if (name.startsWith(basename(asidePrefix(target)))) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function asidePrefix(target: string): string {
  return join(dirname(target), `.${basename(target)}-`);
}

function tellPlan({ name, source, target, tools }: Plan, log: Log): void {
  const origin = source === null ? 'is fetched by npm' : `is copied from ${source}`;
  log.info('tensorflow.planned', `${name} ${packageVersion} ${origin}, built with node-gyp and kept in ${target}`, {
    package: name,
    version: packageVersion,
    source,
    target,
  });
  if (tools.headers !== null) return;
  log.warn('tensorflow.headers', `node-gyp downloads the headers of Node.js ${process.version}: none are installed`);
}

function tell(done: string, { name, target, provider }: Plan, result: ProbeResult, log: Log): void {
  const device = result.gpu ? 'on the GPU' : 'on the processor';
  const product = `[2,3]·[3,2] of ones = [${result.product}]`;
  log.info(
    'tensorflow.linked',
    `TensorFlow ${result.tensorflow} ${done} with ${name} ${packageVersion}; it computes ${device}: ${product}`,
    { provider, folder: target, ...result },
  );
  if (provider === 'tfjs-node' || result.gpu) return;
  log.warn(
    'tensorflow.no-gpu',
    'It found no GPU: is the wheel one for CUDA, are its CUDA libraries and a driver there?',
  );
}
