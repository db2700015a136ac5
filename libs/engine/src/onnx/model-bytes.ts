/**
 * @file Serialises a graph as an ONNX ModelProto. Only the fields that a graph of this engine can have are written.
 * Field numbers: onnx/onnx.proto, IR version 9.
 */
import {
  type Attribute,
  type ConstantData,
  type ElementType,
  type Graph,
  type MicrosoftDomain,
  type Node,
  type Port,
  typeOf,
  type ValueId,
} from '../ir/graph.js';
import { ProtobufMessage } from './protobuf-message.js';

/** IR version and operator set of every file: the oldest that has Resize with antialias and reductions with axes as inputs. */
export const onnxVersions = { ir: 9, opset: 18, microsoftOpset: 1 } as const;

const producer = { name: 'retune', version: '1' } as const;

const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };

const attributeTypes: Readonly<Record<Attribute['kind'], number>> = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  ints: 7,
};

/**
 * Encodes a graph as the bytes of an `.onnx` file.
 *
 * @param metadata Pairs for the file's `metadata_props`.
 * @throws {RangeError} if the file would reach 2 GiB, protobuf's limit.
 */
export function modelBytes(graph: Graph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const constantBytes = [...graph.constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  if (constantBytes >= 2 ** 31) {
    throw new RangeError(
      `Cannot write graph ${graph.name}: its constants take ${constantBytes} bytes, must be below 2 GiB`,
    );
  }
  const model = new ProtobufMessage()
    .integer(1, onnxVersions.ir)
    .text(2, producer.name)
    .text(3, producer.version)
    .message(7, graphProto(graph, ''))
    .message(8, new ProtobufMessage().text(1, '').integer(2, onnxVersions.opset));
  for (const domain of domainsOf(graph)) {
    model.message(8, new ProtobufMessage().text(1, domain).integer(2, onnxVersions.microsoftOpset));
  }
  for (const [key, value] of Object.entries(metadata)) {
    model.message(14, new ProtobufMessage().text(1, key).text(2, value));
  }
  return model.bytes();
}

/** `prefix` keeps the names of a loop body apart from those of the graph around it. */
function graphProto(graph: Graph, prefix: string): ProtobufMessage {
  const names = new Map<ValueId, string>();
  for (const { name, value } of [...graph.captures, ...graph.inputs]) names.set(value, name);
  const aliases: Port[] = []; // outputs that are an input, a constant or another output as well need a node of their own
  for (const port of graph.outputs) {
    if (names.has(port.value) || graph.constants.has(port.value)) aliases.push(port);
    else names.set(port.value, port.name);
  }
  const nameOf = (value: ValueId | undefined): string =>
    value === undefined ? '' : (names.get(value) ?? `${prefix}v${value}`);

  const message = new ProtobufMessage();
  for (const node of graph.nodes) message.message(1, nodeProto(node, node.outputs.map(nameOf), nameOf, prefix));
  for (const { name, value } of aliases) {
    const identity: Node = { op: 'Identity', inputs: [value], outputs: [], attributes: {} };
    message.message(1, nodeProto(identity, [name], nameOf, prefix));
  }
  message.text(2, graph.name);
  for (const [value, constant] of graph.constants) message.message(5, tensorProto(constant, nameOf(value)));
  for (const port of graph.inputs) message.message(11, valueInfoProto(graph, port));
  for (const port of graph.outputs) message.message(12, valueInfoProto(graph, port));
  return message;
}

function nodeProto(
  node: Node,
  outputs: readonly string[],
  nameOf: (value: ValueId | undefined) => string,
  prefix: string,
): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const input of node.inputs) message.text(1, nameOf(input));
  for (const output of outputs) message.text(2, output);
  message.text(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message.message(5, attributeProto(name, attribute, prefix));
  }
  if (node.scope !== undefined) message.text(6, node.scope);
  return node.domain === undefined ? message : message.text(7, node.domain);
}

function attributeProto(name: string, attribute: Attribute, prefix: string): ProtobufMessage {
  const message = new ProtobufMessage().text(1, name);
  switch (attribute.kind) {
    case 'float':
      message.float(2, attribute.value);
      break;
    case 'int':
      message.integer(3, attribute.value);
      break;
    case 'string':
      message.text(4, attribute.value);
      break;
    case 'tensor':
      message.message(5, tensorProto(attribute.value, ''));
      break;
    case 'graph':
      message.message(6, graphProto(attribute.value, `${prefix}body_`));
      break;
    case 'ints':
      for (const value of attribute.value) message.integer(8, value);
      break;
    default:
      attribute satisfies never;
  }
  return message.integer(20, attributeTypes[attribute.kind]);
}

function tensorProto({ dtype, shape, data }: ConstantData, name: string): ProtobufMessage {
  const message = new ProtobufMessage();
  for (const axis of shape) message.integer(1, axis);
  message.integer(2, elementTypes[dtype]).text(8, name);
  return message.bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function valueInfoProto(graph: Graph, { name, value }: Port): ProtobufMessage {
  const { dtype, shape, isSequence = false } = typeOf(graph, value);
  const dimensions = new ProtobufMessage();
  for (const axis of shape) {
    const dimension = new ProtobufMessage();
    dimensions.message(1, typeof axis === 'number' ? dimension.integer(1, axis) : dimension.text(2, axis));
  }
  const tensor = new ProtobufMessage().integer(1, elementTypes[dtype]).message(2, dimensions);
  const type = new ProtobufMessage().message(1, tensor);
  const sequence = new ProtobufMessage().message(4, new ProtobufMessage().message(1, type));
  return new ProtobufMessage().text(1, name).message(2, isSequence ? sequence : type);
}

/** Domains of onnxruntime's own operators that the graph or a loop body in it uses. */
function domainsOf(graph: Graph): Set<MicrosoftDomain> {
  const domains = new Set<MicrosoftDomain>();
  for (const { domain, attributes } of graph.nodes) {
    if (domain !== undefined) domains.add(domain);
    for (const attribute of Object.values(attributes)) {
      if (attribute.kind === 'graph') for (const inner of domainsOf(attribute.value)) domains.add(inner);
    }
  }
  return domains;
}
