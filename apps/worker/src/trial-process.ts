import { join } from 'node:path';
import type { ContinueResponse, Verdict } from '#api-contract';
import { ArtifactStore } from '#artifacts';
import { importedWeightsFolder } from '#model-zoo';
import { systemClock } from '#primitives';
import { serveChild } from './child-channel.js';
import { runTrial } from './run-trial.js';
import type { TrialJob } from './supervise-trial.js';

serveChild(async (job, channel) => {
  const { claim, dataFolder, threads, device, deviceName, memoryBytes } = job as TrialJob;
  return runTrial(claim, {
    clock: systemClock,
    store: new ArtifactStore(join(dataFolder, 'artifacts')),
    cacheFolder: join(dataFolder, 'cache'),
    importedWeightsFolder: importedWeightsFolder(dataFolder),
    threads,
    device,
    deviceName,
    memoryBytes: memoryBytes ?? undefined,
    profile: async (measures) => (await channel.ask('profile', measures)) as Verdict,
    continueFrom: async (ask) => (await channel.ask('continue', ask)) as ContinueResponse['from'],
    report: async (report, point) => (await channel.ask('report', { report, point })) as Verdict,
    compiled: (step) => channel.tell('compiled', step),
    measured: (measures) => channel.tell('measures', measures),
  });
});
