"""Golden logits and state_dict listings of torchvision's networks.

Weights and pictures come from a formula of integers and powers of two that Python and TypeScript compute exactly alike
(`formula-tensors.ts` is its twin), so nothing but the answers is stored.

    python3 generate.py [architecture ...]      # rewrites <architecture>.golden.json beside this file

Made with torchvision 0.14.1 and torch 1.13.0 (Debian 12: python3-torchvision).
"""
import json
import math
import os
import sys

import numpy
import torch
import torchvision

CASES = {
    "alexnet": [(5, 64), (5, 150), (1000, 224)],
    "squeezenet1_0": [(5, 50), (1000, 96), (1000, 224)],
    "squeezenet1_1": [(2, 64), (1000, 64), (5, 50), (5, 71), (1000, 224)],
    "resnet18": [(2, 32), (5, 45), (1000, 75), (1000, 224)],
    **{f"vgg{layers}{norm}": [(1000, 100), (1000, 224)] for layers in (11, 13, 16, 19) for norm in ("", "_bn")},
    **{f"resnet{layers}": [(1000, 75), (1000, 224)] for layers in (34, 50, 101, 152)},
    **{f"densenet{layers}": [(1000, 75), (1000, 224)] for layers in (121, 161, 169, 201)},
    "inception_v3": [(1000, 139), (1000, 299)],
}
BATCH = 2
SHOWN = 10
PART = 2**20


def name_hash(name):
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


def units(name, count):
    """Multiples of 2**-15 in [-1, 1). In parts: VGG's first dense layer has 103 million of them."""
    result = numpy.empty(count, dtype=numpy.float32)
    for start in range(0, count, PART):
        index = numpy.arange(start, min(start + PART, count), dtype=numpy.uint32)
        value = index * numpy.uint32(0x9E3779B1) + numpy.uint32(name_hash(name))  # products of 32 bits wrap around
        for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
            value ^= value >> numpy.uint32(shift)
            value *= numpy.uint32(factor)
        value ^= value >> numpy.uint32(16)
        result[start : start + len(value)] = (value >> numpy.uint32(16)).astype(numpy.float32) / 32768 - 1
    return result


def formula_tensor(name, shape):
    values = units(name, math.prod(shape))
    if len(shape) > 1:
        fan_in = math.prod(shape[1:])
        scale = 2.0 ** (1 - (fan_in.bit_length() - 1) // 2)  # about √(6 / fan_in): signals neither fade nor grow
        values *= numpy.float32(scale)
    elif name.endswith((".bn2.weight", ".bn3.weight")):  # end ResNet's blocks: or signals would grow with each block
        values = 1 / 4 + values / 8
    elif name.endswith("running_var") or name.endswith("weight"):
        values = 1 + values / 2
    else:
        values = values / 8
    return torch.from_numpy(values.reshape(shape).astype(numpy.float32, copy=False))


def create(architecture, classes):
    """As torchvision creates it to hold its published weights."""
    extra = {"init_weights": False, "transform_input": True} if architecture == "inception_v3" else {}
    with torch.no_grad():
        return getattr(torchvision.models, architecture)(num_classes=classes, **extra)


def build(architecture, classes):
    network = create(architecture, classes)
    state = {
        name: torch.tensor(0) if name.endswith("num_batches_tracked") else formula_tensor(name, tuple(value.shape))
        for name, value in network.state_dict().items()
    }
    network.load_state_dict(state)
    return network.eval()


def case(architecture, classes, size):
    network = build(architecture, classes)
    picture = torch.from_numpy(2 * units(f"picture {size}", BATCH * 3 * size * size).reshape(BATCH, 3, size, size))
    with torch.inference_mode():
        logits = network(picture).double()
    rows = [[float(numpy.float32(value)) for value in row[:SHOWN]] for row in logits]
    return {
        "classes": classes,
        "imageSize": size,
        "logits": rows,
        "largest": float(logits.abs().max()),
        "sums": [float(row.sum()) for row in logits],
    }


def one_tensor_a_line(golden):
    lists = {key: "[\n  " + ",\n  ".join(map(json.dumps, golden[key])) + "\n ]" for key in ("stateDict", "cases")}
    rows = (f' "{key}": {lists.get(key) or json.dumps(value)}' for key, value in golden.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def main(architectures):
    for architecture in architectures:
        network = create(architecture, 2)
        golden = {
            "architecture": architecture,
            "versions": {"torch": torch.__version__, "torchvision": torchvision.__version__},
            "stateDict": [
                f"{name} {'x'.join(str(size) for size in value.shape)}"
                for name, value in network.state_dict().items()
                if not name.endswith("num_batches_tracked")
            ],
            "cases": [case(architecture, classes, size) for classes, size in CASES[architecture]],
        }
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{architecture}.golden.json")
        with open(path, "w") as file:
            file.write(one_tensor_a_line(golden))
        for row in golden["cases"]:
            print(architecture, row["classes"], row["imageSize"], row["largest"], row["logits"][0][:3])


if __name__ == "__main__":
    main(sys.argv[1:] or list(CASES))
