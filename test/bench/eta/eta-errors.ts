import type { EtaError, EtaSample } from './row.js';

/** What an ETA says of the whole time, against what it took. @param seconds The study took, > 0. */
export function etaError({ atSeconds, secondsRemaining, low, high }: EtaSample, seconds: number): EtaError {
  const left = seconds - atSeconds;
  return { error: (atSeconds + secondsRemaining) / seconds - 1, isCovered: left >= low && left <= high };
}

/** The error of the first ETA at or after a time; null where there is none before the end. */
export function errorAt(samples: readonly EtaSample[], atSeconds: number, seconds: number): EtaError | null {
  const sample = samples.find((candidate) => candidate.atSeconds >= atSeconds);
  return sample === undefined || sample.atSeconds >= seconds ? null : etaError(sample, seconds);
}

/** Part of the ETAs whose interval held what it took; null without any. */
export function coverageOf(samples: readonly EtaSample[], seconds: number): number | null {
  const said = samples.filter(({ atSeconds }) => atSeconds < seconds);
  if (said.length === 0) return null;
  return said.filter((sample) => etaError(sample, seconds).isCovered).length / said.length;
}
