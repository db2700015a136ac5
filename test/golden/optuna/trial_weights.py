"""Writes trial-weights.golden.json: weights by age and by hypervolume contribution. Run under optuna 3.1.0."""
import json
import pathlib

import numpy as np
import optuna
from optuna.samplers._tpe.sampler import _calculate_weights_below_for_multi_objective, default_weights

rng = np.random.RandomState(3)
contribution = []
for objectives in (2, 3):
    for n in (1, 2, 5, 12):
        losses = np.round(rng.uniform(-1, 2, (n, objectives)), 2)
        violations = np.where(rng.rand(n) < 0.3, 0.5, 0.0)
        violations[0] = 0.0  # without any feasible row Optuna and this project differ, on purpose
        weights = _calculate_weights_below_for_multi_objective(
            [(-float("inf"), row.tolist()) for row in losses], np.arange(n), violations.tolist()
        )
        contribution.append({"losses": losses.tolist(), "violations": violations.tolist(), "weights": weights.tolist()})
out = {
    "optuna": optuna.__version__,
    "age": {str(n): default_weights(n).tolist() for n in (0, 1, 24, 25, 26, 27, 60)},
    "contribution": contribution,
}
path = pathlib.Path(__file__).parent / "trial-weights.golden.json"
path.write_text(json.dumps(out) + "\n")
