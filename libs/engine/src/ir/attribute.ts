import type { Attribute, ConstantData, Graph } from './graph.js';

/** An integer attribute; booleans are 0 and 1 in ONNX. */
export const int = (value: number | boolean): Attribute => ({ kind: 'int', value: Number(value) });

/** A float32 attribute. */
export const float = (value: number): Attribute => ({ kind: 'float', value });

/** A list of integers. */
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });

/** A text attribute. */
export const string = (value: string): Attribute => ({ kind: 'string', value });

/** The body of a `Loop`. */
export const graph = (value: Graph): Attribute => ({ kind: 'graph', value });

/** A constant inside an attribute, e.g. the value of `ConstantOfShape`. */
export const tensor = (value: ConstantData): Attribute => ({ kind: 'tensor', value });
