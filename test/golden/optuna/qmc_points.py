"""Writes qmc-points.golden.json: points of scipy's unscrambled sequences, which optuna's QMCSampler draws from.
Run under optuna 5.0.0 with scipy 1.17.1."""
import json
import pathlib
import warnings

import optuna
import scipy
from scipy.stats import qmc

warnings.simplefilter("ignore")
sobol = qmc.Sobol(64, scramble=False, bits=32).random(20000)
halton = qmc.Halton(64, scramble=False).random(20000)
indexes = [*range(20), 63, 64, 1000, 4095, 4096, 19999]
path = pathlib.Path(__file__).parent / "qmc-points.golden.json"
points = {
    "optuna": optuna.__version__,
    "scipy": scipy.__version__,
    "indexes": indexes,
    # In units of 2^-32, so that the file stays small and exact.
    "sobol": [[int(x * 2**32) for x in sobol[index]] for index in indexes],
    "halton": [[float(f"{x:.15g}") for x in halton[index]] for index in indexes],
}
path.write_text(json.dumps(points) + "\n")
