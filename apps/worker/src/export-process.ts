import { join } from 'node:path';
import { ArtifactStore } from '#artifacts';
import { systemClock } from '#primitives';
import { serveChild } from './child-channel.js';
import { finishExport, writeExport } from './run-export.js';
import type { ExportJob } from './supervise-export.js';

serveChild(async (request) => {
  const job = request as ExportJob;
  const { claim, dataFolder, unfinished, threads, device } = job;
  const tools = {
    clock: systemClock,
    store: new ArtifactStore(join(dataFolder, 'artifacts')),
    dataFolder,
    unfinished,
    cacheFolder: join(dataFolder, 'cache'),
    threads,
    device,
  };
  if (job.step === 'write') return writeExport(claim, tools);
  return finishExport(claim, { card: job.card, verification: job.verification }, tools);
});
