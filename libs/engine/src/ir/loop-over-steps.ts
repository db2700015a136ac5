import { graph as graphAttribute, int } from './attribute.js';
import { freshIds } from './fresh-ids.js';
import { type Graph, type Node, type Port, typeOf, type ValueId, type ValueType } from './graph.js';
import { GraphBuilder } from './graph-builder.js';

/** How the inputs and outputs of one step become those of a run of many. */
export interface LoopPorts {
  /** Inputs that are carried from step to step; each has an output of the same name and type. */
  readonly carried: readonly string[];
  /** Inputs of which every step reads its own: they get a leading axis `steps`. */
  readonly scanned: readonly string[];
  /** Outputs that are kept of every step: they get a leading axis `steps`. The remaining inputs are the same for all. */
  readonly collected: readonly string[];
}

/** Name of the int64 scalar input that says how many steps to run. */
export const stepCountInput = 'step_count';

/**
 * Wraps a graph of one step into a graph that runs `step_count` of them in one ONNX `Loop`. The arithmetic of a step
 * is untouched, so the results are bit for bit those of single steps; what is saved is a fresh copy of the whole
 * state for every step.
 */
export function loopOverSteps(step: Graph, ports: LoopPorts): Graph {
  const outer = new GraphBuilder();
  const count = outer.input(stepCountInput, 'int64', []);
  const initial = ports.carried.map((name) => declare(outer, step, name));
  for (const name of ports.scanned) {
    const { dtype, shape } = inputType(step, name);
    outer.input(name, dtype, ['steps', ...shape]);
  }
  const shared = step.inputs.map(({ name }) => name).filter((name) => !isListed(ports, name));
  for (const name of shared) declare(outer, step, name);

  const proceed = outer.constant('bool', [], Uint8Array.of(1));
  const body = bodyOf(step, ports, shared);
  const results = outer.nodes(
    'Loop',
    [count, proceed, ...initial],
    { body: graphAttribute(body) },
    ports.carried.length + ports.collected.length,
  );
  const names = [...ports.carried.map((name) => `next.${name}`), ...ports.collected];
  const outputs = names.map((name, index) => {
    const stepName = ports.carried[index] ?? name;
    const { dtype, shape } = outputType(step, stepName);
    const collected = index >= ports.carried.length;
    return { name, value: outer.describe(results[index], dtype, collected ? ['steps', ...shape] : shape) };
  });
  return outer.finish(`${step.name}_loop`, outputs);
}

/** The step with its inputs replaced by loop state, by slices of the scanned inputs, and by captures. */
function bodyOf(step: Graph, ports: LoopPorts, shared: readonly string[]): Graph {
  const fresh = freshIds(step);
  const types = new Map<ValueId, ValueType>(step.types);
  const define = (type: ValueType): ValueId => {
    const value = fresh();
    types.set(value, type);
    return value;
  };
  const iteration = define({ dtype: 'int64', shape: [] });
  const condition = define({ dtype: 'bool', shape: [] });
  const proceed = define({ dtype: 'bool', shape: [] });
  const captures: Port[] = [];
  const gathers: Node[] = ports.scanned.map((name) => {
    const { dtype, shape } = inputType(step, name);
    const all = define({ dtype, shape: ['steps', ...shape] });
    captures.push({ name, value: all });
    const own = port(step.inputs, name).value;
    return { op: 'Gather', inputs: [all, iteration], outputs: [own], attributes: { axis: int(0) } };
  });
  captures.push(...shared.map((name) => port(step.inputs, name)));
  return {
    name: step.name,
    captures,
    inputs: [
      { name: 'iteration', value: iteration },
      { name: 'condition', value: condition },
      ...ports.carried.map((name) => port(step.inputs, name)),
    ].map(({ name, value }) => ({ name: `body.${name}`, value })),
    outputs: [
      { name: 'proceed', value: proceed },
      ...ports.carried.map((name) => port(step.outputs, name)),
      ...ports.collected.map((name) => port(step.outputs, name)),
    ].map(({ name, value }) => ({ name: `body.next.${name}`, value })),
    constants: step.constants,
    nodes: [...gathers, { op: 'Identity', inputs: [condition], outputs: [proceed], attributes: {} }, ...step.nodes],
    types,
  };
}

function declare(builder: GraphBuilder, step: Graph, name: string): ValueId {
  const { dtype, shape } = inputType(step, name);
  return builder.input(name, dtype, shape);
}

function isListed({ carried, scanned }: LoopPorts, name: string): boolean {
  return carried.includes(name) || scanned.includes(name);
}

function port(ports: readonly Port[], name: string): Port {
  const found = ports.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`The step has no port called ${name}`);
  return found;
}

function inputType(step: Graph, name: string): ValueType {
  return typeOf(step, port(step.inputs, name).value);
}

function outputType(step: Graph, name: string): ValueType {
  return typeOf(step, port(step.outputs, name).value);
}
