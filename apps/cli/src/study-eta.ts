import type { Study } from '#api-contract';

/**
 * Seconds until a study ends. The service's prediction counts every trial that is still wanted; where the study has a
 * timeout, none begins after it, and what is left is at most the time until then and one mean trial more.
 *
 * @param nowMs The time, ms since 1970.
 * @returns null while nothing is known or nothing is left.
 */
export function secondsToEnd(study: Study, nowMs: number): { secondsRemaining: number } | null {
  const { eta, spec, progress, createdAt, state } = study;
  if (eta === null || state !== 'RUNNING') return null;
  if (spec.timeoutSeconds === null) return eta;
  const elapsedSeconds = Math.max(0, (nowMs - Date.parse(createdAt)) / 1000);
  const meanTrialSeconds = elapsedSeconds / Math.max(1, progress.finished);
  const untilTimeout = Math.max(0, spec.timeoutSeconds - elapsedSeconds);
  return { secondsRemaining: Math.min(eta.secondsRemaining, untilTimeout + meanTrialSeconds) };
}
