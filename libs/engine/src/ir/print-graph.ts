import type { Attribute, ConstantData, Graph, Node, ValueId } from './graph.js';

/**
 * Writes a graph as text, one line a node: `%7 float32[2,8] = Gemm(%1, %4) {transB=1} # fc`.
 * Values are numbered in the order of their definition, so equal graphs print equally.
 */
export function printGraph(graph: Graph, indent = ''): string {
  const numbers = new Map<ValueId, number>();
  const reference = (value: ValueId | undefined): string => {
    if (value === undefined) return '_';
    const constant = graph.constants.get(value);
    if (constant !== undefined) return printConstant(constant);
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return `%${numbers.get(value)}`;
  };
  const typed = (value: ValueId | undefined): string => {
    const type = value === undefined ? undefined : graph.types.get(value);
    return type === undefined ? reference(value) : `${reference(value)} ${type.dtype}[${type.shape}]`;
  };
  const lines = [
    `graph ${graph.name} {`,
    ...graph.captures.map(({ name, value }) => `  capture ${name}: ${typed(value)}`),
    ...graph.inputs.map(({ name, value }) => `  input ${name}: ${typed(value)}`),
    ...graph.nodes.map((node) => `  ${printNode(node, reference, typed, indent)}`),
    ...graph.outputs.map(({ name, value }) => `  output ${name}: ${typed(value)}`),
    '}',
  ];
  return lines.map((line) => `${indent}${line}`).join('\n');
}

function printNode(
  node: Node,
  reference: (value: ValueId | undefined) => string,
  typed: (value: ValueId | undefined) => string,
  indent: string,
): string {
  const attributes = Object.entries(node.attributes).map(([name, value]) => `${name}=${printAttribute(value, indent)}`);
  const call = `${node.op}(${node.inputs.map(reference).join(', ')})`;
  const suffix = `${attributes.length > 0 ? ` {${attributes.join(', ')}}` : ''}${node.scope ? ` # ${node.scope}` : ''}`;
  return `${node.outputs.map(typed).join(', ')} = ${call}${suffix}`;
}

function printAttribute(attribute: Attribute, indent: string): string {
  switch (attribute.kind) {
    case 'int':
    case 'float':
    case 'string':
      return String(attribute.value);
    case 'ints':
      return `[${attribute.value}]`;
    case 'tensor':
      return printConstant(attribute.value);
    case 'graph':
      return `\n${printGraph(attribute.value, `${indent}    `)}`;
    default:
      return attribute satisfies never;
  }
}

function printConstant({ dtype, shape, data }: ConstantData): string {
  return `${dtype}[${shape}]${data.length <= 8 ? `(${data.join(' ')})` : '(…)'}`;
}
