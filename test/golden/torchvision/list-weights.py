"""What torchvision publishes of the zoo's checkpoints, from its own tables.

    python3 list-weights.py      # rewrites weights.golden.json beside this file

Made with torchvision 0.14.1 (Debian 12: python3-torchvision).
"""
import json
import os

import torchvision
from generate import CASES


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
    }


rows = [
    row(architecture, weights)
    for architecture in CASES
    for weights in torchvision.models.get_model_weights(architecture)
    if weights.name.startswith("IMAGENET1K_V")  # vgg16's IMAGENET1K_FEATURES have no classifier
]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights.golden.json")
with open(path, "w") as file:
    json.dump({"torchvision": torchvision.__version__, "weights": rows}, file, indent=1)
    file.write("\n")
print(len(rows), "checkpoints")
