/** A number that a bench has to reach. */
export interface Goal {
  readonly name: string;
  /** Null where it could not be measured; the goal is then not met. */
  readonly value: number | null;
  readonly goal: number;
  readonly sense: '>=' | '<=';
  readonly met: boolean;
}

/** What `--json FILE` writes. */
export interface BenchReport<Row> {
  readonly bench: string;
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
}

/** How many goals are met, and those that are not, a line each. */
export function goalLines(goals: readonly Goal[]): string[] {
  const missed = goals.filter(({ met }) => !met);
  return [
    `goals: ${goals.length - missed.length} of ${goals.length} met`,
    ...missed.map(
      ({ name, value, goal, sense }) =>
        `  not met: ${name} is ${value === null ? 'not measured' : value.toFixed(2)}, goal ${sense} ${goal}`,
    ),
  ];
}
