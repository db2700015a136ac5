"""Writes pruner-decisions.golden.json: decisions of Optuna's pruners on recorded curves. Run under optuna 5.0.0."""
import json
import math
import pathlib
import warnings

import numpy as np
import optuna
from optuna.pruners import HyperbandPruner, PatientPruner, PercentilePruner, MedianPruner
from optuna.pruners import SuccessiveHalvingPruner, ThresholdPruner, WilcoxonPruner
from optuna.trial import TrialState

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.CRITICAL)
rng = np.random.RandomState(23)


def curve(first, steps, gaps, nan, flat=False):
    """Step -> value; no two neighbours of the gaps are left out together."""
    start, end, speed = rng.uniform(0.1, 0.4), rng.uniform(0.4, 0.95), rng.uniform(0.05, 1.0)
    if flat:
        start = end
    values, skipped = {}, False
    for step in range(first, first + steps):
        if gaps and not skipped and rng.rand() < 0.2:
            skipped = True
            continue
        skipped = False
        value = start + (end - start) * (1 - math.exp(-speed * (step - first + 1))) + rng.normal(0, 0.03)
        values[step] = math.nan if rng.rand() < nan else float(np.round(value, 3))
    return values


def plain(values):
    return [[step, None if math.isnan(value) else value] for step, value in values.items()]


def run(pruner, make, direction, trials, curves, name="study", note=None):
    """One trial after the other, asked after every report: what is pruned stays so, as in a study."""
    study = optuna.create_study(direction=direction, pruner=make(), study_name=name)
    recorded = []
    for values in curves[:trials]:
        trial = study.ask()
        decisions = []
        for step, value in values.items():
            trial.report(value, step)
            decisions.append(bool(trial.should_prune()))
            if decisions[-1]:
                break
        reported = dict(list(values.items())[: len(decisions)])
        numbers = [value for value in reported.values() if not math.isnan(value)]
        state, final = TrialState.COMPLETE, (numbers[-1] if numbers else 0.5)
        if decisions and decisions[-1]:
            state = TrialState.PRUNED
        elif rng.rand() < 0.1:
            state = TrialState.FAIL
        if note is not None and len(recorded) == 0:
            note(study, study.trials[0])
        study.tell(trial, final if state == TrialState.COMPLETE else None, state=state)
        recorded.append({"state": state.name, "value": final, "curve": plain(reported), "decisions": decisions})
    cases.append({"pruner": pruner, "direction": direction, "name": name, "trials": recorded})


cases = []
for direction in ("minimize", "maximize"):
    for options, names in (
        (dict(percentile=25.0), {"percentile": 25}),
        (dict(percentile=70.0, n_startup_trials=2, n_warmup_steps=2, interval_steps=3, n_min_trials=2), None),
        (dict(percentile=10.0, n_startup_trials=0, n_min_trials=3), None),
    ):
        written = {
            "percentile": options["percentile"],
            "startupTrials": options.get("n_startup_trials", 5),
            "warmupSteps": options.get("n_warmup_steps", 0),
            "intervalSteps": options.get("interval_steps", 1),
            "minTrials": options.get("n_min_trials", 1),
        }
        for gaps in (False, True):
            curves = [curve(0, rng.randint(2, 12), gaps, 0.05) for _ in range(20)]
            run({"name": "percentile", "options": written}, lambda: PercentilePruner(**options), direction, 20, curves)

    for resource, factor, rate, bootstrap, gaps in (
        (1, 4, 0, 0, False),
        (1, 2, 0, 0, False),
        (1, 3, 1, 2, False),
        (2, 3, 0, 0, True),
        (3, 4, 0, 3, True),
        (2, 2, 2, 1, False),
    ):
        written = {"minResource": resource, "reductionFactor": factor, "minEarlyStoppingRate": rate, "bootstrapCount": bootstrap}
        curves = [curve(rng.randint(0, 2), rng.randint(4, 20), gaps, 0.03) for _ in range(30)]
        make = lambda: SuccessiveHalvingPruner(
            min_resource=resource, reduction_factor=factor, min_early_stopping_rate=rate, bootstrap_count=bootstrap
        )
        run({"name": "asha", "options": written}, make, direction, 30, curves)

    for length in (12, 250):
        # Optuna has no rungs of the trial that its estimate comes from; here they are written in after the fact.
        def note(study, trial, first=max(1, (length - 1) // 100)):
            rung = 0
            for step, value in sorted(trial.intermediate_values.items()):
                while not math.isnan(value) and step >= first * 4**rung:
                    study._storage.set_trial_system_attr(trial._trial_id, f"completed_rung_{rung}", value)
                    rung += 1

        curves = [curve(0, length, False, 0.0)] + [curve(0, rng.randint(4, length), False, 0.02) for _ in range(12)]
        run({"name": "asha", "options": {}}, SuccessiveHalvingPruner, direction, 13, curves, note=note)

    for lowest, highest, factor, bootstrap, name in ((1, 27, 3, 0, "ants-and-bees"), (2, 40, 2, 1, "käfer"), (1, 200, 3, 0, "s")):
        written = {"minResource": lowest, "maxResource": highest, "reductionFactor": factor, "bootstrapCount": bootstrap}
        curves = [curve(1, rng.randint(4, 28), False, 0.02) for _ in range(60)]
        make = lambda: HyperbandPruner(
            min_resource=lowest, max_resource=highest, reduction_factor=factor, bootstrap_count=bootstrap
        )
        run({"name": "hyperband", "options": written}, make, direction, 60, curves, name=name)

    for lower, upper, warmup, interval in ((0.2, 0.85, 0, 1), (None, 0.7, 2, 2), (0.3, None, 0, 3)):
        written = {"lower": lower, "upper": upper, "warmupSteps": warmup, "intervalSteps": interval}
        curves = [curve(0, rng.randint(1, 12), rng.rand() < 0.5, 0.04) for _ in range(15)]
        make = lambda: ThresholdPruner(lower=lower, upper=upper, n_warmup_steps=warmup, interval_steps=interval)
        run({"name": "threshold", "options": written}, make, direction, 15, curves)

    for patience, delta, wrapped in ((0, 0.0, None), (2, 0.05, None), (3, 0.0, None), (1, 0.0, "median"), (2, 0.01, "percentile"), (1, 0.0, "threshold")):
        inner = {
            None: (None, lambda: None),
            "median": ({"startupTrials": 2}, lambda: MedianPruner(n_startup_trials=2)),
            "percentile": (
                {"percentile": 60, "startupTrials": 1},
                lambda: PercentilePruner(60.0, n_startup_trials=1),
            ),
            "threshold": ({"lower": 0.3, "upper": 0.7}, lambda: ThresholdPruner(lower=0.3, upper=0.7)),
        }[wrapped]
        written = {"patience": patience, "minDelta": delta, "wrapped": wrapped, "wrappedOptions": inner[0] or {}}
        curves = [curve(0, rng.randint(2, 14), wrapped is None and rng.rand() < 0.3, 0.08, flat=rng.rand() < 0.5) for _ in range(20)]
        run(
            {"name": "patient", "options": written},
            lambda: PatientPruner(inner[1](), patience=patience, min_delta=delta),
            direction,
            20,
            curves,
        )

    for threshold, startup in ((0.1, 2), (0.3, 0), (0.05, 6)):
        hardness = {step: rng.normal(0, 0.3) for step in range(60)}
        curves = []
        for _ in range(15):
            skill, length = rng.uniform(0.3, 0.7), (60 if rng.rand() < 0.7 else rng.randint(1, 60))
            order = rng.permutation(60)[:length]
            digits = rng.choice([1, 3, 6])
            values = {int(step): float(np.round(skill + hardness[int(step)] + rng.normal(0, 0.1), digits)) for step in order}
            if rng.rand() < 0.1:
                values[int(order[0])] = math.nan
            curves.append(values)
        make = lambda: WilcoxonPruner(p_threshold=threshold, n_startup_steps=startup)
        run({"name": "wilcoxon", "options": {"pThreshold": threshold, "startupSteps": startup}}, make, direction, 15, curves)

path = pathlib.Path(__file__).parent / "pruner-decisions.golden.json"
path.write_text(json.dumps({"optuna": optuna.__version__, "cases": cases}, ensure_ascii=False) + "\n", encoding="utf-8")
