"""One of Optuna's samplers behind a line protocol: it asks and is told, the other end evaluates.

{"version": true} answers {"optuna": "5.0.0"}; {"study": {...}} starts anew and answers {}; {"ask": true} answers
{"params": {...}}; {"tell": {"values": [...], "constraints": [...]}} ends the trial that was asked for last and answers {}.
"""
import inspect
import json
import sys
import warnings

import optuna
from optuna.distributions import json_to_distribution
from optuna.samplers import NSGAIISampler, RandomSampler, TPESampler

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

# Up to 4.9 constraints are a function of the finished trial, given to the sampler; since 5.0 the trial is told them.
named_constraints = hasattr(optuna.trial.Trial, "set_constraint")


def make_sampler(name, seed, constrained):
    options = {"seed": seed}
    if constrained and not named_constraints:
        options["constraints_func"] = lambda trial: trial.user_attrs["constraints"]
    if name == "random":
        return RandomSampler(seed=seed)
    if name in ("tpe", "tpe-multivariate"):
        return TPESampler(multivariate=name == "tpe-multivariate", **options)
    if name == "nsga2":
        return NSGAIISampler(**options)
    if name == "gp":
        from optuna.samplers import GPSampler

        if not constrained:
            options["n_startup_trials"] = inspect.signature(GPSampler).parameters["n_startup_trials"].default
        return GPSampler(**options)
    raise ValueError(f"no sampler {name}")


class Peer:
    def answer(self, request):
        if "version" in request:
            return {"optuna": optuna.__version__}
        if "study" in request:
            study = request["study"]
            sampler = make_sampler(study["sampler"], study["seed"], study["constrained"])
            self.study = optuna.create_study(directions=study["directions"], sampler=sampler)
            self.space = {name: json_to_distribution(text) for name, text in study["space"].items()}
            return {}
        if "ask" in request:
            self.trial = self.study.ask(self.space)
            return {"params": self.trial.params}
        told = request["tell"]
        for index, value in enumerate(told["constraints"] or []):
            if named_constraints:
                self.trial.set_constraint(f"c{index}", value)
        if told["constraints"] is not None:
            self.trial.set_user_attr("constraints", told["constraints"])
        self.study.tell(self.trial, told["values"])
        return {}


peer = Peer()
for line in sys.stdin:
    try:
        answer = peer.answer(json.loads(line))
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
