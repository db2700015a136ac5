import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** Whether `npm run setup:cuda` has fetched the library beside ONNX Runtime's binding. */
export function hasCudaProvider(folders = require.resolve.paths('onnxruntime-node') ?? []): boolean {
  const file = process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  for (const folder of folders) {
    const bindings = join(folder, 'onnxruntime-node', 'bin');
    if (!existsSync(bindings)) continue;
    return readdirSync(bindings).some((abi) => existsSync(join(bindings, abi, process.platform, process.arch, file)));
  }
  return false;
}
