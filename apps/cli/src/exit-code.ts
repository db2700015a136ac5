/** How a command ends; the same table stands in `retune --help`. */
export const exitCode = {
  ok: 0,
  failed: 1,
  badInput: 2,
  unreachable: 3,
  nothingFeasible: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The table as it is shown below every help text. */
export const exitCodeHelp = [
  'Exit codes:',
  '  0    done',
  '  1    failed',
  '  2    bad usage or bad input',
  '  3    the service cannot be reached',
  '  4    nothing found that meets the constraints',
  '  130  interrupted',
].join('\n');
