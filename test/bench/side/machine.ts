import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from './script-path.js';

/** What a bench ran on. */
export function machine(): Record<string, string | number> {
  const [processor] = cpus();
  const [loadBefore] = loadavg();
  return {
    cpu: processor?.model ?? 'unknown',
    cores: cpus().length,
    arch: arch(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore,
  };
}

/** Node's version and those of the packages that decide the speed. */
export function engineVersions(): Record<string, string> {
  const packages = ['onnxruntime-node', '@tensorflow/tfjs-core'].map((name) => [name, packageVersion(name)]);
  return { node: process.version, ...Object.fromEntries(packages) };
}

function packageVersion(name: string): string {
  const file = join(repositoryRoot(), 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
