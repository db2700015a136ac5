/**
 * @file Who survives a generation: Deb et al. 2002, doi:10.1109/4235.996017 §III. Mirrors
 * optuna/samplers/nsgaii/_elite_population_selection_strategy.py 5.0.0, ties and infinities included.
 */
import { nonDominatedSort } from '#ranking';

/** A finished trial as the selection sees it. */
export interface Individual {
  /** One per objective, ±Infinity allowed, as reported. */
  readonly values: readonly number[];
  /** The same, smaller is better. */
  readonly losses: readonly number[];
  /** Sum of constraint excess, 0 is feasible. */
  readonly violation: number;
}

/**
 * The `count` best: rank by rank, and of the rank that does not fit as a whole the least crowded.
 *
 * @returns At most `count` of `population`.
 */
export function selectElite<Member extends Individual>(population: readonly Member[], count: number): Member[] {
  const elite: Member[] = [];
  for (const layer of rankPopulation(population)) {
    const open = count - elite.length;
    if (layer.length < open) elite.push(...layer);
    else return [...elite, ...leastCrowdedFirst(layer).slice(0, open)];
  }
  return elite;
}

/** The population in layers of constrained non-domination, best first, each in the order given. */
export function rankPopulation<Member extends Individual>(population: readonly Member[]): Member[][] {
  const ranks = nonDominatedSort(
    population.map(({ losses }) => losses),
    population.map(({ violation }) => violation),
  );
  const layers: Member[][] = [];
  for (const [index, member] of population.entries()) {
    layers[ranks[index]] ??= [];
    layers[ranks[index]].push(member);
  }
  return layers;
}

/**
 * Crowding distances as Optuna computes them: an objective's range is that of its finite values, the neighbours beyond
 * the ends are infinitely far, equal neighbours are at distance 0 even when infinite, and members with equal values
 * keep the order of the objective before. (`crowdingDistance` of the ranking lib takes the whole range and goes by the
 * index, so that it differs on infinities and copies.)
 */
export function crowdingDistances<Member extends Individual>(layer: readonly Member[]): Map<Member, number> {
  return measure(layer).distances;
}

function leastCrowdedFirst<Member extends Individual>(layer: readonly Member[]): Member[] {
  const { order, distances } = measure(layer);
  const distanceOf = (member: Member) => distances.get(member) as number;
  return order.sort((a, b) => compare(distanceOf(a), distanceOf(b))).reverse();
}

function measure<Member extends Individual>(
  layer: readonly Member[],
): { order: Member[]; distances: Map<Member, number> } {
  const order = [...layer];
  const distances = new Map(layer.map((member) => [member, 0]));
  const objectives = layer[0]?.values.length ?? 0;
  for (let objective = 0; objective < objectives; objective++) {
    order.sort((a, b) => compare(a.values[objective], b.values[objective]));
    const values = [-Infinity, ...order.map((member) => member.values[objective]), Infinity];
    const last = order.length;
    if (values[1] === values[last]) continue;
    const lowest = values.find((value) => value !== -Infinity) as number;
    const highest = values.findLast((value) => value !== Infinity) as number;
    const width = highest - lowest > 0 ? highest - lowest : 1;
    for (const [index, member] of order.entries()) {
      const below = values[index];
      const above = values[index + 2];
      if (below !== above) distances.set(member, (distances.get(member) as number) + (above - below) / width);
    }
  }
  return { order, distances };
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
