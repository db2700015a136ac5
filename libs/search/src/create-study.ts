import { hashSeed, InvalidInputError } from '#primitives';
import { baselineOf } from './baseline.js';
import type { ArchitectureCatalog } from './ports/architecture-catalog.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { NewTrial } from './ports/trial-queue.js';
import type { StudyRecord, StudySpec } from './study.js';
import { pinStudyWeights } from './study-weights.js';
import { problemsOfStudySpec } from './validate-study-spec.js';
import { problemsOfWarmStart } from './warm-start.js';

/** Enqueued trials are claimed before those of the same study that a sampler proposed and a worker lost. */
const ENQUEUED_PRIORITY = 10;

/** Creates studies; their workers begin at once. */
export class CreateStudy {
  constructor(
    private readonly storage: SearchStorage,
    private readonly architectures: ArchitectureCatalog,
  ) {}

  /**
   * Stores a study, RUNNING, with its weights pinned, and its baseline and enqueued trials WAITING.
   *
   * @throws {InvalidInputError} naming every wrong field with its value and what is allowed.
   */
  async run(asked: StudySpec): Promise<StudyRecord> {
    const [dataset, known, earlier] = await Promise.all([
      this.storage.datasets.find(asked.datasetId),
      this.architectures.list(),
      Promise.all((asked.warmStart?.studyIds ?? []).map((id) => this.storage.studies.findSpec(id))),
    ]);
    const problems = [...problemsOfStudySpec(asked, dataset, known), ...problemsOfWarmStart(asked, earlier)];
    if (problems.length > 0 || dataset === null) throw new InvalidInputError(problems);
    const spec = pinStudyWeights(asked, known);
    const baseline = spec.baseline === true ? [baselineOf(spec, dataset, known)] : [];
    const enqueued = [...baseline, ...spec.enqueue.map((parameters) => ({ parameters, userAttrs: {} }))];
    return this.storage.transaction(async ({ studies, queue, events }) => {
      const id = await studies.insert(spec);
      if (enqueued.length > 0) {
        const first = await studies.takeNumbers(id, enqueued.length);
        await queue.enqueue(
          enqueued.map(({ parameters, userAttrs }, index) => ({
            ...newTrial(spec, id, first + index, parameters, ENQUEUED_PRIORITY),
            userAttrs,
          })),
        );
      }
      await events.append(id, [{ type: 'study.state', state: 'RUNNING' }]);
      return (await studies.find(id)) as StudyRecord;
    });
  }
}

/** A trial of a study; its seed depends on the study's training seed and its number only, never on the attempt. */
export function newTrial(
  spec: StudySpec,
  studyId: string,
  number: number,
  parameters: NewTrial['parameters'],
  priority = 0,
): NewTrial {
  const seed = hashSeed(spec.training.seed, 'trial', number);
  return { studyId, number, parameters, seed, maxAttempts: spec.maxAttempts, priority };
}
