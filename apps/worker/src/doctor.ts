import { freemem } from 'node:os';
import type { MachineReport } from '#api-contract';
import type { Command } from './config.js';
import { autoDevices } from './devices/choose-devices.js';
import { deviceEnvironment } from './devices/device-environment.js';
import { DeviceFinder } from './devices/find-devices.js';
import { deviceLabel } from './devices/parse-devices.js';
import { probeInChild } from './devices/probe-in-child.js';
import { findPackage, type TensorflowProvider, tensorflowPackages } from './tensorflow-package.js';
import { versionOf } from './version-of.js';

const runtimes = ['onnxruntime-node', '@tensorflow/tfjs-core', 'sharp'];

/** Prints what this machine can train with, as JSON. */
export async function doctor(command: Extract<Command, { name: 'doctor' }>): Promise<void> {
  const environment = deviceEnvironment(command.childEnvironment);
  const finder = new DeviceFinder(probeInChild({ environment }), environment, command.data);
  const devices = await finder.all();
  const versions = Object.fromEntries(runtimes.map((name) => [name, versionOf(name)]));
  const report: MachineReport = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    data: command.data,
    devices,
    auto: autoDevices(devices).map(({ class: deviceClass, index }) => deviceLabel(deviceClass, index)),
    hints: await finder.hints(),
    memory: { freeBytes: freemem() },
    packages: { ...versions, ...tensorflowVersions(command.data) },
    onnxruntime: await probeOnnxRuntime(),
  };
  process.stdout.write(`${JSON.stringify(report, null, command.json ? undefined : 2)}\n`);
}

/** Linked or installed. */
function tensorflowVersions(data: string): Record<string, string | null> {
  const providers = Object.keys(tensorflowPackages) as TensorflowProvider[];
  return Object.fromEntries(
    providers.map((provider) => [tensorflowPackages[provider], findPackage(data, provider)?.version ?? null]),
  );
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
