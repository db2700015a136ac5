import { median } from '../side/median.js';

/** One side: does so many units of the same work and gives their seconds. */
export interface Side {
  readonly name: string;
  run(units: number): Promise<number>;
}

/** How long to measure. */
export interface Pace {
  /** Rounds that are always done, but for one less where they take `mostSecondsPerSide`. */
  readonly leastRounds: number;
  readonly mostRounds: number;
  /** Seconds after which a side needs no further round. */
  readonly secondsPerSide: number;
  readonly mostSecondsPerSide: number;
  /** Seconds that one round of a side should take. */
  readonly secondsPerRound: number;
  /** Units of one round at most. */
  readonly mostUnits: number;
}

/** Seconds of one unit, a value a round, by side; a side that was left out early has fewer. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/** A side this much slower than the fastest of its rivals is not worth further rounds. */
const hopeless = 1.2;

/**
 * Runs the sides in turn, round by round, so that what disturbs the machine disturbs all of them. The first side is
 * compared with the better of the others: those that are far behind the best of them after a round are left out.
 */
export async function alternate(sides: readonly Side[], pace: Pace): Promise<Rounds> {
  const units = new Map<string, number>();
  for (const side of sides) units.set(side.name, await unitsOf(side, pace));
  const rounds = new Map<string, number[]>(sides.map(({ name }) => [name, []]));
  let running = [...sides];
  for (let round = 0; round < pace.mostRounds; round++) {
    for (const side of running) {
      const count = units.get(side.name) ?? 1;
      rounds.get(side.name)?.push((await side.run(count)) / count);
    }
    running = withoutHopeless(running, rounds);
    const spent = running.map(({ name }) => sum(rounds.get(name)) * (units.get(name) ?? 1));
    const longest = Math.max(...spent);
    const enough = longest >= pace.mostSecondsPerSide ? pace.leastRounds - 1 : pace.leastRounds;
    if (round + 1 >= enough && longest >= pace.secondsPerSide) break;
  }
  return rounds;
}

/** Warms a side up: the first unit allocates and chooses its kernels; a quick one is run again, to know its time. */
async function unitsOf(side: Side, { secondsPerRound, mostUnits }: Pace): Promise<number> {
  let seconds = await side.run(1);
  if (seconds < 2 * secondsPerRound) seconds = await side.run(1);
  return Math.max(1, Math.min(mostUnits, Math.round(secondsPerRound / seconds)));
}

function withoutHopeless(running: readonly Side[], rounds: Rounds): Side[] {
  const [first, ...rivals] = running;
  const times = rivals.map(({ name }) => median(rounds.get(name) ?? []));
  return [first, ...rivals.filter((_, index) => times[index] <= hopeless * Math.min(...times))];
}

function sum(values: readonly number[] = []): number {
  return values.reduce((total, value) => total + value, 0);
}
