import { fileURLToPath } from 'node:url';

/** Folder of package.json; from `dist/apps/cli/src` and `apps/cli/src` alike. */
const here = fileURLToPath(new URL('.', import.meta.url));
const compiled = /[\\/]dist[\\/]apps[\\/]cli[\\/]src[\\/]$/.test(here);

/** Places in the repository that commands need, absolute. Child processes always run the compiled files. */
export const repository = (() => {
  const root = fileURLToPath(new URL(compiled ? '../../../../' : '../../../', import.meta.url));
  return Object.freeze({
    root,
    nodeModules: `${root}node_modules`,
    apiEntry: `${root}dist/apps/api/src/main.js`,
    workerEntry: `${root}dist/apps/worker/src/main.js`,
    followParent: `${root}dist/apps/cli/src/follow-parent.js`,
    studies: `${root}configs/studies`,
  });
})();
