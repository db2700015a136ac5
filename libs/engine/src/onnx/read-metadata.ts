/**
 * Reads the metadata of an ONNX file, which onnxruntime's Node binding does not show. Other fields are skipped.
 *
 * @throws {RangeError} if the bytes are not a protobuf message.
 */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const [field, pair] of lengthDelimitedFields(model)) {
    if (field !== metadataField) continue;
    const parts = new Map(
      [...lengthDelimitedFields(pair)].map(([part, bytes]) => [part, new TextDecoder().decode(bytes)]),
    );
    metadata[parts.get(1) ?? ''] = parts.get(2) ?? '';
  }
  return metadata;
}

/** `metadata_props` of ModelProto: pairs of key (1) and value (2). */
const metadataField = 14;

function* lengthDelimitedFields(message: Uint8Array): Generator<[field: number, bytes: Uint8Array]> {
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (position >= message.length) break;
      const byte = message[position++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError(`Cannot read an ONNX file: no number at byte ${position}`);
  };
  while (position < message.length) {
    const tag = varint();
    const length = { 0: 0, 1: 8, 2: 0, 5: 4 }[tag % 8];
    if (length === undefined)
      throw new RangeError(`Cannot read an ONNX file: wire type ${tag % 8} at byte ${position}`);
    if (tag % 8 === 0) varint();
    const size = tag % 8 === 2 ? varint() : length;
    if (position + size > message.length)
      throw new RangeError(`Cannot read an ONNX file: it ends within field ${tag >> 3}`);
    if (tag % 8 === 2) yield [Math.floor(tag / 8), message.subarray(position, position + size)];
    position += size;
  }
}
