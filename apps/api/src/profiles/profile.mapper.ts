import type { Profile } from '#api-contract';
import type { PreparationRecord } from '#search';

/** A profile as it is shown. */
export function toProfile({ id, key, state, profile, drift, failReason, failMessage }: PreparationRecord): Profile {
  if (key.kind !== 'profile') throw new TypeError(`preparation ${id} is a ${key.kind}, must be a profile`);
  const { architecture, classes, imageSize, device, threads, runtime } = key;
  const { measuredAt = null, ...statistics } = profile ?? {};
  return {
    ...{ id, architecture, classes, imageSize, device: { ...device }, threads, runtime, state },
    statistics: profile === null ? null : (statistics as Profile['statistics']),
    measuredAt: measuredAt?.toISOString() ?? null,
    drift: drift && { ...drift, at: drift.at.toISOString() },
    failReason,
    failMessage,
  };
}
