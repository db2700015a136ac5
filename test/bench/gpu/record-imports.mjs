// Preloaded with `node --import`: writes the path of every file that the process loads, ES modules and CommonJS, to the
// file RECORDED_IMPORTS.
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const record = (path) => appendFileSync(process.env.RECORDED_IMPORTS, `${path}\n`);

if (isMainThread) {
  register(import.meta.url);
  process.on('exit', () => {
    for (const path of Object.keys(createRequire(import.meta.url).cache)) record(path);
  });
}

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  if (resolved.url.startsWith('file:')) record(fileURLToPath(resolved.url));
  return resolved;
}
