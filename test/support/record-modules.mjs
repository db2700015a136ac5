// Preloaded with `node --import`: writes the URL of every module that the process imports to the file RECORDED_MODULES.
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  appendFileSync(process.env.RECORDED_MODULES, `${resolved.url}\n`);
  return resolved;
}
