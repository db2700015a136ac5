"""Writes parzen-estimator-<optuna version>.golden.json: log densities of Optuna's Parzen estimator.

Run once under optuna 3.1.0 (Debian python3-optuna; bandwidth by sample size) and once under 5.0.0 (by neighbours).
"""
import json
import pathlib
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.samplers._tpe import _truncnorm as truncnorm
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

warnings.filterwarnings("ignore")
unstable_argsort = np.argsort
np.argsort = lambda a, **_: unstable_argsort(a, kind="stable")  # ties on a grid: numpy's own order depends on the CPU
old = optuna.__version__.startswith("3.")
if old:
    # 3.1.0 forgets to divide a density by the kernel's width; 5.0.0 has it right. Everything else stays as it was.
    unscaled = truncnorm.logpdf
    truncnorm.logpdf = lambda x, a, b, loc=0, scale=1: unscaled(x, a, b, loc, scale) - np.log(scale)
space = {
    "architecture": CategoricalDistribution(["resnet18", "vgg16", None, True, 3]),
    "dropout": FloatDistribution(0.0, 0.6),
    "epochs": IntDistribution(1, 50),
    "every": IntDistribution(2, 20, step=3),
    "learningRate": FloatDistribution(1e-5, 1e-1, log=True),
    "momentum": FloatDistribution(0.5, 0.95, step=0.05),
}
if not old:
    space["batch"] = IntDistribution(4, 256, log=True)  # 3.1 scores these by density, 5.0 by mass


def draw(rng, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return float(rng.randint(len(distribution.choices)))
    low, high, step = distribution.low, distribution.high, distribution.step
    if distribution.log:
        value = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return float(round(value)) if isinstance(distribution, IntDistribution) else value
    if step is None:
        return float(rng.uniform(low, high))
    return float(low + step * rng.randint(int(round((high - low) / step)) + 1))


def estimator(names, rows, weights, prior_weight):
    sub = {name: space[name] for name in names}
    observations = {name: np.array([row[name] for row in rows], dtype=float) for name in names}
    fields = dict(prior_weight=prior_weight, consider_magic_clip=True, consider_endpoints=False, weights=default_weights, multivariate=True)
    if old:
        fields["consider_prior"] = True
    return _ParzenEstimator(observations, sub, _ParzenEstimatorParameters(**fields), weights)


rng = np.random.RandomState(20261)
cases = []
for names in [list(space)] + [[name] for name in space] + [["learningRate", "epochs"]]:
    for n in (0, 1, 2, 7, 40):
        rows = [{name: draw(rng, space[name]) for name in names} for _ in range(n)]
        weights = rng.uniform(0.1, 1, n) if n % 2 else None
        prior_weight = 0.5 if n == 7 else 1.0
        points = [{name: draw(rng, space[name]) for name in names} for _ in range(4)]
        model = estimator(names, rows, None if weights is None else weights.copy(), prior_weight)
        typed = {
            name: np.array([p[name] for p in points], dtype=int if isinstance(space[name], CategoricalDistribution) else float)
            for name in names
        }
        cases.append(
            {
                "names": names,
                "rows": [[row[name] for name in names] for row in rows],
                "weights": None if weights is None else weights.tolist(),
                "priorWeight": prior_weight,
                "points": [[point[name] for name in names] for point in points],
                "logDensities": model.log_pdf(typed).tolist(),
            }
        )

out = {
    "optuna": optuna.__version__,
    "distributions": {name: distribution_to_json(distribution) for name, distribution in space.items()},
    "cases": cases,
}
path = pathlib.Path(__file__).parent / f"parzen-estimator-{optuna.__version__}.golden.json"
path.write_text(json.dumps(out) + "\n")
