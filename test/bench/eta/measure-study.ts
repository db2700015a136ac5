import { trialCurve } from '#api-contract';
import type { ApiClient } from '../../../apps/cli/src/api-client.js';
import { coverageOf, errorAt, etaError } from './eta-errors.js';
import { followEta } from './follow-eta.js';
import { overrunEpochs } from './overrun.js';
import type { Row } from './row.js';
import type { BenchStudy } from './studies.js';

/** Plans a study, runs it to its end, and compares what was said of it with what it took. */
export async function measureStudy(
  client: ApiClient,
  datasetId: string,
  input: BenchStudy,
  signal: AbortSignal,
): Promise<Row> {
  const { duration } = await client.planStudy({ ...input, datasetId });
  const { id } = await client.createStudy({ ...input, datasetId });
  const { study, samples, seconds } = await followEta(client, id, signal);
  const trials = await client.trials(id);
  const longest = await Promise.all(
    trials.map(async ({ number, epoch }) => {
      if (epoch === 0) return 0;
      const response = await fetch(`${client.url}/v1/studies/${id}/trials/${number}/curve`, { signal });
      const { reports } = trialCurve.parse(await response.json());
      return Math.max(...reports.map(({ trainSeconds, evaluationSeconds }) => trainSeconds + evaluationSeconds));
    }),
  );
  const planned = { atSeconds: 0, secondsRemaining: duration.seconds, low: duration.low, high: duration.high };
  return {
    study: input.name,
    trials: study.progress.finished,
    seconds,
    plan: etaError(planned, seconds),
    minute: errorAt(samples, 60, seconds),
    quarters: [0.25, 0.5, 0.75].map((part) => errorAt(samples, part * seconds, seconds)),
    coverage: coverageOf(samples, seconds),
    overrunEpochs: overrunEpochs(study, trials, Math.max(...longest)),
  };
}
