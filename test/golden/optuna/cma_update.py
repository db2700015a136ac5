"""Writes cma-update.golden.json: how the cmaes package 0.9.1, which optuna 3.1's CmaEsSampler asks, moves its
distribution from generation to generation. Run under optuna 3.1.0 with cmaes 0.9.1."""
import json
import pathlib

import cmaes
import numpy as np

rng = np.random.RandomState(5)


def loss(name, x):
    if name == "sphere":
        return float(np.sum((x - 0.3) ** 2))
    if name == "ellipsoid":
        return float(np.sum(10.0 ** (4 * np.arange(len(x)) / (len(x) - 1)) * (x - 0.7) ** 2))
    y = 10 * x - 5
    return float(np.sum(100 * (y[1:] - y[:-1] ** 2) ** 2 + (1 - y[:-1]) ** 2))


cases = []
for name, dimension, population_size in (("sphere", 2, None), ("ellipsoid", 5, None), ("rosenbrock", 10, 14)):
    mean = np.full(dimension, 0.5)
    optimizer = cmaes.CMA(mean=mean, sigma=1 / 6, seed=3, population_size=population_size)
    generations = []
    for _ in range(12):
        points = [optimizer.ask() for _ in range(optimizer.population_size)]
        points.sort(key=lambda x: loss(name, x))
        optimizer.tell([(x, loss(name, x)) for x in points])
        generations.append(
            {
                "points": [x.tolist() for x in points],
                "mean": optimizer._mean.tolist(),
                "sigma": optimizer._sigma,
                "covariance": optimizer._C.flatten().tolist(),
                "pathSigma": optimizer._p_sigma.tolist(),
                "pathC": optimizer._pc.tolist(),
            }
        )
    cases.append(
        {
            "problem": name,
            "dimension": dimension,
            "populationSize": optimizer.population_size,
            "sigma0": 1 / 6,
            "weights": optimizer._weights.tolist(),
            "generations": generations if dimension < 10 else generations[:6],
        }
    )
path = pathlib.Path(__file__).parent / "cma-update.golden.json"
path.write_text(json.dumps({"cmaes": cmaes.__version__, "cases": cases}) + "\n")
