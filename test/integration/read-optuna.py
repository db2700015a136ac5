"""Reads a database through Optuna and prints what it found as JSON: read-optuna.py URL, or makes Optuna's own tables there:
read-optuna.py --create URL. Further URLs are only written to; the names of what was tried and not refused are printed."""
import datetime
import json
import math
import sys

import optuna
from optuna.distributions import distribution_to_json
from optuna.trial import TrialState

optuna.logging.set_verbosity(optuna.logging.ERROR)
major = int(optuna.__version__.split(".")[0])
# 3.1 expects its own revision of the very same tables.
unchecked = optuna.__version__.startswith("3.1.")


def storage_of(url, **options):
    return optuna.storages.RDBStorage(url, skip_compatibility_check=unchecked, **options)


def plain(value):
    return value if value is None or math.isfinite(value) else {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}[str(value)]


def plain_attrs(attrs):
    return {key: plain(value) if isinstance(value, float) else value for key, value in attrs.items()}


def milliseconds(time):
    """Optuna gives the stored time as it is, and from 5.0 on in the zone of the process."""
    if time is None:
        return None
    aware = time.astimezone() if major >= 5 else time.replace(tzinfo=datetime.timezone.utc)
    return (aware - datetime.datetime.fromtimestamp(0, datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)


def describe_trial(trial):
    return {
        "number": trial.number,
        "state": trial.state.name,
        "values": None if trial.values is None else [plain(value) for value in trial.values],
        "params": trial.params,
        "distributions": {name: json.loads(distribution_to_json(it)) for name, it in trial.distributions.items()},
        "intermediateValues": [[step, plain(value)] for step, value in sorted(trial.intermediate_values.items())],
        "constraints": trial.system_attrs.get("constraints"),
        "userAttrs": plain_attrs(trial.user_attrs),
        "datetimeStart": milliseconds(trial.datetime_start),
        "datetimeComplete": milliseconds(trial.datetime_complete),
    }


def describe_study(summary, url):
    study = optuna.load_study(study_name=summary.study_name, storage=storage_of(url))
    watched = storage_of(url, heartbeat_interval=1, grace_period=600)
    numbers = {trial._trial_id: trial.number for trial in study.trials}
    is_single = len(study.directions) == 1
    return {
        "name": study.study_name,
        "directions": [direction.name.lower() for direction in study.directions],
        "summaryDirections": [direction.name.lower() for direction in summary.directions],
        "userAttrs": study.user_attrs,
        "metricNames": study._storage.get_study_system_attrs(study._study_id).get("study:metric_names"),
        "trialCount": summary.n_trials,
        "trials": [describe_trial(trial) for trial in study.trials],
        "completeTrials": [trial.number for trial in study.get_trials(states=(TrialState.COMPLETE,))],
        "bestTrials": [trial.number for trial in study.best_trials],
        "bestTrial": study.best_trial.number if is_single else None,
        "staleTrials": sorted(numbers[id] for id in watched._get_stale_trial_ids(study._study_id)),
    }


def not_refused(url, name):
    study = optuna.load_study(study_name=name, storage=storage_of(url))
    running = next(trial for trial in study.trials if trial.state is TrialState.RUNNING)
    attempts = {
        "ask": study.ask,
        "add_trial": lambda: study.add_trial(optuna.trial.create_trial(state=TrialState.FAIL)),
        "enqueue_trial": lambda: study.enqueue_trial({"epochs": 1}),
        "tell": lambda: study.tell(running.number, state=TrialState.FAIL),
        "set_user_attr": lambda: study.set_user_attr("state", "STOPPED"),
        "create_study": lambda: optuna.create_study(study_name="another", storage=storage_of(url)),
        "delete_study": lambda: optuna.delete_study(study_name=name, storage=storage_of(url)),
    }
    written = []
    for attempt, write in attempts.items():
        try:
            write()
            written.append(attempt)
        except optuna.exceptions.StorageInternalError:
            pass
    return written


if sys.argv[1] == "--create":
    optuna.storages.RDBStorage(sys.argv[2])
else:
    url, *others = sys.argv[1:]
    summaries = sorted(optuna.get_all_study_summaries(storage=storage_of(url)), key=lambda it: it._study_id)
    studies = [describe_study(summary, url) for summary in summaries]
    written = [not_refused(it, summaries[-1].study_name) for it in (url, *others)]
    json.dump({"version": optuna.__version__, "studies": studies, "written": written}, sys.stdout, allow_nan=False)
