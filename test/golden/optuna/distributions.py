"""Writes distributions-VERSION.golden.json: Optuna's JSON, ranges after rounding, what they contain, and whether it reads
ours. Run under optuna 3.1.0 and 5.0.0."""
import json
import pathlib
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.distributions import distribution_to_json, json_to_distribution

warnings.simplefilter("ignore")  # ranges that the step does not divide
# Each with the text that distributionToJson writes for it.
distributions = [
    (CategoricalDistribution(["resnet18", "vgg16", None, True, 3, 2.5]), '{"name":"CategoricalDistribution","attributes":{"choices":["resnet18","vgg16",null,true,3,2.5]}}'),
    (CategoricalDistribution([False, "1", 0.1, -7, "", "\u00e9\u4e2d \"x\"", 1e-9, 1e21]), '{"name":"CategoricalDistribution","attributes":{"choices":[false,"1",0.1,-7,"","\u00e9\u4e2d \\"x\\"",1e-9,1e+21]}}'),
    (CategoricalDistribution([None]), '{"name":"CategoricalDistribution","attributes":{"choices":[null]}}'),
    (FloatDistribution(1e-5, 0.1, log=True), '{"name":"FloatDistribution","attributes":{"step":null,"low":0.00001,"high":0.1,"log":true}}'),
    (FloatDistribution(0.0, 1.0, step=0.1), '{"name":"FloatDistribution","attributes":{"step":0.1,"low":0,"high":1,"log":false}}'),
    (FloatDistribution(-1.3, 2.0, step=0.7), '{"name":"FloatDistribution","attributes":{"step":0.7,"low":-1.3,"high":1.5,"log":false}}'),
    (FloatDistribution(0.5, 0.5), '{"name":"FloatDistribution","attributes":{"step":null,"low":0.5,"high":0.5,"log":false}}'),
    (FloatDistribution(2.5, 9.0), '{"name":"FloatDistribution","attributes":{"step":null,"low":2.5,"high":9,"log":false}}'),
    (IntDistribution(1, 50), '{"name":"IntDistribution","attributes":{"log":false,"step":1,"low":1,"high":50}}'),
    (IntDistribution(1, 50, step=7), '{"name":"IntDistribution","attributes":{"log":false,"step":7,"low":1,"high":50}}'),
    (IntDistribution(-9, 50, step=7), '{"name":"IntDistribution","attributes":{"log":false,"step":7,"low":-9,"high":47}}'),
    (IntDistribution(4, 256, log=True), '{"name":"IntDistribution","attributes":{"log":true,"step":1,"low":4,"high":256}}'),
]
probes = [-9.0, -2.0, -1.3, -0.6, 0.0, 0.1, 0.30000000000000004, 0.5, 1.0, 1.5, 2.5, 3.0, 5.0, 8.0, 50.0, 256.0, 1e-5, 1e-6]
cases = [
    {
        "json": distribution_to_json(d),
        "ours": ours,
        "reads_ours": json_to_distribution(ours) == d,
        "single": d.single(),
        "contains": [bool(d._contains(p)) for p in probes],
    }
    for d, ours in distributions
]
version = optuna.__version__
path = pathlib.Path(__file__).parent / f"distributions-{version}.golden.json"
path.write_text(json.dumps({"optuna": version, "probes": probes, "cases": cases}) + "\n")
