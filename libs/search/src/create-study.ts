import { type Clock, hashSeed, InvalidInputError } from '#primitives';
import { baselineOf } from './baseline.js';
import type { DatasetRecord } from './dataset.js';
import type { ArchitectureCatalog } from './ports/architecture-catalog.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { NewTrial } from './ports/trial-queue.js';
import type { AskedStudySpec, StudyRecord, StudySpec } from './study.js';
import { problemsOfBudget, reserveOf, trialsOf } from './study-budget.js';
import { pinStudyWeights } from './study-weights.js';
import { problemsOfStudySpec } from './validate-study-spec.js';
import { problemsOfWarmStart } from './warm-start.js';

/** Enqueued trials are claimed before those of the same study that a sampler proposed and a worker lost. */
const ENQUEUED_PRIORITY = 10;

/** Exports that the reserve of a budget is predicted from. */
const EXPORTS_LOOKED_AT = 20;

/** A spec without a problem, with what it was checked against. */
export interface CheckedStudy {
  /** Its weights pinned, its number of trials said. */
  readonly spec: StudySpec;
  readonly dataset: DatasetRecord;
  /** Its first trials. */
  readonly enqueued: readonly Pick<NewTrial, 'parameters' | 'userAttrs'>[];
  /** Kept back of its time. */
  readonly reserveSeconds: number;
}

/** Creates studies; their workers begin at once. */
export class CreateStudy {
  constructor(
    private readonly storage: SearchStorage,
    private readonly architectures: ArchitectureCatalog,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores a study, RUNNING, with its weights pinned, and its baseline and enqueued trials WAITING.
   *
   * @throws {InvalidInputError} naming every wrong field with its value and what is allowed.
   */
  async run(asked: AskedStudySpec): Promise<StudyRecord> {
    const { spec, enqueued, reserveSeconds } = await this.check(asked);
    return this.storage.transaction(async ({ studies, queue, events }) => {
      const id = await studies.insert(spec, reserveSeconds);
      if (enqueued.length > 0) {
        const first = await studies.takeNumbers(id, enqueued.length);
        await queue.enqueue(
          enqueued.map(({ parameters, userAttrs }, index) =>
            newTrial(spec, id, first + index, parameters, { priority: ENQUEUED_PRIORITY, userAttrs }),
          ),
        );
      }
      await events.append(id, [{ type: 'study.state', state: 'RUNNING' }]);
      return (await studies.find(id)) as StudyRecord;
    });
  }

  /**
   * What would be stored.
   *
   * @throws {InvalidInputError} naming every wrong field with its value and what is allowed.
   */
  async check(asked: AskedStudySpec): Promise<CheckedStudy> {
    const wanted: StudySpec = { ...asked, trials: trialsOf(asked) };
    const [dataset, known, earlier] = await Promise.all([
      this.storage.datasets.find(asked.datasetId),
      this.architectures.list(),
      Promise.all((asked.warmStart?.studyIds ?? []).map((id) => this.storage.studies.findSpec(id))),
    ]);
    const problems = [
      ...problemsOfStudySpec(wanted, dataset, known),
      ...problemsOfWarmStart(wanted, earlier),
      ...problemsOfBudget(asked, this.clock.now()),
    ];
    if (problems.length > 0 || dataset === null) throw new InvalidInputError(problems);
    const spec = pinStudyWeights(wanted, known);
    const exportSeconds = await this.storage.exports.durations(EXPORTS_LOOKED_AT);
    const baseline = spec.baseline === true ? [baselineOf(spec, dataset, known)] : [];
    return {
      spec,
      dataset,
      enqueued: [...baseline, ...spec.enqueue.map((parameters) => ({ parameters, userAttrs: {} }))],
      reserveSeconds: reserveOf(spec.budget, exportSeconds, this.clock.now()),
    };
  }
}

/** What a new trial may have besides. */
export interface NewTrialOptions {
  /** @default {0} */
  readonly priority?: number;
  /** 0 for the first training of a configuration, 1, 2, … for those that repeat it with other draws. @default {0} */
  readonly repeat?: number;
  /** @default {} */
  readonly userAttrs?: NewTrial['userAttrs'];
}

/**
 * A trial of a study. Its seed depends on the study's training seed and on which repetition it is, on nothing else: all
 * first trainings see the same order of pictures, masks and new head. So they are compared under common random numbers
 * (the difference of two configurations is not drowned by that of two draws), and equal configurations are one training,
 * whatever their number or study.
 */
export function newTrial(
  spec: StudySpec,
  studyId: string,
  number: number,
  parameters: NewTrial['parameters'],
  { priority = 0, repeat = 0, userAttrs = {} }: NewTrialOptions = {},
): NewTrial {
  const seed = hashSeed(spec.training.seed, 'repeat', repeat);
  const attrs = repeat === 0 ? userAttrs : { ...userAttrs, repeat };
  return { studyId, number, parameters, seed, maxAttempts: spec.maxAttempts, priority, userAttrs: attrs };
}
