import type { LearningRateSchedule } from '#api-contract';

/**
 * The learning rate of an epoch. It depends on the epoch and never on how many there will be.
 *
 * @param learningRate Of the trial, > 0.
 * @param epoch From 0.
 * @see Goyal et al. 2017, arXiv:1706.02677 §2.2 (warm-up) · torch.optim.lr_scheduler.MultiStepLR (steps)
 */
export function learningRateOf(schedule: LearningRateSchedule, learningRate: number, epoch: number): number {
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'warmup':
      return epoch < schedule.epochs ? (learningRate * (epoch + 1)) / (schedule.epochs + 1) : learningRate;
    case 'steps':
      // One product after the other: Math.pow is not the same on every machine.
      return schedule.at.reduce((rate, at) => (epoch >= at ? rate * schedule.factor : rate), learningRate);
  }
}
