import type { Trainer, TrainingPlan } from './training-plan.js';

/** Compiles a plan into one ONNX graph. */
export async function compileTrainer(plan: TrainingPlan): Promise<Trainer> {
  throw new Error(`Cannot compile a plan of ${plan.classes} classes yet`);
}
