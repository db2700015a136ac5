import type { FieldProblem } from '#primitives';
import type { KnownArchitecture } from './ports/architecture-catalog.js';
import type { StudySpec } from './study.js';

/** Names of weights that a study pins and that are not at hand, or belong to an architecture it does not search. */
export function problemsOfStudyWeights(
  { searchSpace, training }: StudySpec,
  architectures: readonly KnownArchitecture[],
): FieldProblem[] {
  const known = new Map(architectures.map((architecture) => [architecture.name, architecture]));
  return Object.entries(training.weights ?? {}).flatMap(([architecture, value]): FieldProblem[] => {
    const field = `training.weights.${architecture}`;
    if (!searchSpace.architecture.includes(architecture)) {
      return [{ field, value, allowed: `absent: searchSpace.architecture has ${searchSpace.architecture.join(', ')}` }];
    }
    const weights = known.get(architecture)?.weights ?? [];
    if (weights.includes(value)) return [];
    const allowed =
      weights.length > 0 ? `one of ${weights.join(', ')}` : 'the name of weights at hand (there are none)';
    return [{ field, value, allowed: `${allowed}; more with: retune zoo fetch ${architecture}` }];
  });
}

/**
 * The spec with weights pinned for every architecture that may be trained from some: those it names, else the first at
 * hand. A study's trials then start from the same weights for as long as it runs, whatever is imported meanwhile.
 */
export function pinStudyWeights(spec: StudySpec, architectures: readonly KnownArchitecture[]): StudySpec {
  const { searchSpace, training } = spec;
  if (searchSpace.retrainDepth.every((depth) => depth === 'scratch')) return spec;
  const atHand = new Map(architectures.map(({ name, weights }) => [name, weights]));
  const pinned = searchSpace.architecture.flatMap((name) => {
    const chosen = training.weights?.[name] ?? atHand.get(name)?.[0];
    return chosen === undefined ? [] : [[name, chosen] as const];
  });
  return { ...spec, training: { ...training, weights: Object.fromEntries(pinned) } };
}
