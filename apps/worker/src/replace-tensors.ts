import type { NamedTensor } from '#primitives';

/** Tensors in their order, those of the same name in place of some of them. */
export function replaceTensors(tensors: readonly NamedTensor[], replacements: readonly NamedTensor[]): NamedTensor[] {
  const named = new Map(replacements.map((tensor) => [tensor.name, tensor]));
  return tensors.map((tensor) => named.get(tensor.name) ?? tensor);
}
