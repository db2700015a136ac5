"""Optuna's study as the other side of the comparison: a line of JSON asks, one answers.

{"prepare": {...}} fills a study for each setting with finished trials; {"run": 3, "setting": "default"} answers the
seconds of so many asks and tells, each taken for the median of them. Run with --version it prints Optuna's version as JSON and ends.
"""
import json
import statistics
import sys
import time
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SPACE = {
    "architecture": CategoricalDistribution([f"a{index}" for index in range(8)]),
    "retrainDepth": CategoricalDistribution([f"d{index}" for index in range(4)]),
    "learningRate": FloatDistribution(1e-5, 1e-1, log=True),
    "epochs": IntDistribution(1, 50),
}
SETTINGS = {
    "default": {},
    "univariate, no liar": {"multivariate": False, "constant_liar": False},
    "multivariate, no liar": {"multivariate": True, "constant_liar": False},
}


def finished(scene, number):
    internal = scene["params"][number]
    params = {name: dist.to_external_repr(value) for (name, dist), value in zip(SPACE.items(), internal)}
    constraints = [scene["constraints"][number]]
    return optuna.trial.create_trial(
        params=params,
        distributions=SPACE,
        values=scene["values"][number],
        system_attrs={"constraints": constraints} if scene["constrained"] else {},
    )


class Asks:
    def prepare(self, scene):
        self.scene = scene
        self.told = {name: 0 for name in SETTINGS}
        self.studies = {}
        trials = [finished(scene, number) for number in range(scene["trials"])]
        for name, options in SETTINGS.items():
            # Whatever the version, constraints then stand where its sampler looks for them.
            constraint = {"constraints_func": lambda trial: self.constraints} if scene["constrained"] else {}
            sampler = TPESampler(seed=0, **options, **constraint)
            study = optuna.create_study(directions=["minimize"] * scene["objectives"], sampler=sampler)
            study.add_trials(trials)
            self.studies[name] = study
        return {}

    def run(self, units, setting):
        scene, study = self.scene, self.studies[setting]
        spare = len(scene["params"]) - scene["trials"]
        times = []
        for unit in range(units + 1):
            number = scene["trials"] + self.told[setting] % spare
            self.told[setting] += 1
            self.constraints = [scene["constraints"][number]]
            started = time.perf_counter()
            trial = study.ask(SPACE)
            study.tell(trial, scene["values"][number])
            # The first ask of a round is not counted, on either side.
            if unit > 0:
                times.append(time.perf_counter() - started)
        return {"seconds": units * statistics.median(times)}


if "--version" in sys.argv:
    print(json.dumps({"optuna": optuna.__version__, "python": sys.version.split()[0]}))
    sys.exit()
asks = Asks()
print("{}", flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = asks.prepare(request["prepare"]) if "prepare" in request else asks.run(request["run"], request["setting"])
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
