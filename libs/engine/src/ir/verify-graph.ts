import { sizeOf } from '#primitives';
import { type Graph, type Port, typeOf, type ValueId } from './graph.js';

/**
 * Checks what every pass must keep: each value has one definition that precedes its uses, ports have unique names
 * and types, constants have as many elements as their shape says, loop bodies find what they capture.
 *
 * @returns the graph itself.
 * @throws {TypeError} naming the first thing that is wrong.
 */
export function verifyGraph(graph: Graph, outerNames: ReadonlySet<string> = new Set()): Graph {
  const fail = (problem: string): never => {
    throw new TypeError(`Graph ${graph.name}: ${problem}`);
  };
  const defined = new Set<ValueId>();
  const define = (value: ValueId, what: string): void => {
    if (defined.has(value)) fail(`${what} defines %${value} again`);
    defined.add(value);
  };

  for (const { name, value } of graph.captures) {
    if (!outerNames.has(name)) fail(`captures ${name}, which the surrounding graph does not have`);
    define(value, `capture ${name}`);
  }
  for (const { name, value } of graph.inputs) define(value, `input ${name}`);
  for (const [value, { shape, data }] of graph.constants) {
    define(value, 'a constant');
    if (sizeOf(shape) !== data.length) fail(`constant %${value} has ${data.length} elements, shape [${shape}]`);
  }
  const visible = new Set([...outerNames, ...graph.inputs.map(({ name }) => name)]);
  for (const node of graph.nodes) {
    for (const input of node.inputs) {
      if (input !== undefined && !defined.has(input)) fail(`${node.op} reads %${input} before its definition`);
    }
    for (const output of node.outputs) if (output !== undefined) define(output, node.op);
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') verifyGraph(attribute.value, visible);
    }
  }
  for (const { name, value } of graph.outputs) if (!defined.has(value)) fail(`output ${name} is never defined`);
  verifyPorts(graph, graph.inputs, fail);
  verifyPorts(graph, graph.outputs, fail);
  return graph;
}

function verifyPorts(graph: Graph, ports: readonly Port[], fail: (problem: string) => never): void {
  const names = new Set<string>();
  for (const { name, value } of ports) {
    if (names.has(name)) fail(`has two ports called ${name}`);
    names.add(name);
    typeOf(graph, value);
  }
}
