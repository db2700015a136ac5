"""Imports torch and torchvision, also where the two builds differ, and prints their versions when run by itself.

A torchvision whose compiled part does not fit its torch fails at import for want of two operators that classifiers never
call; they are declared, without an implementation, only where that happens.
"""
import json
import sys

import torch

try:
    import torchvision
except RuntimeError as problem:
    if "torchvision::" not in str(problem):
        raise
    declared = torch.library.Library("torchvision", "DEF")
    declared.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    declared.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    import torchvision

versions = {"torch": torch.__version__, "torchvision": torchvision.__version__}
if __name__ == "__main__":
    print(json.dumps(versions))
