import { hartmann6, rosenbrock10, sphere10 } from './continuous-problems.js';
import { bnh, zdt1, zdt2, zdt3 } from './front-problems.js';
import type { Problem } from './problem.js';
import { surrogate, surrogateError } from './surrogate-problems.js';

/** The problems in closed form; those of LCBench need a file. */
export const closedFormProblems: readonly Problem[] = [
  surrogate,
  surrogateError,
  zdt1,
  zdt2,
  zdt3,
  bnh,
  hartmann6,
  sphere10,
  rosenbrock10,
];
