"""Writes gaussian-process.golden.json: kernel, likelihood, prior, posterior, log-EI and boxes of Optuna's GP sampler.

Run under optuna 5.0.0 with scipy, torch and mpmath (which comes with torch).
"""
import json
import pathlib

import mpmath
import numpy as np
import optuna
import torch
from optuna._gp.acqf import logehvi, standard_logei
from optuna._gp.gp import GPRegressor
from optuna._gp.prior import default_log_prior
from optuna._gp.search_space import SearchSpace
from optuna._hypervolume import get_non_dominated_box_bounds
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.trial import create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)
rng = np.random.RandomState(20265)
space = {
    "architecture": CategoricalDistribution(["resnet18", "vgg16", "alexnet"]),
    "dropout": FloatDistribution(0.0, 0.6),
    "epochs": IntDistribution(1, 50),
    "every": IntDistribution(2, 20, step=3),
    "learningRate": FloatDistribution(1e-5, 1e-1, log=True),
    "batch": IntDistribution(4, 256, log=True),
    "momentum": FloatDistribution(0.5, 0.95, step=0.05),
}


def draw(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[rng.randint(len(distribution.choices))]
    low, high = distribution.low, distribution.high
    if distribution.log:
        value = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        return int(round(value)) if isinstance(distribution, IntDistribution) else value
    if distribution.step is None:
        return float(rng.uniform(low, high))
    value = low + distribution.step * rng.randint(int(round((high - low) / distribution.step)) + 1)
    return int(value) if isinstance(distribution, IntDistribution) else round(float(value), 2)


def internal(params):
    return {name: float(space[name].to_internal_repr(value)) for name, value in params.items()}


def params(count):
    return [{name: draw(distribution) for name, distribution in space.items()} for _ in range(count)]


def case(n, inverses, scale, noise):
    observed, asked = params(n), params(6)
    search_space = SearchSpace(space)
    trials = lambda rows: [create_trial(params=row, distributions=space, value=0.0) for row in rows]
    X, points = search_space.get_normalized_params(trials(observed)), search_space.get_normalized_params(trials(asked))
    y = rng.randn(n)
    leaf = lambda value: torch.tensor(value, dtype=torch.float64, requires_grad=True)
    hyper = [leaf(inverses), leaf(scale), leaf(noise)]
    gpr = GPRegressor(torch.from_numpy(search_space.is_categorical), torch.from_numpy(X), torch.from_numpy(y), *hyper)
    kernel = gpr.kernel().detach().numpy()
    likelihood, prior = gpr.marginal_log_likelihood(), default_log_prior(gpr)
    (-likelihood - prior).backward()
    gradient = [*hyper[0].grad.tolist(), hyper[1].grad.item(), hyper[2].grad.item()]
    gpr._cache_matrix()
    x = torch.from_numpy(points).requires_grad_(True)
    mean, var = gpr.posterior(x)
    (mean_gradient,) = torch.autograd.grad(mean.sum(), x, retain_graph=True)
    (var_gradient,) = torch.autograd.grad(var.sum(), x)
    return {
        "observed": [internal(row) for row in observed],
        "normalized": X.tolist(),
        "outputs": y.tolist(),
        "inverseSquaredLengthscales": inverses,
        "kernelScale": scale,
        "noise": noise,
        "kernelRow": kernel[-1].tolist(),
        "negativeLogPosterior": float(-(likelihood + prior).detach()),
        "gradient": gradient,
        "asked": [internal(row) for row in asked],
        "mean": mean.tolist(),
        "variance": var.tolist(),
        "meanGradient": mean_gradient.tolist(),
        "varianceGradient": var_gradient.tolist(),
    }


def exact_log_improvement(z):
    mpmath.mp.dps = 60
    z = mpmath.mpf(z)
    return float(mpmath.log(mpmath.npdf(z) + z * mpmath.erfc(-z / mpmath.sqrt(2)) / 2))


def boxes(objectives, n):
    losses = np.round(rng.rand(n, objectives), 2)
    reference = np.full(objectives, 1.1)
    lower, upper = get_non_dominated_box_bounds(losses, reference)
    means, deviations = rng.uniform(0, 1, objectives), rng.uniform(0.05, 0.4, objectives)
    # Improvement of one loss vector: every box's share, as logehvi has it for a single sample.
    sample = rng.uniform(0, 0.5, (5, 1, objectives))
    gains = torch.exp(logehvi(torch.from_numpy(-sample), torch.from_numpy(-upper), torch.from_numpy(upper - lower)))
    return {
        "losses": losses.tolist(),
        "reference": reference.tolist(),
        "points": sample[:, 0].tolist(),
        "gains": gains.tolist(),
        "means": means.tolist(),
        "deviations": deviations.tolist(),
        "expectedImprovement": exact_expected_improvement(lower, upper, means, deviations),
    }


def exact_expected_improvement(lower, upper, means, deviations):
    def below(bound, mean, deviation):
        if bound == -np.inf:
            return mpmath.mpf(0)
        z = (mpmath.mpf(float(bound)) - mpmath.mpf(float(mean))) / mpmath.mpf(float(deviation))
        return mpmath.mpf(float(deviation)) * (mpmath.npdf(z) + z * mpmath.erfc(-z / mpmath.sqrt(2)) / 2)

    total = mpmath.mpf(0)
    for low, high in zip(lower, upper):
        share = mpmath.mpf(1)
        for j in range(len(low)):
            share *= below(high[j], means[j], deviations[j]) - below(low[j], means[j], deviations[j])
        total += share
    return float(total)


zs = [-1e6, -3e4, -300.0, -40.0, -26.0, -24.0, -12.0, -9.5, -9.0, -8.5, -5.0, -2.0, -1.0, -0.99, -0.5, 0.0, 1e-3, 0.7, 3.0, 12.0]
out = {
    "optuna": optuna.__version__,
    "distributions": {name: distribution_to_json(distribution) for name, distribution in space.items()},
    "cases": [
        case(1, [1.0] * 7, 1.0, 1.0),
        case(12, [0.7, 3.0, 0.1, 2.0, 9.0, 0.02, 1.3], 0.8, 0.05),
        case(30, [1.5, 0.3, 4.0, 0.01, 1.0, 1.0, 20.0], 2.5, 1e-5),
    ],
    "logImprovement": [[z, exact_log_improvement(z)] for z in zs],
    "optunaLogImprovement": [[z, float(standard_logei(torch.tensor([z], dtype=torch.float64)))] for z in zs if -26 <= z],
    "boxes": [boxes(2, 1), boxes(2, 12), boxes(3, 15), boxes(4, 12)],
}
path = pathlib.Path(__file__).parent / "gaussian-process.golden.json"
path.write_text(json.dumps(out) + "\n")
