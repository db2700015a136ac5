import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds that the long files take on two cores, for a checkout that has not run them yet: Vitest would begin with the
 * files that have the most text. A file that is missing here counts as short, and costs at worst its own time at the end.
 */
const seconds: Readonly<Record<string, number>> = {
  'test/e2e/families.test.ts': 320,
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
