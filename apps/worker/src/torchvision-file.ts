import { writeSafetensors } from '#model-zoo';
import { type Network, toTorchLayout } from '#model-zoo/networks';
import type { NamedTensor } from '#primitives';

/**
 * A network's tensors as torchvision's `state_dict` holds them, as safetensors: torch layout and names, float32, and a
 * `num_batches_tracked` (int64, zero: with a fixed momentum nothing reads it) beside each batch norm's statistics.
 * torch's `load_state_dict(..., strict=True)` takes it.
 *
 * @param tensors tfjs layout, all of the network's.
 */
export function torchvisionFile(network: Network, tensors: readonly NamedTensor[]): Uint8Array {
  const metadata = { format: 'pt', architecture: network.architecture, classes: String(network.classes) };
  const file = writeSafetensors(tensors.map(toTorchLayout), { metadata });
  const suffix = '.running_var';
  const counters = tensors
    .filter(({ name }) => name.endsWith(suffix))
    .map(({ name }) => `${name.slice(0, -suffix.length)}.num_batches_tracked`);
  return counters.length === 0 ? file : withCounters(file, counters);
}

/** Puts int64 zeros before the data, where they keep everything aligned, and writes the header anew. */
function withCounters(file: Uint8Array, names: readonly string[]): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataStart = 8 + Number(view.getBigUint64(0, true));
  const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(
    new TextDecoder().decode(file.subarray(8, dataStart)),
  );
  const zeros = 8 * names.length;
  for (const [name, entry] of Object.entries(header)) {
    if (name !== '__metadata__') entry.data_offsets = [entry.data_offsets[0] + zeros, entry.data_offsets[1] + zeros];
  }
  const counters = names.map((name, index) => [
    name,
    { dtype: 'I64', shape: [], data_offsets: [8 * index, 8 * index + 8] },
  ]);
  const json = new TextEncoder().encode(JSON.stringify({ ...header, ...Object.fromEntries(counters) }));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const grown = new Uint8Array(8 + headerBytes + zeros + file.length - dataStart);
  new DataView(grown.buffer).setBigUint64(0, BigInt(headerBytes), true);
  grown.fill(0x20, 8, 8 + headerBytes);
  grown.set(json, 8);
  grown.set(file.subarray(dataStart), 8 + headerBytes + zeros);
  return grown;
}
