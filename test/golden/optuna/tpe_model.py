"""Writes tpe-model.golden.json: candidates' log l − log g, gamma, and groups of parameters. Run under optuna 5.0.0.

Both bandwidths of the project are those of some version of Optuna: 5.0.0's own is by neighbours. Weights by hypervolume
contribution (to 4.9.0) are put in where a case says so, computed here as 3.1.0 does.
"""
import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.samplers import TPESampler
from optuna.samplers._tpe import sampler as tpe
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator
from optuna.search_space.group_decomposed import _SearchSpaceGroup
from optuna.study._multi_objective import _is_pareto_front
from optuna.trial import TrialState, create_trial

warnings.filterwarnings("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
unstable_argsort = np.argsort
np.argsort = lambda a, **_: unstable_argsort(a, kind="stable")  # ties on a grid: numpy's own order depends on the CPU
rng = np.random.RandomState(505)
SPACE = {
    "architecture": CategoricalDistribution([f"a{index}" for index in range(8)]),
    "retrainDepth": CategoricalDistribution(["shallow", "partial", "deep", "scratch"]),
    "learningRate": FloatDistribution(1e-5, 1e-1, log=True),
    "epochs": IntDistribution(1, 50),
}


def draw(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return float(rng.randint(len(distribution.choices)))
    if isinstance(distribution, IntDistribution):
        return float(rng.randint(distribution.low, distribution.high + 1))
    return float(np.exp(rng.uniform(np.log(distribution.low), np.log(distribution.high))))


def make(number, objectives, constrained):
    state = [TrialState.COMPLETE] * 8 + [TrialState.PRUNED, TrialState.RUNNING]
    state = state[rng.randint(len(state))]
    internal = {name: draw(distribution) for name, distribution in SPACE.items()}
    fields = {"state": state, "distributions": SPACE}
    fields["params"] = {name: SPACE[name].to_external_repr(value) for name, value in internal.items()}
    if state == TrialState.COMPLETE:
        fields["values"] = [float(np.round(value, 3)) for value in rng.rand(objectives)]
    if state == TrialState.PRUNED:
        fields["intermediate_values"] = {step: float(rng.rand()) for step in range(rng.randint(1, 4))}
        if objectives > 1:  # 5.0.0 leaves the reports of pruned trials out here; so does a trial that made none
            fields["intermediate_values"] = {}
    constraints = None
    if constrained and state != TrialState.RUNNING:
        constraints = [float(np.round(value, 2)) for value in rng.uniform(-2, 0.5, 2)]
        fields["system_attrs"] = {"constraints": constraints}
    trial = create_trial(**fields)
    trial.number = number
    plain = {
        "number": number,
        "state": state.name,
        "internal": list(internal.values()),
        "values": fields.get("values"),
        "curve": sorted(fields.get("intermediate_values", {}).items()),
        "constraints": constraints,
    }
    return trial, plain


def volume(rows, reference):
    """Of the union of boxes, by inclusion and exclusion: slow, short, and nobody else's code."""
    total = 0.0
    for subset in range(1, 1 << len(rows)):
        chosen = [rows[index] for index in range(len(rows)) if subset >> index & 1]
        total -= (-1) ** len(chosen) * np.prod(reference - np.max(chosen, axis=0))
    return total


def contribution_weights(trials, directions):
    signs = np.array([-1.0 if direction == "maximize" else 1.0 for direction in directions])
    feasible = [
        trial.state == TrialState.COMPLETE and sum(max(0, c) for c in trial.system_attrs.get("constraints", [0])) == 0
        for trial in trials
    ]
    weights = np.full(len(trials), 1e-12)
    if not any(feasible):
        return np.ones(len(trials))
    losses = np.array([signs * trial.values for trial, is_feasible in zip(trials, feasible) if is_feasible])
    worst = losses.max(axis=0)
    reference = np.maximum(1.1 * worst, 0.9 * worst)
    reference[reference == 0] = 1e-12
    front = losses[_is_pareto_front(losses, assume_unique_lexsorted=False)]
    whole = volume(front, reference)
    without = [np.delete(losses, index, axis=0) for index in range(len(losses))]
    fronts = [rows[_is_pareto_front(rows, assume_unique_lexsorted=False)] if len(rows) > 0 else rows for rows in without]
    contributions = np.array([whole - volume(rows, reference) for rows in fronts]) + 1e-12
    weights[np.array(feasible)] = contributions / contributions.max()
    return weights


cases = []
for directions in (["minimize"], ["minimize", "maximize"], ["minimize", "minimize", "maximize"]):
    for constrained in (False, True):
        for multivariate in (False, True):
            for weights in ["equal"] if len(directions) == 1 else ["equal", "hypervolume"]:
                pairs = [make(number, len(directions), constrained) for number in range(70)]
                trials = [trial for trial, _ in pairs]
                study = optuna.create_study(directions=directions)
                gamma = tpe.default_gamma if len(directions) == 1 else tpe.default_gamma_multiobjective
                finished = sum(trial.state != TrialState.RUNNING for trial in trials)
                below, above = tpe._split_trials(study, trials, gamma(finished))
                sampler = TPESampler(multivariate=multivariate, constant_liar=True)
                space = SPACE if multivariate else {"learningRate": SPACE["learningRate"]}
                good = sampler._build_parzen_estimator(study, space, below, handle_below=True)
                if weights == "hypervolume":
                    observations = sampler._get_internal_repr(below, space, study)
                    given = contribution_weights(below, directions)
                    good = _ParzenEstimator(observations, space, sampler._parzen_estimator_parameters, given)
                bad = sampler._build_parzen_estimator(study, space, above, handle_below=False)
                rows = [{name: draw(distribution) for name, distribution in space.items()} for _ in range(12)]
                typed = {
                    name: np.array(
                        [row[name] for row in rows], dtype=int if isinstance(space[name], CategoricalDistribution) else float
                    )
                    for name in space
                }
                cases.append(
                    {
                        "directions": directions,
                        "multivariate": multivariate,
                        "weights": weights,
                        "names": list(space),
                        "trials": [plain for _, plain in pairs],
                        "rows": [[row[name] for name in space] for row in rows],
                        "scores": (good.log_pdf(typed) - bad.log_pdf(typed)).tolist(),
                    }
                )

groups = []
for _ in range(12):
    names = [f"p{index}" for index in range(rng.randint(2, 9))]
    sets = [[name for name in names if rng.rand() < 0.6] for _ in range(rng.randint(1, 6))]
    group = _SearchSpaceGroup()
    for chosen in sets:
        group.add_distributions({name: FloatDistribution(0, 1) for name in chosen})
    groups.append({"sets": sets, "groups": sorted(sorted(space) for space in group.search_spaces)})

sizes = (0, 1, 9, 10, 11, 99, 250, 251, 1000, 5001)
out = {
    "optuna": optuna.__version__,
    "gamma": [[n, tpe.default_gamma(n), tpe.default_gamma_multiobjective(n)] for n in sizes],
    "distributions": {name: distribution_to_json(distribution) for name, distribution in SPACE.items()},
    "cases": cases,
    "groups": groups,
}
path = pathlib.Path(__file__).parent / "tpe-model.golden.json"
path.write_text(json.dumps(out) + "\n")
