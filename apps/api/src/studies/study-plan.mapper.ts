import type { StudyPlan } from '#api-contract';
import type { StudyPlan as PlannedStudy } from '#search';

/** A plan as it is shown. */
export function toStudyPlan(plan: PlannedStudy): StudyPlan {
  return {
    ...plan,
    dataset: { ...plan.dataset },
    workers: { ...plan.workers, devices: plan.workers.devices.map((device) => ({ ...device })) },
    candidates: plan.candidates.map(({ epoch, fixed, ...rest }) => ({
      ...rest,
      epoch: { ...epoch },
      fixed: { ...fixed },
    })),
    ruledOut: plan.ruledOut.map(({ architecture, value, constraint }) => ({ architecture, value, ...constraint })),
    preparations: plan.preparations.map((preparation) => ({ ...preparation })),
    duration: { ...plan.duration },
  };
}
