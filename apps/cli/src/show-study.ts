import type { Study, Trial } from '#api-contract';
import type { ApiClient } from './api-client.js';
import { followStudy } from './follow-study.js';
import type { Output } from './output.js';
import { formatAccuracy, formatEta } from './quantities.js';
import { trialLine } from './trial-line.js';

/** Beside a pipe the lines of the trials are progress; one of its own is said where a trial takes longer, ms. */
const lineMs = 15_000;

/**
 * Shows a study until it ends: a bar with the time left, a line per finished trial; one JSON line per piece of news
 * for programs.
 *
 * @returns the study as it ended.
 */
export async function showStudy(client: ApiClient, study: Study, output: Output, signal: AbortSignal): Promise<Study> {
  const progress = output.progress('  Trials', { lineMs });
  const worry = new WorkerWorry(client, output);
  let latest = study;
  let running = output.dim('waiting for the first trial');
  const draw = () => {
    const { progress: done, eta } = latest;
    const note = [formatEta(eta), running].filter(Boolean).join('  ');
    progress.update(done.finished, expectedTrials(latest), note);
  };
  try {
    draw();
    for await (const news of followStudy(client, study.id, signal)) {
      output.event(news);
      if (news.kind === 'study') {
        latest = news.study;
        if (latest.state !== 'RUNNING') running = '';
        await worry.look(latest);
      } else if (news.kind === 'epoch') {
        const { number, report, epochs } = news;
        running = output.dim(`#${number} epoch ${report.epoch}/${epochs} ${formatAccuracy(report.accuracy)}`);
      } else {
        running = '';
        progress.log(finishedLine(news.trial, latest, output));
      }
      draw();
    }
  } finally {
    progress.stop();
  }
  return latest;
}

/** Trials that the study will have made: fewer than wanted where its time ends it first. */
function expectedTrials({ progress: { finished, total }, eta }: Study): number {
  return eta === null ? total : Math.max(finished, Math.min(total, eta.trials));
}

function finishedLine(trial: Trial, study: Study, output: Output): string {
  const line = trialLine(trial);
  const eta = output.live ? '' : formatEta(study.eta);
  const text = `  ${line}${eta && `  (${eta})`}`;
  return trial.onFront ? output.good(text) : trial.state === 'COMPLETE' ? text : output.dim(text);
}

/** Says once that a study waits for a worker, where none is alive. */
class WorkerWorry {
  private since: number | undefined;
  private said = false;

  constructor(
    private readonly client: ApiClient,
    private readonly output: Output,
  ) {}

  async look(study: Study): Promise<void> {
    const idle = study.state === 'RUNNING' && (study.counts.RUNNING ?? 0) === 0;
    if (!idle || this.said) {
      this.since = undefined;
      return;
    }
    this.since ??= performance.now();
    if (performance.now() - this.since < patienceMs) return;
    this.since = undefined;
    if ((await this.client.workers()).some(({ alive }) => alive)) return;
    this.said = true;
    this.output.remark('No worker is connected: "retune worker" starts one on this machine.');
  }
}

/** A worker that has just started needs this long to claim its first trial, ms. */
const patienceMs = 8_000;
