import { containsValue, createPruner, describeDistribution } from '#optuna-ts-client';
import { type FieldProblem, InvalidInputError } from '#primitives';
import type { DatasetRecord } from './dataset.js';
import { metricNames } from './metric-name.js';
import type { KnownArchitecture } from './ports/architecture-catalog.js';
import { distributionsOf, searchDistributions } from './search-distributions.js';
import { type LearningRateRange, type RetrainDepth, retrainDepths, type SearchSpace } from './search-space.js';
import type { StudySpec } from './study.js';
import { checkSampler, type StudySampler, studySamplers } from './study-samplers.js';
import { problemsOfStudyWeights } from './study-weights.js';

/**
 * Everything that is wrong with a study's spec, as far as its shape is right: names that nobody knows, ranges that are
 * empty, an image size that an architecture does not take, points outside the search space.
 *
 * @param dataset The dataset named by `datasetId`; null where there is none.
 * @returns One problem per wrong field, with the value received and what is allowed; empty where all is well.
 */
export function problemsOfStudySpec(
  spec: StudySpec,
  dataset: DatasetRecord | null,
  architectures: readonly KnownArchitecture[],
): FieldProblem[] {
  return [
    ...problemsOfDataset(spec, dataset),
    ...problemsOfArchitectures(spec, architectures),
    ...problemsOfStudyWeights(spec, architectures),
    ...problemsOfSpace(spec.searchSpace),
    ...problemsOfGoals(spec),
    ...problemsOfAlgorithms(spec),
    ...problemsOfNumbers(spec),
    ...problemsOfEnqueued(spec),
  ];
}

function problemsOfDataset({ datasetId }: StudySpec, dataset: DatasetRecord | null): FieldProblem[] {
  const refuse = (allowed: string) => [{ field: 'datasetId', value: datasetId, allowed }];
  if (dataset === null) return refuse('the id of a dataset');
  if (dataset.state !== 'READY') return refuse(`the id of a dataset that is READY (this one is ${dataset.state})`);
  if (dataset.classes.length < 2) return refuse('the id of a dataset with at least 2 classes');
  for (const split of ['train', 'validation'] as const) {
    const empty = dataset.classes.find((entry) => entry[split] === 0);
    if (empty) return refuse(`the id of a dataset with ${split} images in every class ('${empty.name}' has none)`);
  }
  return [];
}

function problemsOfArchitectures(
  { searchSpace, training }: StudySpec,
  architectures: readonly KnownArchitecture[],
): FieldProblem[] {
  const known = new Map(architectures.map((architecture) => [architecture.name, architecture]));
  const problems: FieldProblem[] = [];
  for (const [index, name] of searchSpace.architecture.entries()) {
    const field = `searchSpace.architecture[${index}]`;
    const architecture = known.get(name);
    if (architecture === undefined) {
      problems.push({ field, value: name, allowed: `one of ${[...known.keys()].join(', ')}` });
      continue;
    }
    if (training.imageSize < architecture.minImageSize) {
      const allowed = `at least ${architecture.minImageSize} for ${name}`;
      problems.push({ field: 'training.imageSize', value: training.imageSize, allowed });
    }
    const needsWeights = searchSpace.retrainDepth.find((depth) => depth !== 'scratch');
    if (architecture.weights.length === 0 && needsWeights !== undefined) {
      const allowed =
        `an architecture with pretrained weights at hand, as retrain depth ${needsWeights} needs them; ` +
        `to have them: retune zoo fetch ${name}`;
      problems.push({ field, value: name, allowed });
    }
  }
  return problems;
}

function problemsOfSpace({ architecture, retrainDepth, learningRate, epochs }: SearchSpace): FieldProblem[] {
  const problems = [
    ...problemsOfList('searchSpace.architecture', architecture),
    ...problemsOfList('searchSpace.retrainDepth', retrainDepth, retrainDepths),
  ];
  problems.push(...problemsOfRange('searchSpace.learningRate', learningRate));
  for (const [depth, range] of Object.entries(learningRate.perDepth ?? {})) {
    const field = `searchSpace.learningRate.perDepth.${depth}`;
    if (!retrainDepth.includes(depth as RetrainDepth)) {
      problems.push({ field, value: range, allowed: `a retrain depth of the study (${retrainDepth.join(', ')})` });
    } else if (range !== undefined) problems.push(...problemsOfRange(field, range));
  }
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  if ('low' in epochs) {
    const field = 'searchSpace.epochs';
    if (!isCount(epochs.low)) problems.push({ field: `${field}.low`, value: epochs.low, allowed: 'an integer >= 1' });
    else if (!isCount(epochs.high) || epochs.high < epochs.low) {
      problems.push({ field: `${field}.high`, value: epochs.high, allowed: `an integer >= low (${epochs.low})` });
    }
    if (!isCount(epochs.step))
      problems.push({ field: `${field}.step`, value: epochs.step, allowed: 'an integer >= 1' });
    return problems;
  }
  const wrong = epochs.find((value) => !isCount(value));
  if (wrong !== undefined) problems.push({ field: 'searchSpace.epochs', value: wrong, allowed: 'integers >= 1' });
  return [...problems, ...problemsOfList('searchSpace.epochs', epochs)];
}

function problemsOfRange(field: string, { low, high }: LearningRateRange): FieldProblem[] {
  if (!(low > 0 && Number.isFinite(low))) return [{ field: `${field}.low`, value: low, allowed: 'a number > 0' }];
  if (!(high >= low && Number.isFinite(high))) {
    return [{ field: `${field}.high`, value: high, allowed: `a number >= low (${low})` }];
  }
  return [];
}

function problemsOfList<Value>(field: string, values: readonly Value[], allowed?: readonly Value[]): FieldProblem[] {
  if (values.length === 0) return [{ field, value: values, allowed: 'a list with at least one entry' }];
  const problems: FieldProblem[] = [];
  for (const [index, value] of values.entries()) {
    if (values.indexOf(value) < index) {
      problems.push({ field: `${field}[${index}]`, value, allowed: 'different from the entries before it' });
    } else if (allowed && !allowed.includes(value)) {
      problems.push({ field: `${field}[${index}]`, value, allowed: `one of ${allowed.join(', ')}` });
    }
  }
  return problems;
}

function problemsOfGoals({ objectives, constraints }: StudySpec): FieldProblem[] {
  const metrics = objectives.map(({ metric }) => metric);
  const problems = problemsOfList('objectives', metrics, metricNames);
  for (const [index, { metric, atMost, atLeast }] of constraints.entries()) {
    const field = `constraints[${index}]`;
    if (!metricNames.includes(metric)) {
      problems.push({ field: `${field}.metric`, value: metric, allowed: `one of ${metricNames.join(', ')}` });
    }
    const bounds = [atMost, atLeast].filter((bound) => bound !== undefined);
    if (bounds.length !== 1 || !Number.isFinite(bounds[0])) {
      problems.push({ field, value: constraints[index], allowed: 'a metric with exactly one of atMost and atLeast' });
    } else if (metric === 'accuracy' ? bounds[0] < 0 || bounds[0] > 1 : bounds[0] <= 0) {
      const side = atMost === undefined ? 'atLeast' : 'atMost';
      const allowed = metric === 'accuracy' ? 'a number in [0, 1]' : 'a number > 0';
      problems.push({ field: `${field}.${side}`, value: bounds[0], allowed });
    }
  }
  return problems;
}

function problemsOfAlgorithms({ sampler, pruner, objectives, searchSpace }: StudySpec): FieldProblem[] {
  return [
    ...problemsOfUse(
      sampler.name,
      ({ severalObjectives = true }) => severalObjectives || objectives.length === 1,
      `as there are ${objectives.length} objectives`,
    ),
    ...problemsOfUse(
      sampler.name,
      ({ conditionalSpaces = true }) => conditionalSpaces || searchSpace.learningRate.perDepth === undefined,
      'as searchSpace.learningRate.perDepth is given',
    ),
    ...problemsThrownBy(() => checkSampler(sampler.name, sampler.options)),
    ...problemsThrownBy(() => createPruner(pruner.name, pruner.options)),
  ];
}

/** A sampler that is known, but not for such a study. */
function problemsOfUse(name: string, isFit: (sampler: StudySampler) => boolean, reason: string): FieldProblem[] {
  const entry = studySamplers.find((candidate) => candidate.name === name);
  if (entry === undefined || isFit(entry)) return [];
  const fit = studySamplers.filter(isFit).map((candidate) => candidate.name);
  return [{ field: 'sampler.name', value: name, allowed: `one of ${fit.join(', ')}, ${reason}` }];
}

function problemsThrownBy(create: () => unknown): readonly FieldProblem[] {
  try {
    create();
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
}

function problemsOfNumbers({
  trials,
  maxAttempts,
  timeoutSeconds,
  seed,
  training,
  enqueue,
  baseline,
}: StudySpec): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const check = (field: string, value: number, ok: boolean, allowed: string) => {
    if (!ok) problems.push({ field, value, allowed });
  };
  const isSeed = (value: number) => Number.isInteger(value) && value >= 0 && value < 2 ** 32;
  check('trials', trials, Number.isSafeInteger(trials) && trials >= 1, 'an integer >= 1');
  check('maxAttempts', maxAttempts, Number.isSafeInteger(maxAttempts) && maxAttempts >= 1, 'an integer >= 1');
  check('seed', seed, isSeed(seed), 'an integer in [0, 4294967295]');
  check('training.seed', training.seed, isSeed(training.seed), 'an integer in [0, 4294967295]');
  if (timeoutSeconds !== null) check('timeoutSeconds', timeoutSeconds, timeoutSeconds > 0, 'a number > 0, or null');
  const room = trials - (baseline === true ? 1 : 0);
  if (enqueue.length > room) {
    const besides =
      baseline === true ? `at most trials (${trials}) less the baseline: ${room}` : `at most trials (${trials})`;
    problems.push({ field: 'enqueue', value: enqueue.length, allowed: `${besides} entries` });
  }
  return problems;
}

function problemsOfEnqueued({ searchSpace, enqueue }: StudySpec): FieldProblem[] {
  if (enqueue.length === 0 || problemsOfSpace(searchSpace).length > 0) return [];
  const problems: FieldProblem[] = [];
  const space = searchDistributions(searchSpace);
  for (const [index, parameters] of enqueue.entries()) {
    // Of a depth outside of the space no learning rate can be said to be wrong.
    for (const [name, distribution] of Object.entries(distributionsOf(space, parameters))) {
      const value = parameters[name as keyof typeof parameters];
      if (containsValue(distribution, value)) continue;
      const allowed = `${describeDistribution(distribution)}, as in searchSpace.${name}`;
      problems.push({ field: `enqueue[${index}].${name}`, value, allowed });
    }
  }
  return problems;
}
