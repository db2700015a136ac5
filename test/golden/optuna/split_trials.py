"""Writes split-trials.golden.json: which trials optuna 5.0.0 takes for the good ones. Run under optuna 5.0.0."""
import json
import pathlib

import numpy as np
import optuna
from optuna.samplers._tpe.sampler import _split_trials
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.RandomState(7)
states = [TrialState.COMPLETE] * 6 + [TrialState.PRUNED] * 2 + [TrialState.RUNNING]


def make(number, objectives, constrained):
    state = states[rng.randint(len(states))]
    fields = {"state": state}
    if state == TrialState.COMPLETE:
        fields["values"] = [float(np.round(v, 2)) for v in rng.rand(objectives)]
    if objectives == 1 and state == TrialState.PRUNED and rng.rand() < 0.9:
        fields["intermediate_values"] = {step: float(np.round(rng.rand(), 2)) for step in range(rng.randint(1, 6))}
    constraints = None
    if constrained and state != TrialState.RUNNING and rng.rand() < 0.9:
        constraints = [float(np.round(v, 2)) for v in rng.uniform(-2, 0.7, 2)]
        fields["system_attrs"] = {"constraints": constraints}
    trial = create_trial(**fields)
    trial.number = number
    plain = {
        "number": number,
        "state": state.name,
        "values": fields.get("values"),
        "intermediateValues": sorted(fields.get("intermediate_values", {}).items()),
        "constraints": constraints,
    }
    return trial, plain


cases = []
for directions in (["minimize"], ["maximize"], ["minimize", "maximize"], ["minimize", "minimize", "maximize"]):
    for constrained in (False, True):
        for n, n_below in ((12, 2), (30, 3), (40, 25), (8, 8)):
            study = optuna.create_study(directions=directions)
            pairs = [make(number, len(directions), constrained) for number in range(n)]
            below, _ = _split_trials(study, [trial for trial, _ in pairs], n_below)
            cases.append(
                {
                    "directions": directions,
                    "count": n_below,
                    "trials": [plain for _, plain in pairs],
                    "below": [trial.number for trial in below],
                }
            )
path = pathlib.Path(__file__).parent / "split-trials.golden.json"
path.write_text(json.dumps({"optuna": optuna.__version__, "cases": cases}) + "\n")
