"""Small real files of torch.save in both layouts, with the values that a reader must find.

    /usr/bin/python3 generate.py    # rewrites the .pth files and torch-files.golden.json beside this file

Made with torch 1.13 (Debian). Values are the float32 bits of each tensor, row-major, in hexadecimal.
"""
import json
import os
from collections import OrderedDict

import torch

FOLDER = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(3)


def dtypes():
    values = torch.tensor([[0.1, -2.5, 3.0], [60000.0, 1 / 3, -1e-6]], dtype=torch.float64)
    whole = torch.tensor([[0, 1, -7], [100, 2, 3]], dtype=torch.int64)
    return {
        "float32": values.float(),
        "float16": values.half(),
        "bfloat16": values.bfloat16(),
        "float64": values,
        "int64": torch.tensor([[0, -1, 2**40 + 2**16], [-(2**53), 2**24 + 1, 2**62]]),
        "int32": whole.int(),
        "int16": whole.short(),
        "int8": whole.char(),
        "uint8": whole.abs().byte(),
        "bool": whole > 1,
        "special": torch.tensor([0.0, -0.0, 1e-42, float("inf"), float("nan")]),
    }


def strides():
    base = torch.arange(24.0).reshape(2, 3, 4)
    half = torch.arange(6.0).half().reshape(2, 3)
    return {
        "scalar": torch.tensor(2.5),
        "counter": torch.tensor(12345),
        "empty": torch.zeros(0, 4),
        "whole": base,
        "transposed": base.permute(2, 0, 1),
        "offset": base[1, 1:],
        "column": base[:, :, 2],
        "stepped": base.flatten()[1::5],
        "expanded": base[0, 0, :1].expand(3, 2, 1),
        "channels_last": torch.arange(32.0).reshape(1, 2, 4, 4).contiguous(memory_format=torch.channels_last),
        "half": half,
        "half_transposed": half.t(),
        "parameter": torch.nn.Parameter(base[0]),
        "frozen": torch.nn.Parameter(base[1].clone(), requires_grad=False),
    }


def module():
    """An OrderedDict with _metadata, batch norm's counters among its tensors."""
    return torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 2)).state_dict()


def dense_layer():
    """The names of torchvision's published DenseNets, before module names lost their dots."""
    names = ["norm.1.weight", "norm.1.bias", "norm.1.running_mean", "norm.1.running_var", "conv.1.weight", "norm.2.bias"]
    return OrderedDict((f"features.denseblock1.denselayer1.{name}", torch.rand(2)) for name in names)


def checkpoint():
    """As a training script saves it, DataParallel's prefix and the optimizer included."""
    net = torch.nn.DataParallel(torch.nn.Linear(3, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return {
        "epoch": 90,
        "arch": "linear",
        "best": 0.75,
        "state_dict": net.state_dict(),
        "optimizer": optimizer.state_dict(),
    }


def named(saved):
    tensors = saved.get("state_dict", saved)
    parallel = all(name.startswith("module.") for name in tensors)
    return {name[len("module.") :] if parallel else name: tensor for name, tensor in tensors.items()}


def golden(tensor):
    values = tensor.detach().to(torch.float32).contiguous()
    return {"shape": list(values.shape), "bits": values.numpy().tobytes().hex()}


content = {}
for build in (dtypes, strides, module, dense_layer, checkpoint):
    saved = build()
    content[build.__name__] = {name: golden(tensor) for name, tensor in named(saved).items()}
    for layout in ("zip", "legacy"):
        path = os.path.join(FOLDER, f"{build.__name__}.{layout}.pth")
        torch.save(saved, path, _use_new_zipfile_serialization=layout == "zip")

with open(os.path.join(FOLDER, "torch-files.golden.json"), "w") as file:
    json.dump({"torch": torch.__version__, "files": content}, file, indent=1)
    file.write("\n")
