import { join } from 'node:path';
import type { ContinueResponse, Verdict } from '#api-contract';
import { ArtifactStore } from '#artifacts';
import { importedWeightsFolder } from '#model-zoo';
import { systemClock } from '#primitives';
import { type Channel, serveChild } from './child-channel.js';
import { latencyExecution } from './devices/latency-device.js';
import { probeFeatures } from './probe-features.js';
import { profileArchitecture } from './profile-architecture.js';
import { runTrial } from './run-trial.js';
import type { PreparationJob } from './supervise-preparation.js';
import type { TrialJob } from './supervise-trial.js';
import { WarmCache } from './warm-cache.js';

let warm: WarmCache | undefined;

function work(request: unknown, channel: Channel): Promise<unknown> {
  const job = request as TrialJob | PreparationJob;
  const { claim, dataFolder, threads, device } = job;
  if (claim.kind === 'profile') {
    return profileArchitecture(claim, { clock: systemClock, threads, device: latencyExecution(device) });
  }
  warm ??= new WarmCache(job.warmBytes);
  const tools = {
    warm,
    clock: systemClock,
    store: new ArtifactStore(join(dataFolder, 'artifacts')),
    cacheFolder: join(dataFolder, 'cache'),
    importedWeightsFolder: importedWeightsFolder(dataFolder),
    featureBytes: job.featureBytes,
    threads,
    device,
  };
  if (claim.kind === 'probe') return probeFeatures(claim, tools);
  return runTrial(claim, {
    ...tools,
    deviceName: job.deviceName,
    memoryBytes: job.memoryBytes ?? undefined,
    profile: async (measures) => (await channel.ask('profile', measures)) as Verdict,
    continueFrom: async (ask) => (await channel.ask('continue', ask)) as ContinueResponse['from'],
    report: async (report, point) => (await channel.ask('report', { ...report, point })) as Verdict,
    featuresFound: (use) => channel.tell('features', use),
    compiled: (step) => channel.tell('compiled', step),
    measured: (measures) => channel.tell('measures', measures),
  });
}

serveChild(work, { jobs: 'many' });
