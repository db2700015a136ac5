import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBuildTools } from '../../apps/worker/src/build-tools.js';
import type { EngineCommand } from '../../apps/worker/src/engine-command.js';
import { linkTensorflow } from '../../apps/worker/src/link-tensorflow.js';
import type { Log } from '../../apps/worker/src/log.js';
import { probeTensorflow } from '../../apps/worker/src/probe-tensorflow.js';
import { findPackage } from '../../apps/worker/src/tensorflow-package.js';
import { linkedTensorflow, noTensorflow } from '../support/linked-tensorflow.js';

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
const headers = ['include/tensorflow/c/c_api.h', 'include/tensorflow/c/eager/c_api.h'];

/** A folder as a wheel's, whose files hold nothing: enough to be looked at, too little to be built with. */
function emptyWheel(files: readonly string[]): string {
  const root = mkdtempSync(join(tmpdir(), 'retune-wheel-'));
  for (const file of files) {
    mkdirSync(dirname(join(root, 'tensorflow', file)), { recursive: true });
    writeFileSync(join(root, 'tensorflow', file), '');
  }
  mkdirSync(join(root, 'tensorflow_cpu-2.21.0.dist-info'));
  return root;
}

/** A package without any code. */
function emptyPackage(version = '4.22.0'): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'retune-package-')), 'node_modules/@tensorflow/tfjs-node');
  mkdirSync(join(folder, 'binding'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: '@tensorflow/tfjs-node', version }));
  writeFileSync(join(folder, 'binding.gyp'), 'this is no gyp file');
  return folder;
}

async function link(
  folder: string,
  changes: Partial<EngineCommand> = {},
  environment: NodeJS.ProcessEnv = process.env,
) {
  const events: { event: string; message: string }[] = [];
  const note = (event: string, message: string) => void events.push({ event, message });
  const log: Log = { info: note, warn: note, error: note };
  const command: EngineCommand = {
    ...{ name: 'engine', action: 'link-tensorflow', provider: 'tfjs-node', package: null, check: false, json: true },
    ...{ data: mkdtempSync(join(tmpdir(), 'retune-link-')), folder },
    ...changes,
  };
  const done = linkTensorflow(command, environment, new AbortController().signal, log);
  return {
    data: command.data,
    events,
    done,
    failure: await done.then(
      () => '',
      (error: Error) => error.message,
    ),
  };
}

/** Each test that needs them is skipped where they are not there. */
const noTools = findBuildTools(process.env).missing.length > 0;

describe.skipIf(process.platform !== 'linux')('linkTensorflow() on Linux', () => {
  test('names every file that is missing, and makes nothing', async () => {
    const wheel = join(emptyWheel([libraries[0] as string]), 'tensorflow');
    const { failure, data } = await link(wheel);
    for (const file of [...libraries.slice(1), ...headers]) expect(failure).toContain(join(wheel, file));
    expect(failure).not.toContain(join(wheel, libraries[0] as string));
    expect(readdirSync(data)).toEqual([]);
  });

  test('names the tools that are missing, and another version of the package', async () => {
    const packageFolder = emptyPackage('3.0.0');
    const { failure } = await link(
      emptyWheel([...libraries, ...headers]),
      { package: packageFolder },
      { PATH: '/none' },
    );
    for (const tool of ['npm', 'C++ compiler', 'make', 'Python 3']) expect(failure).toContain(`\n  ${tool}`);
    expect(failure).toContain(
      `@tensorflow/tfjs-node 4.22.0 at ${packageFolder} (--package; there is @tensorflow/tfjs-node 3.0.0)`,
    );
  });

  test.skipIf(noTools)('with --check finds the folder of a wheel in site-packages and changes nothing', async () => {
    const root = emptyWheel([...libraries, ...headers]);
    const { events, data, failure } = await link(root, { check: true, package: emptyPackage() });
    expect(failure).toBe('');
    expect(events.map(({ event }) => event)).toContain('tensorflow.checked');
    expect(events[0]?.message).toBe(`tensorflow_cpu 2.21.0 lies in ${join(root, 'tensorflow')}`);
    expect(readdirSync(data)).toEqual([]);
  });

  test.skipIf(noTools)('that cannot build says why, leaves nothing half, and the package as it was', async () => {
    const source = emptyPackage();
    const before = readdirSync(source);
    const { failure, data } = await link(emptyWheel([...libraries, ...headers]), { package: source });
    expect(failure).toMatch(/^node-gyp failed \(exit code \d+\)/);
    expect(readdirSync(join(data, 'engine'))).toEqual([]);
    expect(readdirSync(source)).toEqual(before);
    expect(findPackage(data, 'tfjs-node')?.source).not.toBe('linked');
  });
});

const linked = linkedTensorflow();
const title = linked === null ? `a linked TensorFlow (skipped: ${noTensorflow})` : 'a linked TensorFlow';

describe.skipIf(linked === null)(title, () => {
  test('linkTensorflow() builds another from its package, finds it done the second time, and takes over leftovers', async () => {
    const { packageFolder, tensorflowFolder, provider } = linked!;
    const folder = tensorflowFolder as string;
    const data = join(mkdtempSync(join(tmpdir(), 'retune-link-')), 'a folder');
    mkdirSync(join(data, 'engine/.tensorflow-left'), { recursive: true });
    const first = await link(folder, { data, package: packageFolder, provider });
    expect(first.failure).toBe('');
    expect(readdirSync(join(data, 'engine'))).toEqual(['tensorflow']);
    const found = findPackage(data, provider)!;
    expect(await probeTensorflow(found, { environment: process.env })).toMatchObject({
      ...{ loads: true, product: [3, 3, 3, 3], problem: null },
    });
    const record = readFileSync(join(data, 'engine/tensorflow/linked.json'), 'utf8');
    const second = await link(folder, { data, package: packageFolder, provider });
    expect(second.events.map(({ event }) => event)).toEqual(['tensorflow.found', 'tensorflow.linked']);
    expect(readFileSync(join(data, 'engine/tensorflow/linked.json'), 'utf8')).toBe(record);
  });

  test('probeTensorflow() says why a package does not load', async () => {
    const copy = join(mkdtempSync(join(tmpdir(), 'retune-broken-')), 'tfjs-node');
    cpSync(join(linked!.packageFolder, 'package.json'), join(copy, 'package.json'));
    expect(existsSync(copy)).toBe(true);
    const probe = await probeTensorflow({ ...linked!, packageFolder: copy }, { environment: process.env });
    expect(probe).toMatchObject({ loads: false, tensorflow: null });
    expect(probe.problem).toContain('Cannot find module');
  });
});
