/** How many nodes of a model run an operator in one place. */
export interface NodePlacement {
  /** As ONNX Runtime names it, e.g. `CPUExecutionProvider`, `WebGpuExecutionProvider`. */
  readonly provider: string;
  /** ONNX operator; ONNX Runtime's own copies are `MemcpyToHost` and `MemcpyFromHost`. */
  readonly operator: string;
  readonly nodes: number;
}

/** Name of the processor's provider. */
const processor = 'CPUExecutionProvider';

/**
 * Counts nodes by provider and operator in the profile of one run. A node in the body of a loop counts once for every
 * step of the run, so a run of one step counts every node once.
 *
 * @param profile What ONNX Runtime writes where `enableProfiling` is on: a JSON list of events.
 * @throws {SyntaxError} if it is not JSON.
 */
export function nodePlacements(profile: string): NodePlacement[] {
  const events = JSON.parse(profile) as { cat?: string; args?: { provider?: string; op_name?: string } }[];
  const counts = new Map<string, number>();
  for (const { cat, args } of events) {
    if (cat !== 'Node' || args?.provider === undefined || args.op_name === undefined) continue;
    const key = `${args.provider} ${args.op_name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .map(([key, nodes]) => {
      const [provider, operator] = key.split(' ');
      return { provider, operator, nodes };
    })
    .sort((a, b) => b.nodes - a.nodes || (a.operator < b.operator ? -1 : 1));
}

/** Those that run on the processor, and the copies to and from it. */
export function onProcessor(placements: readonly NodePlacement[]): NodePlacement[] {
  return placements.filter(({ provider, operator }) => provider === processor || operator.startsWith('Memcpy'));
}
