"""Writes linear-probe.golden.json: the optimum of fitLinearProbe's objective, found by torch's L-BFGS and Newton's method in float64.

Run: python3 test/golden/linear-probe/generate.py. Features and labels are formulas, so that the test can make them again.
"""
import json
import os

import torch

torch.set_num_threads(1)
CASES = [  # examples, features, classes, l2: more examples than features, fewer, many classes, weak and strong penalties
    (60, 5, 2, 1.0),
    (24, 40, 3, 1.0),
    (200, 16, 10, 0.01),
    (50, 8, 2, 30.0),
]


def features(n, d, classes):
    i = torch.arange(n, dtype=torch.float64)[:, None]
    j = torch.arange(d, dtype=torch.float64)[None, :]
    noise = ((i * 7 + j * 13 + (i * j) % 17 + (i * i) % 29) % 31) / 31
    hint = ((i % classes) == (j % classes)).double() * 0.25
    # Feature j is (1 + j % 4) times as wide as feature 0.
    return ((noise + hint) * (1 + j % 4)).float().double()


def labels(n, classes):
    i = torch.arange(n)
    return torch.where(i % 7 == 0, (i // 7) % classes, i % classes)


def optimum(n, d, classes, l2):
    x, y = features(n, d, classes), labels(n, classes)
    mean = x.mean(0)
    deviation = (x - mean).pow(2).mean().sqrt()
    scaled = (x - mean) / deviation
    def loss(parameters):
        weight, bias = parameters[:-classes].view(d, classes), parameters[-classes:]
        penalty = l2 / (2 * n) * (d * weight.pow(2).sum() + bias.pow(2).sum())
        return torch.nn.functional.cross_entropy(scaled @ weight + bias, y) + penalty

    at = torch.zeros((d + 1) * classes, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([at], max_iter=500, tolerance_grad=1e-6, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        value = loss(at)
        value.backward()
        return value

    optimizer.step(closure)
    for _ in range(5):  # Newton's steps, from where they converge
        (gradient,) = torch.autograd.grad(loss(at), at)
        hessian = torch.autograd.functional.hessian(loss, at.detach())
        at = (at - torch.linalg.solve(hessian, gradient)).detach().requires_grad_()
    value = loss(at)
    assert torch.autograd.grad(value, at)[0].abs().max() < 1e-14, "not at the optimum"
    weight, bias = at.detach()[:-classes].view(d, classes), at.detach()[-classes:]
    folded = weight / deviation
    return {
        "examples": n,
        "features": d,
        "classes": classes,
        "l2": l2,
        "loss": value.item(),
        "weight": folded.flatten().tolist(),
        "bias": (bias - mean @ folded).tolist(),
    }


path = os.path.join(os.path.dirname(__file__), "linear-probe.golden.json")
with open(path, "w") as file:
    json.dump({"torch": torch.__version__, "cases": [optimum(*case) for case in CASES]}, file)
    file.write("\n")
