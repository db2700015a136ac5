"""Writes distributions.golden.json: Optuna's JSON, ranges after rounding, and what they contain. Run under optuna 5.0.0."""
import json
import pathlib

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json

distributions = [
    CategoricalDistribution(["resnet18", "vgg16", None, True, 3, 2.5]),
    FloatDistribution(1e-5, 0.1, log=True),
    FloatDistribution(0.0, 1.0, step=0.1),
    FloatDistribution(-1.3, 2.0, step=0.7),
    FloatDistribution(0.5, 0.5),
    FloatDistribution(2.5, 9.0),
    IntDistribution(1, 50),
    IntDistribution(1, 50, step=7),
    IntDistribution(4, 256, log=True),
]
probes = [-1.3, -0.6, 0.0, 0.1, 0.30000000000000004, 0.5, 1.0, 1.5, 2.5, 3.0, 5.0, 8.0, 50.0, 256.0, 1e-5, 1e-6]
cases = [
    {"json": distribution_to_json(d), "single": d.single(), "contains": [bool(d._contains(p)) for p in probes]}
    for d in distributions
]
path = pathlib.Path(__file__).parent / "distributions.golden.json"
path.write_text(json.dumps({"optuna": optuna.__version__, "probes": probes, "cases": cases}) + "\n")
