/**
 * @file A tfjs backend that computes nothing: every kernel records itself and returns a value of the right shape.
 * Everything a function evaluates in JavaScript while it is traced (a number, a random mask) is frozen into the trace.
 */
import {
  type BackendValues,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  getBackend,
  KernelBackend,
  registerBackend,
  registerKernel,
  setBackend,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Shape } from '#primitives';
import { type KernelName } from './kernels.js';
import { type ShapeRule, shapeRules } from './shape-rules.js';
import type { KernelCall, Trace, TracedConstant, TracedId, TracedType } from './trace.js';
import { UnsupportedKernelError } from './unsupported-kernel-error.js';

const backendName = 'retune-trace';

/** What a traced function is given to declare its inputs and to name its layers. */
export interface Tracer {
  /** A tensor whose values are known at run time only. */
  input(name: string, shape: Shape, dtype: DataType): Tensor;
  /** Says to which layer the kernels to come belong. */
  setScope(scope: string): void;
}

/**
 * Runs a tfjs function symbolically.
 *
 * @param build Declares inputs, applies tfjs-core ops, returns the outputs by name. Must be synchronous.
 * @throws {UnsupportedKernelError} if it uses a kernel that is not in `Kernels`.
 * @throws {TypeError} if it reads a traced value (`dataSync`, `data`, `arraySync`).
 */
export function trace(build: (tracer: Tracer) => Readonly<Record<string, Tensor>>): Trace {
  const backend = traceBackend();
  if (backend.recorder !== undefined) throw new TypeError('Cannot trace inside of a trace');
  const recorder = new Recorder();
  backend.recorder = recorder;
  const before = activeBackend();
  void setBackend(backendName); // takes effect at once: the backend's factory is synchronous
  engine().startScope('trace');
  try {
    const tracer: Tracer = {
      input: (name, shape, dtype) => backend.inputTensor(recorder, name, shape, dtype),
      setScope: (scope) => {
        recorder.scope = scope;
      },
    };
    const outputs = Object.entries(build(tracer)).map(([name, tensor]) => ({
      name,
      value: backend.idOf(tensor.dataId),
    }));
    return { ...recorder.result(), outputs };
  } catch (error) {
    const kernel = /Kernel '(\w+)' not registered/.exec(String(error))?.[1];
    if (kernel === undefined) throw error;
    throw new UnsupportedKernelError(kernel, recorder.scope, 'it is not in the lowering table', { cause: error });
  } finally {
    engine().endScope();
    backend.recorder = undefined;
    if (before !== undefined) void setBackend(before);
  }
}

/** Collects one trace. */
class Recorder {
  scope = '';
  readonly #types: TracedType[] = [];
  readonly #inputs: { name: string; value: TracedId }[] = [];
  readonly #constants = new Map<TracedId, TracedConstant>();
  readonly #calls: KernelCall[] = [];

  value(type: TracedType): TracedId {
    return (this.#types.push(type) - 1) as TracedId;
  }

  input(name: string, type: TracedType): TracedId {
    const value = this.value(type);
    this.#inputs.push({ name, value });
    return value;
  }

  constant(type: TracedType, constant: TracedConstant): TracedId {
    const value = this.value(type);
    this.#constants.set(value, constant);
    return value;
  }

  call(call: Omit<KernelCall, 'scope'>): void {
    this.#calls.push({ ...call, scope: this.scope });
  }

  result(): Omit<Trace, 'outputs'> {
    return { types: this.#types, inputs: this.#inputs, constants: this.#constants, calls: this.#calls };
  }
}

/** What the backend keeps of one tensor: a value of a trace, or numbers that any trace may read. */
interface Stored {
  recorder?: Recorder;
  id?: TracedId;
  readonly type: TracedType;
  readonly constant?: TracedConstant;
}

class TraceBackend extends KernelBackend {
  recorder: Recorder | undefined;
  readonly #stored = new DataStorage<Stored>(this, engine());

  /** The value of a tensor in the trace that runs now; a tensor from elsewhere becomes a constant. */
  idOf(dataId: DataId): TracedId {
    const stored = this.#stored.get(dataId);
    const recorder = this.#recorder();
    if (stored.recorder !== recorder || stored.id === undefined) {
      if (stored.constant === undefined) {
        throw new TypeError('A traced tensor was used after its trace: return it from the traced function instead');
      }
      stored.recorder = recorder;
      stored.id = recorder.constant(stored.type, stored.constant);
    }
    return stored.id;
  }

  inputTensor(recorder: Recorder, name: string, shape: Shape, dtype: DataType): Tensor {
    const info = this.#keep(recorder, recorder.input(name, { shape, dtype }), { shape, dtype });
    return engine().makeTensorFromTensorInfo(info, this);
  }

  record<K extends KernelName>(kernel: K, inputs: object, attrs: object): TensorInfo | TensorInfo[] {
    const recorder = this.#recorder();
    const map = (convert: (info: TensorInfo) => unknown): unknown =>
      Array.isArray(inputs)
        ? inputs.map(convert)
        : Object.fromEntries(
            Object.entries(inputs)
              .filter(([, info]) => info !== undefined && info !== null)
              .map(([key, info]) => [key, convert(info)]),
          );
    const rule = shapeRules[kernel] as ShapeRule<KernelName>;
    const result = rule(map(({ shape, dtype }) => ({ shape, dtype })) as never, attrs as never);
    const types = Array.isArray(result) ? result : [result];
    const ids = map(({ dataId }) => this.idOf(dataId)); // before the outputs, so that constants are numbered first
    const outputs = types.map((type) => recorder.value(type));
    recorder.call({ kernel, inputs: ids as never, attrs: attrs as never, outputs });
    const infos = outputs.map((id, index) => this.#keep(recorder, id, types[index]));
    return Array.isArray(result) ? infos : infos[0];
  }

  override write(values: BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = {};
    this.move(dataId, values, shape, dtype);
    return dataId;
  }

  override move(dataId: DataId, values: BackendValues, shape: number[], dtype: DataType): void {
    if (!(values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array)) {
      throw new TypeError(`Cannot trace a constant of type ${dtype}: must be float32, int32 or bool`);
    }
    const uniform = values.length > 0 && values.every((value) => value === values[0]);
    const constant = { values: uniform ? values.slice(0, 1) : values, uniform };
    this.#stored.set(dataId, { type: { shape: [...shape], dtype }, constant });
  }

  override readSync(dataId: DataId): BackendValues {
    const { constant, type } = this.#stored.get(dataId);
    if (constant === undefined) {
      throw new TypeError(
        `Cannot read a traced value [${type.shape}]: it is known at run time only. Use tensor ops in place of dataSync()`,
      );
    }
    const { values, uniform } = constant;
    const size = type.shape.reduce((product, axis) => product * axis, 1);
    return uniform
      ? (new (values.constructor as Float32ArrayConstructor)(size) as Float32Array).fill(values[0])
      : values;
  }

  override async read(dataId: DataId): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId): boolean {
    this.#stored.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#stored.numDataIds();
  }

  override refCount(): number {
    return 1;
  }

  override incRef(): void {}

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override dispose(): void {}

  #recorder(): Recorder {
    if (this.recorder === undefined) throw new TypeError(`Backend ${backendName} works inside of trace() only`);
    return this.recorder;
  }

  #keep(recorder: Recorder, id: TracedId, type: TracedType): TensorInfo {
    const dataId = {};
    this.#stored.set(dataId, { recorder, id, type });
    return { dataId, shape: [...type.shape], dtype: type.dtype };
  }
}

function traceBackend(): TraceBackend {
  if (engine().findBackendFactory(backendName) === null) {
    registerBackend(backendName, () => new TraceBackend(), 0);
    for (const kernelName of Object.keys(shapeRules) as KernelName[]) {
      registerKernel({
        kernelName,
        backendName,
        kernelFunc: ({ inputs, attrs, backend }) => (backend as TraceBackend).record(kernelName, inputs, attrs ?? {}),
      });
    }
  }
  return engine().findBackend(backendName) as TraceBackend;
}

function activeBackend(): string | undefined {
  return getBackend() ?? undefined;
}
