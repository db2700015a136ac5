import { join } from 'node:path';
import { ArtifactStore } from '#artifacts';
import { importedWeightsFolder } from '#model-zoo';
import { systemClock } from '#primitives';
import { serveChild } from './child-channel.js';
import { latencyExecution } from './devices/latency-device.js';
import { probeFeatures } from './probe-features.js';
import { profileArchitecture } from './profile-architecture.js';
import type { PreparationJob } from './supervise-preparation.js';

serveChild(async (request) => {
  const { claim, dataFolder, threads, device } = request as PreparationJob;
  if (claim.kind === 'profile') {
    return profileArchitecture(claim, { clock: systemClock, threads, device: latencyExecution(device) });
  }
  return probeFeatures(claim, {
    clock: systemClock,
    store: new ArtifactStore(join(dataFolder, 'artifacts')),
    cacheFolder: join(dataFolder, 'cache'),
    importedWeightsFolder: importedWeightsFolder(dataFolder),
    threads,
    device,
  });
});
