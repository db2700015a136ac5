import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type MachineReport, machineReport } from '#api-contract';
import { probeInChild } from '../../apps/worker/src/devices/probe-in-child.js';
import { FakeService } from '../support/fake-service.js';

const main = resolve('dist/apps/worker/src/main.js');
const job = { kind: 'device', device: { provider: 'webgpu', index: 0 } } as const;
const cpuJob = { kind: 'device', device: { provider: 'cpu', index: 0 } } as const;

/** A probe whose process does `body` in place of probing. */
function probeOf(body: string, limitMs?: number) {
  const entry = join(mkdtempSync(join(tmpdir(), 'retune-probe-')), 'probe.mjs');
  writeFileSync(entry, body);
  return probeInChild({ environment: {}, entry, limitMs });
}

/** Chromium's folder with SwiftShader and a Vulkan loader. */
const chromium = '/usr/lib/chromium';
const swiftShader = join(chromium, 'vk_swiftshader_icd.json');
const isSoftwareAtHand = existsSync(swiftShader) && existsSync(join(dirname(swiftShader), 'libvulkan.so.1'));
const noSoftware = `needs SwiftShader and a Vulkan loader in ${chromium} (Debian: apt install chromium)`;
const software = { ...process.env, LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: swiftShader };

async function doctor(environment: NodeJS.ProcessEnv): Promise<MachineReport> {
  const child = spawn(process.execPath, [main, 'doctor', '--json'], { env: environment });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  await once(child, 'close');
  return machineReport.parse(JSON.parse(output));
}

test('probeInChild() finds that the processor computes, in a process of its own', async () => {
  const answer = await probeInChild({ environment: {} })(cpuJob);
  expect(answer).toEqual({ works: true, problem: null, software: null, version: null });
});

test('probeInChild() takes a process that hangs for a device that does not work, within its limit', async () => {
  const answer = await probeOf('for (;;);', 300)(job);
  expect(answer).toMatchObject({ works: false, problem: 'no answer within 0.3 s' });
});

test('probeInChild() takes a process that crashes for a device that does not work, and says how it ended', async () => {
  const crash =
    "console.error('vkCreateDevice: lost'); process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1e3);";
  const { works, problem } = await probeOf(crash)(job);
  expect({ works, problem }).toEqual({
    works: false,
    problem: 'the process that tried it was ended by SIGSEGV: vkCreateDevice: lost',
  });
  expect((await probeOf('process.exit(3)')(job)).problem).toBe('the process that tried it left with code 3');
});

test('worker doctor --json lists the processor first, with what the contract says', async () => {
  const { devices, onnxruntime } = await doctor(process.env);
  expect(onnxruntime.loads).toBe(true);
  expect(devices[0]).toMatchObject({ class: 'cpu', index: 0, driver: null, works: true, problem: null });
  for (const { works, problem } of devices) expect(works).toBe(problem === null);
});

test('worker doctor lists SwiftShader as a WebGPU adapter that works, is software, and is never chosen by auto', async ({
  skip,
}) => {
  skip(!isSoftwareAtHand, noSoftware);
  const { devices, auto } = await doctor(software);
  expect(devices.find((device) => device.class === 'webgpu')).toMatchObject({
    ...{ name: 'SwiftShader (software, no GPU)', works: true, problem: null, software: true, memoryBytes: null },
  });
  expect(auto).not.toContain('webgpu:0');
});

test('worker run --devices cpu,webgpu:0 claims on each with an id and a lock of its own, and gives both back at SIGTERM', async ({
  skip,
}) => {
  skip(!isSoftwareAtHand, noSoftware);
  const data = mkdtempSync(join(tmpdir(), 'retune-devices-'));
  writeFileSync(join(data, 'worker-token'), 'secret');
  const service = new FakeService(() => null);
  const url = await service.listen();
  const args = ['run', '--api', url, '--data', data, '--name', 'w', '--devices', 'cpu,webgpu:0'];
  const worker = spawn(process.execPath, [main, ...args], { env: software, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [worker.stdout, worker.stderr]) stream.on('data', (chunk) => (output += chunk));
  const claimed = new Map<unknown, unknown>();
  while (claimed.size < 2) {
    const { body } = await service.next('claim');
    claimed.set(body.workerId, body.device);
  }
  expect(claimed.get('w@cpu'), output).toMatchObject({ class: 'cpu', index: 0 });
  expect(claimed.get('w@webgpu:0'), output).toMatchObject({
    class: 'webgpu',
    index: 0,
    driver: null,
    memoryBytes: null,
  });
  expect(readdirSync(join(data, 'locks'))).toHaveLength(2);
  worker.kill('SIGTERM');
  const [code] = await once(worker, 'exit');
  service.close();
  expect(code, output).toBe(0);
  expect(readdirSync(join(data, 'locks'))).toEqual([]);
});
