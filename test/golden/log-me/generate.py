"""Writes log-me.golden.json: the maximum evidence of a Bayesian linear model, found by searching for it in float64.

Run: python3 test/golden/log-me/generate.py. Nothing here is LogME's fixed point: the evidence of labels y under weights of
precision alpha and noise of precision beta is that of a normal distribution with covariance I / beta + F F' / alpha, written
down with the dense covariance, beta at its best for each ratio lambda = alpha / beta, and lambda found by bracketing and
golden sections. Features and labels are formulas, so that the test can make them again.
"""
import json
import os

import numpy as np

CASES = [  # examples, features, classes, scale: more examples than features, fewer, as many, many classes, other scales
    (60, 5, 2, 1.0),
    (24, 40, 3, 1.0),
    (200, 16, 10, 1.0),
    (64, 64, 4, 1.0),
    (24, 40, 3, 100.0),
    (120, 30, 2, 0.001),
]
LEAST_NOISE = 1e-6


def features(n, d, classes, scale):
    i = np.arange(n, dtype=np.float64)[:, None]
    j = np.arange(d, dtype=np.float64)[None, :]
    noise = ((i * 7 + j * 13 + (i * j) % 17 + (i * i) % 29) % 31) / 31
    hint = ((i % classes) == (j % classes)) * 0.25
    return (scale * (noise + hint) * (1 + j % 4)).astype(np.float32).astype(np.float64)


def labels(n, classes):
    i = np.arange(n)
    return np.where(i % 7 == 0, (i // 7) % classes, i % classes)


def log_evidence(f, y, log_lambda):
    n = len(y)
    covariance = np.eye(n) + f @ f.T / np.exp(log_lambda)
    _, log_determinant = np.linalg.slogdet(covariance)
    misfit = y @ np.linalg.solve(covariance, y)
    beta = min(n / misfit, 1 / LEAST_NOISE)
    return 0.5 * (n * np.log(beta / (2 * np.pi)) - log_determinant - beta * misfit)


def maximum(f, y):
    top = np.log(np.linalg.norm(f, 2) ** 2)
    grid = np.linspace(top - 25, top + 15, 161)
    best = int(np.argmax([log_evidence(f, y, at) for at in grid]))
    assert 0 < best < len(grid) - 1, "the maximum is at an end"
    low, high = grid[best - 1], grid[best + 1]
    golden = (np.sqrt(5) - 1) / 2
    while high - low > 1e-7:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if log_evidence(f, y, left) > log_evidence(f, y, right):
            high = right
        else:
            low = left
    return log_evidence(f, y, (low + high) / 2)


def case(n, d, classes, scale):
    f, y = features(n, d, classes, scale), labels(n, classes)
    evidences = [maximum(f, (y == label).astype(np.float64)) / n for label in range(classes)]
    return {"examples": n, "features": d, "classes": classes, "scale": scale, "logme": float(np.mean(evidences))}


path = os.path.join(os.path.dirname(__file__), "log-me.golden.json")
with open(path, "w") as file:
    json.dump({"numpy": np.__version__, "cases": [case(*each) for each in CASES]}, file)
    file.write("\n")
