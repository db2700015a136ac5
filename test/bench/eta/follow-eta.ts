import type { Study } from '#api-contract';
import type { ApiClient } from '../../../apps/cli/src/api-client.js';
import { delay } from '../../../apps/cli/src/interruption.js';
import type { EtaSample } from './row.js';

/** The study is asked for this often, ms. */
const pollMs = 500;

/** A study that has ended, with every ETA on the way. */
export interface FollowedStudy {
  readonly study: Study;
  readonly samples: readonly EtaSample[];
  /** From the creation to the end, by the clock of the database. */
  readonly seconds: number;
}

/** Asks for a study until it has ended. */
export async function followEta(client: ApiClient, id: string, signal: AbortSignal): Promise<FollowedStudy> {
  const samples: EtaSample[] = [];
  const started = performance.now();
  for (;;) {
    const atSeconds = (performance.now() - started) / 1000;
    const study = await client.study(id);
    if (study.eta !== null) {
      const { secondsRemaining, low, high } = study.eta;
      samples.push({ atSeconds, secondsRemaining, low, high });
    }
    if (study.state !== 'RUNNING') {
      const end = study.finishedAt ?? new Date().toISOString();
      return { study, samples, seconds: (Date.parse(end) - Date.parse(study.createdAt)) / 1000 };
    }
    await delay(pollMs, signal);
  }
}
