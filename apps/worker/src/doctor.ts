import { freemem } from 'node:os';
import type { MachineReport } from '#api-contract';
import type { Command } from './config.js';
import { autoDevices } from './devices/choose-devices.js';
import { deviceEnvironment } from './devices/device-environment.js';
import { DeviceFinder } from './devices/find-devices.js';
import { deviceLabel } from './devices/parse-devices.js';
import { probeInChild } from './devices/probe-in-child.js';
import { versionOf } from './version-of.js';

const runtimes = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp'];
const optionalRuntimes = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];

/** Prints what this machine can train with, as JSON. */
export async function doctor(command: Extract<Command, { name: 'doctor' }>): Promise<void> {
  const environment = deviceEnvironment(command.childEnvironment);
  const finder = new DeviceFinder(probeInChild({ environment }), environment);
  const devices = await finder.all();
  const report: MachineReport = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    data: command.data,
    devices,
    auto: autoDevices(devices).map(({ class: deviceClass, index }) => deviceLabel(deviceClass, index)),
    hints: await finder.hints(),
    memory: { freeBytes: freemem() },
    packages: Object.fromEntries([...runtimes, ...optionalRuntimes].map((name) => [name, versionOf(name)])),
    onnxruntime: await probeOnnxRuntime(),
  };
  process.stdout.write(`${JSON.stringify(report, null, command.json ? undefined : 2)}\n`);
}

/** Loading says more than the version: a missing system library shows here. */
async function probeOnnxRuntime(): Promise<MachineReport['onnxruntime']> {
  try {
    const ort = await import('onnxruntime-node');
    const backends = ort.listSupportedBackends().map(({ name }) => name);
    return { loads: true, backends, problem: null };
  } catch (error) {
    return { loads: false, backends: [], problem: error instanceof Error ? error.message : String(error) };
  }
}
