"""Writes ranking.golden.json: hypervolumes, and ranks with constraints, by Optuna. Run under optuna 5.0.0: python3 ranking.py"""
import json
import pathlib

import numpy as np
import optuna
from optuna._hypervolume import compute_hypervolume
from optuna.study._multi_objective import _fast_non_domination_rank

rng = np.random.RandomState(0)
hypervolumes = []
for objectives, n in [(2, 1), (2, 30), (2, 200), (3, 1), (3, 10), (3, 60), (3, 200), (4, 12), (4, 30), (5, 12)]:
    losses = rng.rand(n, objectives)
    losses[::3] = np.round(losses[::3], 1)  # ties and copies
    reference = np.full(objectives, 1.1)
    hypervolumes.append([losses.tolist(), reference.tolist(), float(compute_hypervolume(losses, reference))])
ranks = []
for objectives, n in [(1, 20), (2, 40), (3, 40), (4, 30)]:
    losses = np.round(rng.rand(n, objectives), 1)
    for share in (0.0, 0.4, 1.0):
        penalty = np.where(rng.rand(n) < share, np.round(rng.rand(n), 1), 0.0)
        ranks.append([losses.tolist(), penalty.tolist(), _fast_non_domination_rank(losses, penalty=penalty).tolist()])
out = {"optuna": optuna.__version__, "hypervolumes": hypervolumes, "ranks": ranks}
path = pathlib.Path(__file__).parent / "ranking.golden.json"
path.write_text(json.dumps(out) + "\n")
