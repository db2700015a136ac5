import { join } from 'node:path';
import type { ContinueResponse, Verdict } from '#api-contract';
import { ArtifactStore } from '#artifacts';
import { importedWeightsFolder } from '#model-zoo';
import { systemClock } from '#primitives';
import { type Channel, serveChild } from './child-channel.js';
import { runTrial, type TrialResult } from './run-trial.js';
import type { TrialJob } from './supervise-trial.js';
import { WarmCache } from './warm-cache.js';

let warm: WarmCache | undefined;

async function work(job: unknown, channel: Channel): Promise<TrialResult> {
  const { claim, dataFolder, threads, device, deviceName, memoryBytes, warmBytes, featureBytes } = job as TrialJob;
  warm ??= new WarmCache(warmBytes);
  return runTrial(claim, {
    warm,
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
    report: async (report, point) => (await channel.ask('report', { ...report, point })) as Verdict,
    featureBytes,
    featuresFound: (use) => channel.tell('features', use),
    compiled: (step) => channel.tell('compiled', step),
    measured: (measures) => channel.tell('measures', measures),
  });
}

serveChild(work, { jobs: 'many' });
