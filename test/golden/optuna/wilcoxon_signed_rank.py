"""Writes wilcoxon-signed-rank.golden.json: p-values of scipy.stats.wilcoxon(zero_method='zsplit'). Run under scipy 1.17."""
import json
import pathlib
import warnings

import numpy as np
import scipy
from scipy.stats import wilcoxon

warnings.simplefilter("ignore")
rng = np.random.RandomState(5)
cases = []
for count in (2, 3, 5, 8, 12, 13, 14, 20, 35, 50, 51, 80, 200):
    for digits in (12, 1, 0):
        for shift in (0.0, 0.4, -1.0):
            differences = np.round(rng.normal(shift, 1, count), digits) + 0.0
            cases.append(
                {
                    "differences": differences.tolist(),
                    **{side: float(wilcoxon(differences, alternative=side, zero_method="zsplit").pvalue) for side in ("less", "greater")},
                }
            )
for count in (2, 4, 13, 20, 60):
    differences = np.zeros(count)
    cases.append(
        {
            "differences": differences.tolist(),
            **{side: float(wilcoxon(differences, alternative=side, zero_method="zsplit").pvalue) for side in ("less", "greater")},
        }
    )
path = pathlib.Path(__file__).parent / "wilcoxon-signed-rank.golden.json"
path.write_text(json.dumps({"scipy": scipy.__version__, "cases": cases}) + "\n")
