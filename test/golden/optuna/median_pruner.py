"""Writes median-pruner.golden.json: decisions of PercentilePruner on recorded curves. Run under optuna 5.0.0."""
import json
import math
import pathlib

import numpy as np
import optuna
from optuna.pruners import PercentilePruner
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.RandomState(11)


def curve(steps):
    end, speed = rng.uniform(0.4, 0.95), rng.uniform(0.2, 1.5)
    values = {step: float(np.round(end * (1 - math.exp(-speed * (step + 1))) + rng.normal(0, 0.02), 3)) for step in range(steps)}
    return {step: (math.nan if rng.rand() < 0.05 else value) for step, value in values.items()}


def plain(values):
    return [[step, None if math.isnan(value) else value] for step, value in values.items()]


cases = []
for direction in ("minimize", "maximize"):
    for options in (
        dict(percentile=50.0),
        dict(percentile=50.0, n_startup_trials=0, n_min_trials=4),
        dict(percentile=25.0, n_warmup_steps=3, interval_steps=2),
        dict(percentile=80.0, n_startup_trials=8),
        dict(percentile=0.0, interval_steps=4),
    ):
        for finished in (0, 4, 9, 15):
            study = optuna.create_study(direction=direction, pruner=PercentilePruner(**options))
            curves = [curve(rng.randint(1, 9)) for _ in range(finished)]
            states = [TrialState.COMPLETE if rng.rand() < 0.8 else TrialState.PRUNED for _ in range(finished)]
            for values, state in zip(curves, states):
                study.add_trial(create_trial(state=state, value=0.5, intermediate_values=values))
            reported = curve(8)
            trial = study.ask()
            decisions = []
            for step, value in reported.items():
                trial.report(value, step)
                decisions.append(bool(trial.should_prune()))
            cases.append(
                {
                    "direction": direction,
                    "options": options,
                    "finished": [{"state": s.name, "curve": plain(c)} for c, s in zip(curves, states)],
                    "reported": plain(reported),
                    "decisions": decisions,
                }
            )
path = pathlib.Path(__file__).parent / "median-pruner.golden.json"
path.write_text(json.dumps({"optuna": optuna.__version__, "cases": cases}) + "\n")
