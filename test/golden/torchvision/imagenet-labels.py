"""The names of ImageNet-1k's classes, in the order of the logits of every network that torchvision publishes.

    python3 imagenet-labels.py      # rewrites libs/model-zoo/weights/imagenet-1k-labels.json

They are `meta["categories"]` of torchvision's weights, one list for all of them.
Made with torchvision 0.14.1 (Debian 12: python3-torchvision).
"""
import json
import os

from torchvision.models import ResNet18_Weights

labels = ResNet18_Weights.IMAGENET1K_V1.meta["categories"]
here = os.path.dirname(os.path.abspath(__file__))
path = os.path.join(here, *[".."] * 3, "libs", "model-zoo", "weights", "imagenet-1k-labels.json")
with open(path, "w") as file:
    json.dump(labels, file, indent=2)
    file.write("\n")
