import { hashSeed, InvalidInputError } from '#primitives';
import type { ArchitectureCatalog } from './ports/architecture-catalog.js';
import type { SearchStorage } from './ports/search-storage.js';
import type { NewTrial } from './ports/trial-queue.js';
import type { StudyRecord, StudySpec } from './study.js';
import { pinStudyWeights } from './study-weights.js';
import { problemsOfStudySpec } from './validate-study-spec.js';

/** Enqueued trials are claimed before those of the same study that a sampler proposed and a worker lost. */
const ENQUEUED_PRIORITY = 10;

/** Creates studies; their workers begin at once. */
export class CreateStudy {
  constructor(
    private readonly storage: SearchStorage,
    private readonly architectures: ArchitectureCatalog,
  ) {}

  /**
   * Stores a study, RUNNING, with its weights pinned and its enqueued trials WAITING.
   *
   * @throws {InvalidInputError} naming every wrong field with its value and what is allowed.
   */
  async run(asked: StudySpec): Promise<StudyRecord> {
    const [dataset, known] = await Promise.all([
      this.storage.datasets.find(asked.datasetId),
      this.architectures.list(),
    ]);
    const problems = problemsOfStudySpec(asked, dataset, known);
    if (problems.length > 0) throw new InvalidInputError(problems);
    const spec = pinStudyWeights(asked, known);
    return this.storage.transaction(async ({ studies, queue, events }) => {
      const id = await studies.insert(spec);
      if (spec.enqueue.length > 0) {
        const first = await studies.takeNumbers(id, spec.enqueue.length);
        await queue.enqueue(
          spec.enqueue.map((parameters, index) => newTrial(spec, id, first + index, parameters, ENQUEUED_PRIORITY)),
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
