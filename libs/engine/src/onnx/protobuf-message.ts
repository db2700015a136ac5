/**
 * Writes one protobuf message: fields in the order of the calls, nested messages without copying until `bytes()`.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufMessage {
  readonly #parts: Uint8Array[] = [];
  #sizeBytes = 0;

  /** A signed or unsigned integer or enum; negative numbers take ten bytes, as in protobuf. */
  integer(field: number, value: number | bigint): this {
    return this.#tag(field, 0).#varint(BigInt.asUintN(64, BigInt(value)));
  }

  /** A 32-bit float. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#tag(field, 5).#append(bytes);
  }

  /** Text, UTF-8. */
  text(field: number, value: string): this {
    return this.bytesField(field, new TextEncoder().encode(value));
  }

  /** Raw bytes; kept by reference. */
  bytesField(field: number, value: Uint8Array): this {
    return this.#tag(field, 2).#varint(BigInt(value.byteLength)).#append(value);
  }

  /** A nested message, which must be complete. */
  message(field: number, value: ProtobufMessage): this {
    this.#tag(field, 2).#varint(BigInt(value.#sizeBytes));
    for (const part of value.#parts) this.#append(part);
    return this;
  }

  /** The encoded message. */
  bytes(): Uint8Array {
    const result = new Uint8Array(this.#sizeBytes);
    let offset = 0;
    for (const part of this.#parts) {
      result.set(part, offset);
      offset += part.byteLength;
    }
    return result;
  }

  #tag(field: number, wireType: number): this {
    return this.#varint(BigInt(field * 8 + wireType));
  }

  #varint(value: bigint): this {
    const bytes: number[] = [];
    let rest = value;
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    return this.#append(Uint8Array.from(bytes));
  }

  #append(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#sizeBytes += bytes.byteLength;
    return this;
  }
}
