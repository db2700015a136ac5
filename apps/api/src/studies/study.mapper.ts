import type { Study } from '#api-contract';
import type { StudyView } from '#search';

/** A study as it is shown. */
export function toStudy(view: StudyView): Study {
  return {
    id: view.id,
    name: view.spec.name,
    state: view.state,
    spec: structuredClone(view.spec) as Study['spec'],
    datasetName: view.datasetName,
    counts: { ...view.counts },
    progress: { ...view.progress },
    eta: view.eta && { ...view.eta, finishesAt: view.eta.finishesAt.toISOString() },
    budget: toBudget(view),
    bestTrialNumber: view.bestTrialNumber,
    createdAt: view.createdAt.toISOString(),
    finishedAt: view.finishedAt?.toISOString() ?? null,
  };
}

function toBudget({ spec, endsAt, reserveSeconds, spentTrainSeconds }: StudyView): Study['budget'] {
  if (endsAt === null && spec.budget?.trainSeconds === undefined) return null;
  return { endsAt: endsAt?.toISOString() ?? null, reserveSeconds, spentTrainSeconds };
}
