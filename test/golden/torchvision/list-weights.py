"""What torchvision publishes of the zoo's checkpoints, from its own tables; multiply-accumulates are counted here.

    python3 list-weights.py      # rewrites weights.golden.json beside this file

Made with torchvision 0.14.1 (Debian 12: python3-torchvision).
"""
import json
import os

import torch
import torchvision
from generate import CASES, create


def giga_macs(architecture, size):
    """Multiply-accumulates of the convolutions and dense layers for one picture, 10**9."""
    total = 0

    def count(module, _, output):
        nonlocal total
        positions = output.numel() // output.shape[1]
        total += positions * module.weight.numel()

    network = create(architecture, 1000).eval()
    for module in network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(count)
    with torch.inference_mode():
        network(torch.zeros(1, 3, size, size))
    return total / 1e9


def row(architecture, weights):
    preset = weights.transforms()
    return {
        "architecture": architecture,
        "name": weights.name,
        "url": weights.url,
        "parameters": weights.meta["num_params"],
        "top1Percent": weights.meta["_metrics"]["ImageNet-1K"]["acc@1"],
        "classes": len(weights.meta["categories"]),
        "minimumImageSize": weights.meta["min_size"][0],
        "resize": preset.resize_size[0],
        "crop": preset.crop_size[0],
        "mean": preset.mean,
        "std": preset.std,
        "interpolation": preset.interpolation.value,
        "gigaMacs": round(giga_macs(architecture, preset.crop_size[0]), 3),
    }


rows = [
    row(architecture, weights)
    for architecture in CASES
    for weights in torchvision.models.get_model_weights(architecture)
    if weights.name.startswith("IMAGENET1K_V")  # vgg16's IMAGENET1K_FEATURES have no classifier
]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights.golden.json")
with open(path, "w") as file:
    lines = ",\n  ".join(map(json.dumps, rows))
    file.write(f'{{\n "torchvision": "{torchvision.__version__}",\n "weights": [\n  {lines}\n ]\n}}\n')
print(len(rows), "checkpoints")
