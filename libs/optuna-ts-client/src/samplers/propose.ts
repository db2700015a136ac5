import { activeParameters } from '../active-parameters.js';
import { type ConditionalSpace, checkSpace, isFlat } from '../conditional-space.js';
import type { ParamValue } from '../distributions/distribution.js';
import { toExternalRepr } from '../distributions/internal-representation.js';
import type { SearchSpace } from '../search-space.js';
import type { InternalParams, Proposal, Sampler, SamplerContext, TrialHistory } from './sampler.js';
import { UntriedConfigurations } from './untried-configurations.js';
import { withoutTrial } from './without-trial.js';

/** How often a conditional space is asked for anew where the proposal is a repeat, before one is drawn at random. */
const ROUNDS = 8;

/**
 * Asks a sampler for every parameter of `space`: together first, then one by one for those it left out.
 *
 * In a conditional space the parameters that depend on nothing come first, then those that exist with their values, and
 * so on, with `context.fixed` holding what is decided.
 *
 * @throws {RangeError} as `checkSpace`.
 */
export function propose(
  sampler: Sampler,
  context: SamplerContext,
  history: TrialHistory,
  space: ConditionalSpace,
): Proposal {
  if (isFlat(space)) return proposeFlat(sampler, context, history, space);
  checkSpace(space);
  const first = proposeByLevels(sampler, context, history, space);
  if (sampler.avoidsRepeats !== true) return first;
  const others = withoutTrial(history, context.trialNumber);
  const untried = new UntriedConfigurations(space, others);
  if (untried.count <= 0 || untried.has(first)) return first;
  for (let round = 1; round < ROUNDS; round++) {
    const again = proposeByLevels(sampler, { ...context, rng: context.rng.fork(`round ${round}`) }, history, space);
    if (untried.has(again)) return again;
  }
  return untried.count < Number.POSITIVE_INFINITY ? untried.draw(context.rng.fork('untried')) : first;
}

function proposeByLevels(
  sampler: Sampler,
  context: SamplerContext,
  history: TrialHistory,
  space: ConditionalSpace,
): Proposal {
  let internalParams: InternalParams = {};
  let params: Proposal['params'] = {};
  for (let level = 0; ; level++) {
    const next = activeParameters(space, params);
    if (Object.keys(next.space).length === 0) return { internalParams, params };
    const proposal = proposeFlat(
      sampler,
      levelContext(context, level, internalParams, next.mayFollow),
      history,
      next.space,
    );
    internalParams = { ...internalParams, ...proposal.internalParams };
    params = { ...params, ...proposal.params };
  }
}

/** The context of one level of a conditional space: a stream of its own, or every level would draw the same numbers. */
export function levelContext(
  context: SamplerContext,
  level: number,
  decided: InternalParams,
  mayFollow: boolean,
): SamplerContext {
  const rng = level === 0 ? context.rng : context.rng.fork(`level ${level}`);
  return {
    ...context,
    rng,
    fixed: { ...context.fixed, ...decided },
    mayFollow: mayFollow || context.mayFollow === true,
  };
}

function proposeFlat(sampler: Sampler, context: SamplerContext, history: TrialHistory, space: SearchSpace): Proposal {
  const relative = sampler.sampleRelative(context, history, space);
  const internalParams: Record<string, number> = {};
  const params: Record<string, ParamValue> = {};
  for (const [name, distribution] of Object.entries(space)) {
    const internal = relative[name] ?? sampler.sampleIndependent(context, history, name, distribution);
    internalParams[name] = internal;
    params[name] = toExternalRepr(distribution, internal);
  }
  return { internalParams, params };
}
