"""The peer on a card: PyTorch eager, one process for all rows, told over stdin what to do.

Reads one JSON object a line: {"prepare": a workload} or {"run": n}; answers with one JSON object a line. Numbers are torch's
defaults: convolutions of fp32 may use TF32 on a card that has it. `shallow` is what a trial of the head does without a cache:
the frozen body forward, then a step of the head.
"""
import contextlib
import gc
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "side"))
from torch_import import torch, versions  # noqa: E402
from torch_networks import body, head, network, training_loss  # noqa: E402


def precision(device, variant):
    if variant.startswith("bf16"):
        return torch.autocast(device_type=device, dtype=torch.bfloat16)
    return contextlib.nullcontext()


def prepare(request):
    """Returns a function that does one batch of the workload."""
    torch.manual_seed(0)
    name, device, variant = request["network"], request["device"], request["variant"]
    layout = torch.channels_last if variant.endswith("channels_last") else torch.contiguous_format
    images = torch.randn(request["batch"], 3, request["size"], request["size"], device=device).to(memory_format=layout)
    labels = torch.arange(request["batch"], device=device) % request["classes"]
    model = network(name, request["classes"], request["size"]).to(device=device, memory_format=layout)
    if request["kind"] == "inference":
        model.eval()

        def infer():
            with torch.inference_mode(), precision(device, variant):
                return model(images).float().cpu()

        return infer
    # Both parts before `body`, which may take the head off the model.
    trained = head(model, name).train() if request["kind"] == "shallow" else model.train()
    frozen = body(model, name).eval() if request["kind"] == "shallow" else None
    optimizer = torch.optim.SGD(trained.parameters(), lr=1e-3, momentum=0.9, weight_decay=1e-4)

    def step():
        optimizer.zero_grad(set_to_none=True)
        with precision(device, variant):
            inputs = images
            if frozen is not None:
                with torch.no_grad():
                    inputs = frozen(images)
            loss = training_loss(trained(inputs), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def synchronize():
    if cuda:
        torch.cuda.synchronize()


def answer(request):
    global unit
    if "prepare" in request:
        unit = None
        gc.collect()
        if cuda:
            torch.cuda.empty_cache()
        unit = prepare(request["prepare"])
        return {"ready": True}
    start = time.perf_counter()
    for _ in range(request["run"]):
        result = unit()
    synchronize()
    # A loss that is read once a run: more would be the host's time.
    result.sum().item()
    return {"seconds": time.perf_counter() - start, "peakBytes": 0}


unit = None
cuda = torch.cuda.is_available()
card = {"cuda": str(torch.version.cuda), "card": torch.cuda.get_device_name(0)} if cuda else {}
print(json.dumps({"versions": {**versions, **card}, "cuda": cuda}), flush=True)
for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as problem:  # told to the other side, which names the row
        reply = {"error": f"{type(problem).__name__}: {str(problem).splitlines()[0] if str(problem) else ''}"}
    print(json.dumps(reply), flush=True)
