import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends every run with one line for people and machines: `412 passed, 0 failed, 3 skipped`. It is written when the
 * process exits, behind whatever other reporters say. A file that cannot be loaded counts as one failure.
 */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') counts[state] += 1;
      }
      // Errors of a file or a suite belong to none of its tests.
      counts.failed += module.errors().length;
      for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    }
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    const line = `${counts.passed} passed, ${counts.failed} failed${skipped}`;
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}
