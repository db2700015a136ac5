"""Writes elite-selection-<version>.golden.json: ranks, crowding distances and survivors of NSGA-II in this optuna.
Run under optuna 3.1.0 and 5.0.0. 3.1.0 orders ties by the order in which it takes trials off a list, and has trials
without constraint values lose to all others: its cases are without ties and with all constraints known."""
import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.trial import TrialState, create_trial

warnings.simplefilter("ignore")
is_old = optuna.__version__ == "3.1.0"
if is_old:
    from optuna.samplers.nsgaii._sampler import _calc_crowding_distance
else:
    from optuna.samplers.nsgaii._elite_population_selection_strategy import (
        NSGAIIElitePopulationSelectionStrategy,
        _calc_crowding_distance,
        _rank_population,
    )
rng = np.random.RandomState(11)


def make(number, objectives, kind):
    values = rng.normal(size=objectives) if kind == "smooth" else rng.randint(0, 5, objectives) / 2
    values = [float(np.round(v, 6)) for v in values]
    if kind == "rough":
        values = [float(rng.choice([np.inf, -np.inf])) if rng.rand() < 0.15 else v for v in values]
    return number, values


def judge(directions, constrained, count, population):
    if is_old:
        sampler = optuna.samplers.NSGAIISampler(
            population_size=count, constraints_func=(lambda trial: ()) if constrained else None
        )
        study = optuna.create_study(directions=directions, sampler=sampler)
        layers = sampler._fast_non_dominated_sort(list(population), study.directions)
        elite = sampler._select_elite_population(study, list(population))
        return layers, elite
    study = optuna.create_study(directions=directions)
    layers = _rank_population(list(population), study.directions, is_constrained=constrained)
    elite = NSGAIIElitePopulationSelectionStrategy(population_size=count)(study, list(population))
    return layers, elite


def number_or_text(value):
    return value if np.isfinite(value) else str(value)


cases = []
for directions in (["minimize"], ["minimize", "maximize"], ["maximize", "minimize", "minimize"]):
    for constrained in (False, True):
        for kind in ("smooth",) if is_old else ("smooth", "ties", "rough"):
            for n, count in ((24, 10), (40, 20), (12, 12)):
                population = []
                plain = []
                for number in range(n):
                    number, values = make(number, len(directions), kind)
                    constraints = None
                    if constrained and (is_old or rng.rand() < 0.9):
                        constraints = [float(np.round(v, 2)) for v in rng.uniform(-2, 0.7, 2)]
                    attrs = {} if constraints is None else {"constraints": constraints}
                    trial = create_trial(state=TrialState.COMPLETE, values=values, system_attrs=attrs)
                    trial.number = number
                    population.append(trial)
                    plain.append({"values": [number_or_text(v) for v in values], "constraints": constraints})
                layers, elite = judge(directions, constrained, count, population)
                distances = [_calc_crowding_distance(list(layer)) for layer in layers]
                cases.append(
                    {
                        "directions": directions,
                        "kind": kind,
                        "count": count,
                        "trials": plain,
                        "layers": [sorted(trial.number for trial in layer) for layer in layers],
                        "crowding": [
                            [number_or_text(layer[trial.number]) for trial in sorted(layers[i], key=lambda t: t.number)]
                            for i, layer in enumerate(distances)
                        ],
                        "elite": [trial.number for trial in elite],
                    }
                )
path = pathlib.Path(__file__).parent / f"elite-selection-{optuna.__version__}.golden.json"
path.write_text(json.dumps({"optuna": optuna.__version__, "cases": cases}) + "\n")
