"""The peer: PyTorch eager in one memory format, told over stdin what to do.

Reads one JSON object a line: {"prepare": a workload} or {"run": n}; answers with one JSON object a line. A run's seconds are
those of n units: training steps (forward, backward, SGD with momentum and weight decay), batches, or epochs of a head.
"""
import gc
import json
import os
import resource
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "side"))
from torch_import import torch, versions  # noqa: E402
from torch_networks import body, head, network, training_loss  # noqa: E402


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)


def step(model, optimizer, inputs, labels):
    optimizer.zero_grad(set_to_none=True)
    loss = training_loss(model(inputs), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


def pictures(request):
    layout = torch.channels_last if request["format"] == "channels_last" else torch.contiguous_format
    images = torch.randn(request["batch"], 3, request["size"], request["size"]).to(memory_format=layout)
    return images, layout


def prepare(request):
    """Returns a function that does one unit of the workload."""
    torch.manual_seed(0)
    torch.set_num_threads(request["threads"])
    name, kind = request["network"], request["kind"]
    model = network(name, request["classes"], request["size"])
    if kind == "head":
        return head_epochs(head(model, name).train(), request)
    images, layout = pictures(request)
    if kind == "training":
        model = model.to(memory_format=layout).train()
        optimizer, labels = sgd(model), torch.arange(request["batch"]) % request["classes"]
        return lambda: step(model, optimizer, images, labels)
    model = (body(model, name) if kind == "frozen" else model).to(memory_format=layout).eval()

    def infer():
        with torch.inference_mode():
            return model(images).numpy()

    return infer


def head_epochs(model, request):
    features = torch.rand(request["examples"], *request["features"])
    labels = torch.arange(request["examples"]) % request["classes"]
    optimizer, batch = sgd(model), request["batch"]

    def epoch():
        order = torch.randperm(len(labels))
        for start in range(0, len(order) - batch + 1, batch):
            chosen = order[start : start + batch]
            step(model, optimizer, features[chosen], labels[chosen])

    return epoch


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


def answer(request):
    global unit
    if "prepare" in request:
        unit = None
        gc.collect()
        unit = prepare(request["prepare"])
        return {"ready": True}
    start = time.perf_counter()
    for _ in range(request["run"]):
        unit()
    return {"seconds": time.perf_counter() - start, "peakBytes": peak_bytes()}


unit = None
print(json.dumps(versions), flush=True)
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as problem:  # told to the other side, which names the row
        reply = {"error": f"{type(problem).__name__}: {problem}"}
    print(json.dumps(reply), flush=True)
