"""The script a user would write: an Optuna study over networks of torchvision, trained by PyTorch eager.

Called with one argument, a JSON object: pictures (folder with train/ and validation/), weights (folder with a safetensors
file of torchvision's names for each architecture), space, training, constraints, setting, seconds, trials, seed, threads.
Prints a line of JSON when pictures and weights are in memory, one for every finished trial, and {"done": true}. Seconds
count from the first trial: imports, decoding and reading weights are done by then. `--version` prints the versions.

Settings: `default` is Optuna's own choice of sampler; `constrained` is TPE told of the constraints; `pruned` searches for
accuracy alone, with TPE and the median pruner. Optuna prunes no study with several objectives: `trial.report` raises there.
"""
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "side"))
from torch_import import torch, versions  # noqa: E402

import optuna  # noqa: E402
from PIL import Image  # noqa: E402
from torch.nn.functional import cross_entropy  # noqa: E402
from torch_networks import head, network  # noqa: E402
from torchvision import transforms  # noqa: E402

latency_calls, warm_up_calls = 50, 5


def read_safetensors(path):
    with open(path, "rb") as file:
        header_bytes = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(header_bytes))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        tensors[name] = values.reshape(entry["shape"])
    return tensors


def read_split(folder, classes, side, image):
    prepare = transforms.Compose(
        [
            transforms.Resize(side),
            transforms.CenterCrop(side),
            transforms.ToTensor(),
            transforms.Normalize(image["mean"], image["std"]),
        ]
    )
    pictures, labels = [], []
    for label, name in enumerate(classes):
        for file in sorted(os.listdir(os.path.join(folder, name))):
            pictures.append(prepare(Image.open(os.path.join(folder, name, file)).convert("RGB")))
            labels.append(label)
    return torch.stack(pictures), torch.tensor(labels)


class Search:
    def __init__(self, request):
        self.request, self.space, self.training = request, request["space"], request["training"]
        train = os.path.join(request["pictures"], "train")
        self.classes = sorted(os.listdir(train))
        side = self.training["imageSize"]
        self.train = read_split(train, self.classes, side, request["image"])
        self.validation = read_split(
            os.path.join(request["pictures"], "validation"), self.classes, side, request["image"]
        )
        self.weights = {
            name: read_safetensors(os.path.join(request["weights"], name + ".safetensors"))
            for name in self.space["architecture"]
        }

    def suggest(self, trial):
        rate, epochs = self.space["learningRate"], self.space["epochs"]
        return {
            "architecture": trial.suggest_categorical("architecture", self.space["architecture"]),
            "retrainDepth": trial.suggest_categorical("retrainDepth", self.space["retrainDepth"]),
            "learningRate": trial.suggest_float("learningRate", rate["low"], rate["high"], log=True),
            "epochs": trial.suggest_int("epochs", epochs["low"], epochs["high"]),
        }

    def build(self, architecture, depth):
        model = network(architecture, len(self.classes), self.training["imageSize"])
        if depth != "scratch":
            fresh = model.state_dict()
            # The head is new: it has the shape of other classes in the file.
            kept = {name: value for name, value in self.weights[architecture].items() if value.shape == fresh[name].shape}
            model.load_state_dict({**fresh, **kept})
        if depth == "shallow":
            for parameter in model.parameters():
                parameter.requires_grad = False
            for parameter in head(model, architecture).parameters():
                parameter.requires_grad = True
        return model

    def epoch(self, model, depth, architecture, optimizer):
        if depth == "shallow":
            model.eval()  # frozen means frozen: no dropout before the head, batch norm on its statistics
            head(model, architecture).train()
        else:
            model.train()
        images, labels = self.train
        size = self.training["batchSize"]
        order = torch.randperm(len(labels))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            optimizer.zero_grad(set_to_none=True)
            cross_entropy(model(images[chosen]), labels[chosen]).backward()
            optimizer.step()

    @torch.no_grad()
    def accuracy(self, model):
        model.eval()
        images, labels = self.validation
        right = sum(
            (model(images[start : start + 64]).argmax(1) == labels[start : start + 64]).sum().item()
            for start in range(0, len(labels), 64)
        )
        return right / len(labels)

    @torch.no_grad()
    def latency(self, model):
        model.eval()
        side = self.training["imageSize"]
        batch = torch.randn(self.training["latencyBatch"], 3, side, side)
        times = []
        for call in range(-warm_up_calls, latency_calls):
            start = time.perf_counter()
            model(batch)
            if call >= 0:
                times.append((time.perf_counter() - start) * 1000)
        return sorted(times)[-(-95 * latency_calls // 100) - 1]

    def objective(self, trial):
        setting = self.request["setting"]
        parameters = self.suggest(trial)
        architecture, depth = parameters["architecture"], parameters["retrainDepth"]
        torch.manual_seed(self.request["seed"] * 100_003 + trial.number)
        trial.set_user_attr("parameters", parameters)
        model = self.build(architecture, depth)
        trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
        optimizer = torch.optim.SGD(
            trainable,
            lr=parameters["learningRate"],
            momentum=self.training["momentum"],
            weight_decay=self.training["weightDecay"],
        )
        for epoch in range(parameters["epochs"]):
            self.epoch(model, depth, architecture, optimizer)
            accuracy = self.accuracy(model)
            if setting == "pruned":
                trial.report(accuracy, epoch)
                if trial.should_prune():
                    raise optuna.TrialPruned()
        latency = self.latency(model)
        trial.set_user_attr("accuracy", accuracy)
        trial.set_user_attr("latencyP95Ms", latency)
        if setting == "constrained" and hasattr(trial, "set_constraint"):
            for number, violation in enumerate(self.violations(accuracy, latency)):
                trial.set_constraint(str(number), violation)
        return accuracy if setting == "pruned" else (accuracy, latency)

    def violations(self, accuracy, latency):
        """Above 0 where a constraint is not met."""
        measured = {"accuracy": accuracy, "latencyP95Ms": latency}
        return [
            measured[bound["metric"]] - bound["atMost"] if "atMost" in bound else bound["atLeast"] - measured[bound["metric"]]
            for bound in self.request["constraints"]
        ]

    def constraints_of(self, trial):
        return self.violations(trial.user_attrs["accuracy"], trial.user_attrs["latencyP95Ms"])

    def study(self):
        setting, seed = self.request["setting"], self.request["seed"]
        if setting == "pruned":
            return optuna.create_study(
                direction="maximize",
                sampler=optuna.samplers.TPESampler(seed=seed),
                pruner=optuna.pruners.MedianPruner(),
            )
        directions = ["maximize", "minimize"]
        if setting == "constrained":
            # Since 5.0 a trial says itself what it violates.
            told = {} if hasattr(optuna.Trial, "set_constraint") else {"constraints_func": self.constraints_of}
            return optuna.create_study(directions=directions, sampler=optuna.samplers.TPESampler(seed=seed, **told))
        study = optuna.create_study(directions=directions)
        # The sampler is the default of this Optuna; its class with a seed is the same one, made repeatable.
        return optuna.create_study(directions=directions, sampler=type(study.sampler)(seed=seed))


def say(line):
    print(json.dumps(line), flush=True)


def main(request):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    torch.set_num_threads(request["threads"])
    search = Search(request)
    study = search.study()
    say({"sampler": type(study.sampler).__name__, "pictures": len(search.train[1]) + len(search.validation[1])})
    began = time.perf_counter()
    last = began

    def tell(_, trial):
        nonlocal last
        now = time.perf_counter()
        say(
            {
                "trial": trial.number,
                "state": trial.state.name,
                "second": now - began,
                "trialSeconds": now - last,
                "parameters": trial.user_attrs["parameters"],
                "accuracy": trial.user_attrs.get("accuracy"),
                "latencyP95Ms": trial.user_attrs.get("latencyP95Ms"),
            }
        )
        last = now

    study.optimize(search.objective, n_trials=request.get("trials"), timeout=request["seconds"], callbacks=[tell])
    say({"done": True, "second": time.perf_counter() - began})


if __name__ == "__main__":
    if sys.argv[1] == "--version":
        say({**versions, "optuna": optuna.__version__, "pillow": Image.__version__})
    else:
        main(json.loads(sys.argv[1]))
