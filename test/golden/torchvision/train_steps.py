"""Some SGD steps of torchvision's networks from formula tensors, for the comparison with the zoo's; nothing is committed.

After a line with its versions it reads one JSON object a line:

    {"architecture": name, "imageSize": px, "batch": n, "classes": n, "steps": n,
     "learningRate": x, "momentum": x, "weightDecay": x, "file": path}

and answers with one: {"losses": [of each step, before its update], "seconds": s of CPU time}, after every tensor of the state_dict but
num_batches_tracked was written to the file, raw float32 in state_dict order. Pictures, labels and dropout masks are formula
values as well (see training-parity.ts).
"""
import functools
import json
import math
import sys
import time

import numpy
import torch
import torchvision
from generate import create, formula_tensor, units

AUXILIARY_LOSS_WEIGHT = 0.4  # as in torchvision's references/classification/train.py


class FixedDropout(torch.nn.Module):
    """Dropout with the same elements dropped in every step."""

    def __init__(self, index, rate):
        super().__init__()
        self.index, self.rate = index, rate

    def forward(self, x):
        kept = units(f"mask {self.index}", x.numel()) >= 2 * self.rate - 1
        return x * torch.from_numpy(kept.reshape(x.shape)) / (1 - self.rate)


def fix_dropouts(network):
    """Numbered in the order in which they run, which is the order of registration in all of torchvision's networks."""
    found = [
        (parent, name, child)
        for parent in network.modules()
        for name, child in parent.named_children()
        if isinstance(child, torch.nn.Dropout)
    ]
    for index, (parent, name, child) in enumerate(found):
        setattr(parent, name, FixedDropout(index, child.p))


@functools.lru_cache(maxsize=2)
def large_formula_tensor(name, shape):
    return formula_tensor(name, shape)


def initial_tensor(name, shape):
    """All VGGs have the same dense layers; they are filled once."""
    return (large_formula_tensor if math.prod(shape) > 2**23 else formula_tensor)(name, shape)


def norm_offset(name):
    """Raises the offsets of batch norms by two and a half deviations of what they give.

    Around the kink of a ReLU rounding decides whether a gradient flows, and one value of the 128 that a channel has on small
    maps is some percent of its tensors' updates.
    """
    return 5 / 8 if name.endswith((".bn2.bias", ".bn3.bias")) else 5 / 2


def build(architecture, classes):
    network = create(architecture, classes)
    state = network.state_dict()
    with torch.no_grad():
        for name, value in state.items():
            if not name.endswith("num_batches_tracked"):
                value.copy_(initial_tensor(name, tuple(value.shape)))
                if name.endswith(".bias") and name.replace(".bias", ".running_mean") in state:
                    value.add_(norm_offset(name))
    fix_dropouts(network)
    return network.train()


def loss_of(output, labels):
    cross_entropy = torch.nn.functional.cross_entropy
    if torch.is_tensor(output):
        return cross_entropy(output, labels)
    return cross_entropy(output.logits, labels) + AUXILIARY_LOSS_WEIGHT * cross_entropy(output.aux_logits, labels)


def train(request):
    size, batch, classes = request["imageSize"], request["batch"], request["classes"]
    network = build(request["architecture"], classes)
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=request["learningRate"],
        momentum=request["momentum"],
        weight_decay=request["weightDecay"],
    )
    losses = []
    for step in range(request["steps"]):
        pictures = 2 * units(f"step {step}", batch * 3 * size * size).reshape(batch, 3, size, size)
        labels = (torch.arange(batch) + step) % classes
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(torch.from_numpy(pictures)), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    with open(request["file"], "wb") as file:
        for name, value in network.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                value.contiguous().numpy().astype(numpy.float32, copy=False).tofile(file)
    return losses


torch.set_flush_denormal(True)  # gradients that underflow cost more time than the network
print(json.dumps({"torch": torch.__version__, "torchvision": torchvision.__version__}), flush=True)
for line in sys.stdin:
    start = time.process_time()
    losses = train(json.loads(line))
    print(json.dumps({"losses": losses, "seconds": time.process_time() - start}), flush=True)
