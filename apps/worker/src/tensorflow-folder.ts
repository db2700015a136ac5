import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The libraries and headers of TensorFlow, as its Python wheel carries them. */
export interface TensorflowFolder {
  /** Where they lie; absolute. */
  readonly folder: string;
  /** As the wheel calls it, e.g. `tensorflow_cpu 2.21.0`; null where no wheel's notes lie beside. */
  readonly wheel: string | null;
  /** What is needed and not there, below the folder. */
  readonly missing: readonly string[];
}

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
const needed = [...libraries, 'include/tensorflow/c/c_api.h', 'include/tensorflow/c/eager/c_api.h'];

/**
 * Looks at what a person names as TensorFlow's folder.
 *
 * @param given The folder `tensorflow` of a wheel, or the folder (`site-packages`) that holds it; absolute.
 */
export function inspectTensorflowFolder(given: string): TensorflowFolder {
  const inner = join(given, 'tensorflow');
  const folder = !existsSync(join(given, libraries[0])) && existsSync(join(inner, libraries[0])) ? inner : given;
  return { folder, wheel: wheelOf(folder), missing: needed.filter((path) => !existsSync(join(folder, path))) };
}

/** Link in `deps/lib` → library. The linker wants the first names, the loader the last ones. */
export const libraryLinks: Readonly<Record<string, string>> = {
  'libtensorflow.so': libraries[0],
  'libtensorflow.so.2': libraries[0],
  'libtensorflow_cc.so.2': libraries[0],
  'libtensorflow_framework.so': libraries[1],
  'libtensorflow_framework.so.2': libraries[1],
};

function wheelOf(folder: string): string | null {
  try {
    const notes = readdirSync(dirname(folder)).find((name) =>
      /^tensorflow(_cpu|_rocm)?-[\d.]+.*\.dist-info$/.test(name),
    );
    return notes?.replace('.dist-info', '').replace('-', ' ') ?? null;
  } catch {
    return null;
  }
}
