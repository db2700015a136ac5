import type { EpochReport, Study, StudyEvent, Trial } from '#api-contract';
import type { ApiClient } from './api-client.js';
import { CliError } from './cli-error.js';
import { exitCode } from './exit-code.js';
import { delay } from './interruption.js';

/** What is new in a study. */
export type StudyNews =
  | { readonly kind: 'study'; readonly study: Study }
  | { readonly kind: 'epoch'; readonly number: number; readonly report: EpochReport; readonly epochs: number }
  | { readonly kind: 'trial'; readonly trial: Trial };

/** The study is asked for this often where no event comes, ms. */
const pollMs = 2_000;
/** Events nearer to each other than this cause one request, ms. */
const minPollMs = 500;
/** How long a service that went away is waited for, ms. */
const patienceMs = 60_000;

/**
 * Follows a study until it is no longer RUNNING: first everything that has finished so far, then what happens. Every
 * finished trial comes exactly once, in the order of finishing as far as it was seen; a stream that breaks is taken
 * up where it ended, and what it lost is asked for.
 *
 * @throws {CliError} (unreachable) when the service stays away for a minute.
 * @throws the signal's reason when that is aborted.
 */
export async function* followStudy(
  client: ApiClient,
  studyId: string,
  signal: AbortSignal,
): AsyncGenerator<StudyNews, void, void> {
  const stop = new AbortController();
  const feed = new EventFeed(client, studyId, AbortSignal.any([signal, stop.signal]));
  const seen = new Set<number>();
  let away: number | undefined;
  try {
    for (;;) {
      const events = await feed.take(pollMs, signal);
      for (const event of events) {
        if (event.type === 'trial.reported') yield { kind: 'epoch', ...event };
      }
      try {
        const study = await client.study(studyId);
        yield { kind: 'study', study };
        yield* finishedTrials(client, study, seen);
        away = undefined;
        if (study.state !== 'RUNNING') return;
      } catch (error) {
        if (!(error instanceof CliError) || error.exit !== exitCode.unreachable) throw error;
        away ??= performance.now();
        if (performance.now() - away > patienceMs) throw error;
      }
      await delay(minPollMs, signal);
    }
  } finally {
    stop.abort();
  }
}

/** Trials that finished since the last call; the list is asked for only when the number says there are any. */
async function* finishedTrials(client: ApiClient, study: Study, seen: Set<number>): AsyncGenerator<StudyNews> {
  if (study.progress.finished <= seen.size) return;
  const trials = await client.trials(study.id);
  const fresh = trials
    .filter(({ number, finishedAt }) => finishedAt !== null && !seen.has(number))
    .sort((a, b) => (a.finishedAt as string).localeCompare(b.finishedAt as string));
  for (const trial of fresh) {
    seen.add(trial.number);
    yield { kind: 'trial', trial };
  }
}

/** Events of a study as they come in, with the connection renewed where it breaks. */
class EventFeed {
  private events: StudyEvent[] = [];
  private wake: (() => void) | undefined;

  constructor(client: ApiClient, studyId: string, signal: AbortSignal) {
    void this.read(client, studyId, signal);
  }

  /** What came since the last call; waits for the first event, for `waitMs` at the most. */
  async take(waitMs: number, signal: AbortSignal): Promise<StudyEvent[]> {
    if (this.events.length === 0) {
      const woken = new AbortController();
      this.wake = () => woken.abort();
      await delay(waitMs, AbortSignal.any([signal, woken.signal])).catch(() => signal.throwIfAborted());
    }
    const events = this.events;
    this.events = [];
    return events;
  }

  private async read(client: ApiClient, studyId: string, signal: AbortSignal): Promise<void> {
    let last = '';
    while (!signal.aborted) {
      try {
        for await (const { id, event } of client.studyEvents(studyId, last, signal)) {
          last = id || last;
          this.events.push(event);
          this.wake?.();
        }
      } catch {
        // Whoever takes events notices from the study itself when the service is gone.
      }
      await delay(pollMs, signal).catch(() => undefined);
    }
  }
}
