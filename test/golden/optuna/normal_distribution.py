"""Writes normal-distribution.golden.json: values of the standard normal by SciPy. Run: python3 normal_distribution.py"""
import json
import pathlib

import numpy as np
import scipy
from scipy import special, stats

xs = [-1e6, -300.0, -40.0, -37.5, -20.5, -9.0, -5.657, -5.6, -3.0, -1.0, -0.67, -0.66, -0.5, -1e-3, 0.0, 1e-9, 0.3, 0.7, 1.0, 2.5, 5.0, 8.0]
intervals = [(-1.0, 1.0), (-0.001, 0.001), (0.2, 0.3), (3.0, 3.5), (-8.0, -7.9), (12.0, 13.0), (-0.5, 6.0), (-30.0, -29.0)]
quantiles = [(q, a, b) for q in (1e-6, 0.01, 0.5, 0.99) for a, b in intervals]
out = {
    "scipy": scipy.__version__,
    "log_ndtr": [[x, float(special.log_ndtr(x))] for x in xs],
    "ndtr": [[x, float(special.ndtr(x))] for x in xs if x > -30],
    "log_gauss_mass": [[a, b, float(stats._continuous_distns._log_gauss_mass(a, b).real)] for a, b in intervals],
    "quantile": [[q, a, b, float(stats.truncnorm.ppf(q, a, b))] for q, a, b in quantiles],
}
path = pathlib.Path(__file__).parent / "normal-distribution.golden.json"
path.write_text(json.dumps(out) + "\n")
