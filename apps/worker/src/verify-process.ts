import { join } from 'node:path';
import { ArtifactStore } from '#artifacts';
import { systemClock } from '#primitives';
import { serveChild } from './child-channel.js';
import { type VerifyJob, verifyExport } from './verify-export.js';

serveChild(async (job) => {
  const verifyJob = job as VerifyJob;
  return verifyExport(verifyJob, new ArtifactStore(join(verifyJob.dataFolder, 'artifacts')), systemClock);
});
