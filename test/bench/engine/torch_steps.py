"""The peer: PyTorch eager, one training process for all networks, told over stdin what to do.

Reads one JSON object a line: {"prepare": name, "size": px, "batch": n, "threads": n} or {"steps": n}; answers with one JSON
object a line. Times are seconds of `steps` training steps (forward, backward, SGD with momentum and weight decay).
"""
import json
import sys
import time

import torch
import torchvision


def prepare(request):
    torch.manual_seed(0)
    torch.set_num_threads(request["threads"])
    model = getattr(torchvision.models, request["prepare"])(num_classes=request["classes"]).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)
    images = torch.randn(request["batch"], 3, request["size"], request["size"])
    labels = torch.arange(request["batch"]) % request["classes"]
    return model, optimizer, images, labels


def run(state, steps):
    model, optimizer, images, labels = state
    start = time.perf_counter()
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
    return time.perf_counter() - start


state = None
print(json.dumps({"torch": torch.__version__, "torchvision": torchvision.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if "prepare" in request:
        state = prepare(request)
        print(json.dumps({"ready": True}), flush=True)
    else:
        print(json.dumps({"seconds": run(state, request["steps"])}), flush=True)
