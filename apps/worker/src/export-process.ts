import { join } from 'node:path';
import { ArtifactStore } from '#artifacts';
import { systemClock } from '#primitives';
import { serveChild } from './child-channel.js';
import { runExport } from './run-export.js';
import type { ExportJob } from './supervise-export.js';

serveChild(async (job) => {
  const { claim, dataFolder } = job as ExportJob;
  return runExport(claim, {
    clock: systemClock,
    store: new ArtifactStore(join(dataFolder, 'artifacts')),
    dataFolder,
    cacheFolder: join(dataFolder, 'cache'),
  });
});
