import { type ProbeResult, probeTensorflow } from './probe-tensorflow.js';
import { listTensorflow, type TensorflowPackage } from './tensorflow-package.js';

/** A package of TensorFlow for Node.js that is there, and what it did when it was tried. */
export interface ProbedTensorflow extends TensorflowPackage, ProbeResult {}

/**
 * The packages that are there, each tried in a child process: it loads TensorFlow and multiplies two small matrices.
 *
 * @param data The data folder.
 */
export async function findTensorflow(data: string): Promise<ProbedTensorflow[]> {
  const found: ProbedTensorflow[] = [];
  for (const one of listTensorflow(data)) found.push({ ...one, ...(await probeTensorflow(one)) });
  return found;
}
