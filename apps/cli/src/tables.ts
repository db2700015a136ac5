import Table from 'cli-table3';
import type { Architecture, Dataset, ParetoFront, Profile, Study, Trial } from '#api-contract';
import {
  formatAccuracy,
  formatBytes,
  formatEta,
  formatInterval,
  formatLearningRate,
  formatMilliseconds,
  formatSeconds,
} from './quantities.js';

/** A column: its heading, its cell, and whether it holds numbers (then it is right-aligned). */
interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  readonly numeric?: boolean;
}

/** Rows below headings, without frame or colour: the same on a terminal and in a file. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const empty = { top: '', bottom: '', left: '', right: '', mid: '' };
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ numeric }) => (numeric ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    chars: {
      ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
      ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
      ...{ 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
      ...empty,
      middle: '  ',
    },
  });
  for (const row of rows) table.push(columns.map(({ cell }) => cell(row)));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const trialColumns: readonly Column<Trial>[] = [
  { head: 'trial', cell: ({ number }) => `#${number}`, numeric: true },
  { head: 'architecture', cell: ({ parameters }) => parameters.architecture },
  { head: 'depth', cell: ({ parameters }) => parameters.retrainDepth },
  { head: 'learning rate', cell: ({ parameters }) => formatLearningRate(parameters.learningRate), numeric: true },
  { head: 'epochs', cell: epochsOf, numeric: true },
  { head: 'accuracy (95 %)', cell: (trial) => formatInterval(trial.measures.accuracy, trial.accuracyInterval) },
  { head: 'latency p95', cell: ({ measures }) => formatMilliseconds(measures.latencyP95Ms), numeric: true },
  { head: 'size', cell: ({ measures }) => formatBytes(measures.sizeBytes), numeric: true },
  { head: 'training', cell: ({ measures }) => formatSeconds(measures.trainSeconds), numeric: true },
];

/** The feasible front in ranked order; the first is the one that is recommended. */
export function renderFront(front: ParetoFront): string {
  return renderTable(front.items, [
    { head: 'rank', cell: ({ rank }) => String(rank), numeric: true },
    ...trialColumns.map(({ cell, ...column }) => ({
      ...column,
      cell: (item: ParetoFront['items'][number]) => cell(item.trial),
    })),
  ]);
}

/** Every trial with its state, and why it ended where that is worth knowing. */
export function renderTrials(trials: readonly Trial[]): string {
  return renderTable(trials, [
    ...trialColumns,
    { head: 'state', cell: ({ state, onFront }) => state + (onFront ? ' *' : '') },
    { head: '', cell: reasonOf },
  ]);
}

export function renderStudies(studies: readonly Study[]): string {
  return renderTable(studies, [
    { head: 'study', cell: ({ name }) => name },
    { head: 'state', cell: ({ state }) => state },
    { head: 'trials', cell: ({ progress }) => `${progress.finished}/${progress.total}`, numeric: true },
    {
      head: 'best',
      cell: ({ bestTrialNumber }) => (bestTrialNumber === null ? '-' : `#${bestTrialNumber}`),
      numeric: true,
    },
    { head: 'dataset', cell: ({ datasetName }) => datasetName },
    { head: 'created', cell: ({ createdAt }) => minute(createdAt) },
    { head: 'id', cell: ({ id }) => id },
  ]);
}

export function renderDatasets(datasets: readonly Dataset[]): string {
  return renderTable(datasets, [
    { head: 'dataset', cell: ({ name }) => name },
    { head: 'state', cell: ({ state }) => state },
    { head: 'images', cell: ({ imageCount }) => String(imageCount), numeric: true },
    { head: 'size', cell: ({ sizeBytes }) => formatBytes(sizeBytes), numeric: true },
    { head: 'classes', cell: ({ classes }) => classes.map(({ name }) => name).join(', ') },
    { head: 'created', cell: ({ createdAt }) => minute(createdAt) },
    { head: 'id', cell: ({ id }) => id },
  ]);
}

export function renderArchitectures(architectures: readonly Architecture[]): string {
  return renderTable(architectures, [
    { head: 'architecture', cell: ({ name }) => name },
    { head: 'parameters', cell: ({ parameterCount }) => `${(parameterCount / 1e6).toFixed(2)} M`, numeric: true },
    { head: 'smallest image', cell: ({ minImageSize }) => `${minImageSize} px`, numeric: true },
    { head: 'head', cell: ({ head }) => head },
    {
      head: 'weights at hand',
      cell: ({ weights }) => weights.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`).join(', ') || '-',
    },
  ]);
}

/** Profiles with the median and 95th percentile of each batch; one that is doubted or failed says so. */
export function renderProfiles(profiles: readonly Profile[]): string {
  return renderTable(profiles, [
    { head: 'architecture', cell: ({ architecture }) => architecture },
    { head: 'classes', cell: ({ classes }) => String(classes), numeric: true },
    { head: 'image', cell: ({ imageSize }) => `${imageSize} px`, numeric: true },
    { head: 'device', cell: ({ device, threads }) => `${device.class} (${device.name}), ${threads} threads` },
    {
      head: 'latency p50 / p95 by batch',
      cell: ({ statistics }) =>
        statistics?.latencies
          .map(({ batch, p50Ms, p95Ms }) => `${batch}: ${formatMilliseconds(p50Ms)} / ${formatMilliseconds(p95Ms)}`)
          .join(', ') ?? '-',
    },
    { head: 'memory', cell: ({ statistics }) => formatBytes(statistics?.peakMemoryBytes), numeric: true },
    { head: 'size', cell: ({ statistics }) => formatBytes(statistics?.sizeBytes), numeric: true },
    { head: 'measured', cell: ({ measuredAt }) => (measuredAt === null ? '-' : minute(measuredAt)) },
    { head: 'state', cell: profileState },
  ]);
}

function profileState({ state, drift, failMessage }: Profile): string {
  if (state === 'FAIL') return `FAIL: ${failMessage}`;
  if (drift === null) return state;
  const { batch, recordedMs, measuredMs } = drift;
  return `${state}, drifted: batch ${batch} took ${formatMilliseconds(measuredMs)}, not ${formatMilliseconds(recordedMs)}`;
}

/** A dataset with its classes and what was refused. */
export function renderDataset(dataset: Dataset): string {
  const lines = [
    `${dataset.name}  ${dataset.state}  ${dataset.imageCount} images, ${formatBytes(dataset.sizeBytes)}`,
    `  folder   ${dataset.path}`,
    `  id       ${dataset.id}`,
    `  version  ${dataset.version ?? '-'}`,
    '',
    renderTable(dataset.classes, [
      { head: 'class', cell: ({ name }) => name },
      { head: 'train', cell: ({ train }) => String(train), numeric: true },
      { head: 'validation', cell: ({ validation }) => String(validation), numeric: true },
      { head: 'test', cell: ({ test }) => String(test), numeric: true },
    ]),
  ];
  if (dataset.rejected.length > 0) {
    lines.push('', `Refused (${dataset.rejected.length}):`);
    lines.push(...dataset.rejected.map(({ path, reason }) => `  ${path}: ${reason}`));
  }
  return lines.join('\n');
}

/** A study with its trials by state and the time left. */
export function renderStudy(study: Study): string {
  const counts = Object.entries(study.counts).filter(([, count]) => count > 0);
  const { searchSpace, constraints, objectives, sampler, pruner } = study.spec;
  const eta = formatEta(study.eta);
  return [
    `${study.name}  ${study.state}  ${study.progress.finished} of ${study.progress.total} trials${eta && `, ${eta}`}`,
    `  id             ${study.id}`,
    `  dataset        ${study.datasetName}`,
    `  architectures  ${searchSpace.architecture.join(', ')}`,
    `  depths         ${searchSpace.retrainDepth.join(', ')}`,
    `  learning rate  ${learningRateText(searchSpace.learningRate)}`,
    `  objectives     ${objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(', ')}`,
    `  constraints    ${constraints.map(constraintText).join(', ') || 'none'}`,
    `  algorithms     ${sampler.name} sampler, ${pruner.name} pruner`,
    ...(study.budget === null ? [] : [`  budget         ${budgetText(study)}`]),
    `  trials         ${counts.map(([state, count]) => `${count} ${state}`).join(', ') || 'none yet'}`,
    `  best           ${study.bestTrialNumber === null ? 'none meets the constraints yet' : `#${study.bestTrialNumber}`}`,
  ].join('\n');
}

/** What a study may use, in words: `10 min 00 s until 2026-11-25 17:10, 30 s of it for the export`. */
function budgetText({ budget, spec }: Study): string {
  const { wallClockSeconds, trainSeconds } = spec.budget ?? {};
  const { endsAt = null, reserveSeconds = 0, spentTrainSeconds = 0 } = budget ?? {};
  const until =
    endsAt === null
      ? []
      : [
          `${wallClockSeconds === undefined ? '' : `${formatSeconds(wallClockSeconds)} `}until ${minute(endsAt)} UTC`,
          `${formatSeconds(reserveSeconds)} of it for the export`,
        ];
  const train =
    trainSeconds === undefined
      ? []
      : [`${formatSeconds(spentTrainSeconds)} of ${formatSeconds(trainSeconds)} of training`];
  return [...until, ...train].join(', ');
}

/** Learning rates in words: `0.001 to 0.1, deep 0.0001 to 0.001`. */
export function learningRateText({ low, high, perDepth = {} }: Study['spec']['searchSpace']['learningRate']): string {
  const own = Object.entries(perDepth).map(([depth, range]) => `${depth} ${range.low} to ${range.high}`);
  return [`${low} to ${high}`, ...own].join(', ');
}

/** A constraint in words: `accuracy at least 85.0 %`. */
export function constraintText(constraint: Study['spec']['constraints'][number]): string {
  const { metric, atMost, atLeast } = constraint;
  const bound = (atMost ?? atLeast) as number;
  return `${metric} ${atMost === undefined ? 'at least' : 'at most'} ${boundText(metric, bound)}`;
}

function boundText(metric: string, bound: number): string {
  if (metric === 'accuracy') return formatAccuracy(bound);
  if (metric.endsWith('Ms')) return formatMilliseconds(bound);
  if (metric.endsWith('Bytes')) return formatBytes(bound);
  return metric.endsWith('Seconds') ? formatSeconds(bound) : String(bound);
}

/** Epochs done of those asked for; one number where they are the same. */
function epochsOf({ epoch, parameters }: Trial): string {
  return epoch === parameters.epochs ? String(epoch) : `${epoch}/${parameters.epochs}`;
}

/** Why a trial ended early: what the pruner said, or what went wrong. */
export function reasonOf({ pruneReason, failReason, failMessage }: Trial): string {
  return pruneReason ?? (failReason === null ? '' : `${failReason}: ${(failMessage ?? '').split('\n', 1)[0]}`);
}

/** An ISO time to the minute, UTC. */
function minute(timestamp: string): string {
  return timestamp.slice(0, 16).replace('T', ' ');
}
