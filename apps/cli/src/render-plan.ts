import type { StudyPlan } from '#api-contract';
import { formatBetween, formatSeconds } from './quantities.js';
import { constraintText, renderTable } from './tables.js';

type Predicted = StudyPlan['duration'];

/** Where the figures of a candidate are from, in words. */
const sources: Readonly<Record<StudyPlan['candidates'][number]['source'], string>> = {
  record: 'measured in earlier trials',
  scaled: 'scaled from earlier trials',
  profile: 'from its latency here',
  guess: 'guessed from its size',
};

/** What ends a study, in words. */
const limits: Readonly<Record<StudyPlan['limit'], string>> = {
  trials: 'its number of trials',
  searchSpace: 'its search space, of which every point will have been tried',
  timeoutSeconds: 'timeoutSeconds',
  wallClockSeconds: 'budget.wallClockSeconds',
  deadline: 'budget.deadline',
  trainSeconds: 'budget.trainSeconds',
};

/** A plan for people: how long, on what, what is measured first, what each candidate costs. */
export function renderPlan(plan: StudyPlan): string {
  const { name, dataset, trials, epochs, duration, limit, reserveSeconds, candidates, ruledOut, preparations } = plan;
  const reserve = reserveSeconds > 0 ? `, ${formatSeconds(reserveSeconds)} kept back for the export` : '';
  const lines = [
    `${name}  nothing was created`,
    `  dataset   ${dataset.name}: ${dataset.train} pictures to train on, ${dataset.validation} to validate on`,
    `  workers   ${workersText(plan)}`,
    `  duration  about ${withInterval(duration)}`,
    `  trials    about ${trials}, ${epochs} epochs`,
    `  ended by  ${limits[limit]}${reserve}`,
  ];
  if (preparations.length > 0) {
    const seconds = preparations.reduce((sum, preparation) => sum + preparation.seconds, 0);
    lines.push('', `Measured first, about ${formatSeconds(seconds)} together:`);
    const names = (kind: 'profile' | 'probe') =>
      preparations.filter((entry) => entry.kind === kind).map(({ architecture }) => architecture);
    const [profiles, probes] = [names('profile'), names('probe')];
    if (profiles.length > 0) lines.push(`  latency, size and memory of ${profiles.join(', ')}`);
    if (probes.length > 0) lines.push(`  what the features of ${probes.join(', ')} are worth`);
  }
  if (ruledOut.length > 0) {
    lines.push('', 'Not trained, as it misses a constraint here:');
    for (const { architecture, metric, value, ...bound } of ruledOut) {
      const shown = Number(value.toPrecision(4));
      lines.push(`  ${architecture}: ${metric} is ${shown}; ${constraintText({ metric, ...bound })}`);
    }
  }
  lines.push(
    '',
    renderTable(candidates, [
      { head: 'architecture', cell: ({ architecture }) => architecture },
      { head: 'depth', cell: ({ retrainDepth }) => retrainDepth },
      { head: 'an epoch', cell: ({ epoch }) => withInterval(epoch), numeric: true },
      { head: 'besides, the first time', cell: ({ fixed }) => withInterval(fixed), numeric: true },
      { head: 'figures', cell: ({ source }) => sources[source] },
    ]),
  );
  return lines.join('\n');
}

function workersText({ workers: { alive, devices } }: StudyPlan): string {
  const kinds = devices.map(({ class: deviceClass, name, threads, workers }) => {
    const count = devices.length > 1 ? `${workers} × ` : '';
    return `${count}${name} (${deviceClass}${deviceClass === 'cpu' ? `, ${threads} threads` : ''})`;
  });
  if (alive === 0) return `none is connected; the figures are those of one on ${kinds.join(', ')}`;
  return `${alive} connected: ${kinds.join(', ')}`;
}

function withInterval({ seconds, low, high }: Predicted): string {
  const ends = high < 10 ? `${low.toFixed(1)}–${high.toFixed(1)} s` : formatBetween(low, high);
  return `${formatSeconds(seconds)} (${ends})`;
}
