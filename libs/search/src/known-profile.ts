import { assessConstraints } from './assess-constraints.js';
import type { Assessment, TrialProfile } from './ports/trial-queue.js';
import type { PreparedStudy } from './prepare-study.js';
import { profileMeasures } from './profile-measures.js';
import type { StudySpec } from './study.js';
import type { DeviceIdentity } from './trial.js';

/** What a profile says of a trial before it begins. */
export interface KnownProfile {
  readonly profile: TrialProfile;
  readonly assessment: Assessment;
}

/** What is known of every trial of an architecture; null where it has to be measured with the trial. */
export function knownProfile(
  { constraints, training }: StudySpec,
  { profiles }: PreparedStudy,
  architecture: string,
  device: DeviceIdentity,
): KnownProfile | null {
  const profile = profiles.get(architecture);
  const measures = profile === undefined ? null : profileMeasures(profile, training.latencyBatch);
  if (measures === null) return null;
  const { class: deviceClass, name } = profile?.latencyDevice ?? device;
  return {
    profile: { measures, latencyDevice: { class: deviceClass, name } },
    assessment: assessConstraints(constraints, measures),
  };
}
