import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds that the long files take on two cores, for a checkout that has not run them yet: Vitest would begin with the
 * files that have the most text. A file that is missing here counts as short, and costs at worst its own time at the end.
 */
const seconds: Readonly<Record<string, number>> = {
  'test/e2e/families.test.ts': 270,
  'test/integration/webgpu-step.test.ts': 130,
  'test/integration/torchvision-training.test.ts': 75,
  'test/integration/torchvision-logits.test.ts': 70,
  'test/e2e/demo.test.ts': 55,
  'test/e2e/cli.test.ts': 45,
  'test/integration/optuna-views.test.ts': 32,
  'test/e2e/cli-usage.test.ts': 30,
  'test/e2e/interrupt.test.ts': 30,
  'test/integration/export.test.ts': 28,
  'test/integration/network-step.test.ts': 25,
  'test/integration/run-trial.test.ts': 24,
  'test/bench/gpu/package.test.ts': 24,
  'test/integration/worker-process.test.ts': 23,
  'test/e2e/zoo.test.ts': 20,
  'test/integration/embedded-postgres.test.ts': 16,
  'test/integration/api-process.test.ts': 12,
  'test/integration/predict-torchvision.test.ts': 12,
  'libs/optuna-ts-client/src/samplers/registry.test.ts': 8,
  'test/integration/dataset-import.test.ts': 7,
  'test/integration/study-lifecycle.test.ts': 7,
  'test/integration/torch-save.test.ts': 6,
};

/** Starts the longest files first, project by project, so that no core idles while the other does the last long one. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { cache, config } = this.ctx;
    const durationOf = ({ project, moduleId }: TestSpecification) => {
      const path = relative(config.root, moduleId);
      return cache.getFileTestResults(`${project.name}:${path}`)?.duration ?? 1000 * (seconds[path] ?? 1);
    };
    const projects = this.ctx.projects.map(({ name }) => name);
    // Files that share a process follow each other: a worker keeps its process for them only.
    return [...files].sort(
      (a, b) => projects.indexOf(a.project.name) - projects.indexOf(b.project.name) || durationOf(b) - durationOf(a),
    );
  }
}
