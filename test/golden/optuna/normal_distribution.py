"""Writes normal-distribution.golden.json: the standard normal to 50 digits by mpmath. Run: python3 normal_distribution.py"""
import json
import pathlib

import mpmath
from mpmath import mp, mpf

mp.dps = 60  # beyond the 17 digits compared, for what cancels in masses of narrow intervals


def log_ndtr(x):
    """ln P(Z <= x); by the upper tail where the lower one is nearly 1."""
    x = mpf(x)
    return mpmath.log1p(-tail(x)) if x > 0 else mpmath.log(tail(-x))


def tail(x):
    return mpmath.erfc(x / mpmath.sqrt(2)) / 2


def mass(a, b):
    a, b = mpf(a), mpf(b)
    if b <= 0:
        a, b = -b, -a
    return tail(a) - tail(b) if a > 0 else 1 - tail(-a) - tail(b)


def ndtri(p):
    """By Newton's method on ln of the smaller tail."""
    p = mpf(p)
    if p > mpf(1) / 2:
        return -ndtri(1 - p)
    return ndtri_exp(mpmath.log(p))


def ndtri_exp(y):
    y = mpf(y)
    if y > -mpmath.log(2):
        return -ndtri_exp(mpmath.log(-mpmath.expm1(y)))
    start = -mpmath.sqrt(-2 * y) if y < -3 else (y + mpmath.log(2)) * mpmath.sqrt(mpmath.pi / 2)
    x = start
    for _ in range(200):
        with mpmath.workdps(60 + max(0, int(mpmath.log10(-y)))):  # the slope is a difference of numbers as large as y
            value = log_ndtr(x)
            slope = mpmath.exp(-x * x / 2 - value) / mpmath.sqrt(2 * mpmath.pi)
        step = (value - y) / slope
        x -= step
        if abs(step) < mpf(10) ** -40 * max(abs(x), mpf(10) ** -30):
            return x
    raise ArithmeticError(f"no root for {y}")


xs = sorted(
    {-40 + k / 4 for k in range(201)}
    | {-1e150, -1e6, -300.0, -38.0, -37.5, -5.657, -0.67, -0.66, -0.5, -1e-3, 1e-9, 0.3, 0.66, 0.67}
    | {-1e-300, 1e-300, 20.0, 30.0}
)
ps = sorted(
    {10.0**-k for k in range(1, 301, 7)} | {1e-300, 0.0749, 0.075, 0.0751, 0.25, 0.4999999, 0.5 - 2.0**-50, 0.5, 0.5 + 2.0**-50}
    | {0.5000001, 0.6, 0.75, 0.9, 0.9249, 0.925, 0.9251, 0.99} | {1 - 10.0**-k for k in range(2, 17)} | {1 - 2.0**-53}
)
ys = sorted(
    {-(10.0**k) for k in range(-300, 225, 25)} | {-0.6931471805599453, -0.69314718, -0.7, -0.5, -0.1, -0.0770, -0.0779, -0.01, -1e-9}
    | {-2.5, -2.6, -5.0, -24.9, -25.1, -100.0, -700.0, -727.0, -728.0, -729.0, -745.0, -1000.0, -1e4, -1e6}
)
intervals = [
    (-1.0, 1.0), (-0.001, 0.001), (0.2, 0.3), (3.0, 3.5), (-8.0, -7.9), (12.0, 13.0), (-0.5, 6.0), (-30.0, -29.0),
    (-1e-9, 1e-9), (0.3, 0.3 + 2.0**-30), (3.0, 3.0 + 2.0**-40), (-30.0, -30.0 + 2.0**-20), (-0.66, 0.6), (-0.7, 0.6),
    (0.0, 0.5), (0.5, 0.62), (1.0, 1.0601), (1.0, 1.0599), (30.0, 30.002), (30.0, 30.00201), (-1e4, -9999.0), (5.0, 40.0), (-40.0, 9.0),
]
quantiles = [(q, a, b) for q in (1e-6, 0.01, 0.5, 0.99) for a, b in intervals[:8]]
out = {
    "mpmath": mpmath.__version__,
    "log_ndtr": [[x, float(log_ndtr(x))] for x in xs],
    "ndtr": [[x, float(1 - tail(mpf(x)) if x > 0 else tail(-mpf(x)))] for x in xs if x > -37.5],
    "ndtri": [[p, float(ndtri(p))] for p in ps],
    "ndtri_exp": [[y, float(ndtri_exp(y))] for y in ys],
    "log_gauss_mass": [[a, b, float(mpmath.log(mass(a, b)))] for a, b in intervals],
    "quantile": [
        [q, a, b, float(-ndtri_exp(mpmath.log(tail(mpf(b)) + (1 - mpf(q)) * mass(a, b))) if a > 0
                        else ndtri_exp(mpmath.log(tail(-mpf(a)) + mpf(q) * mass(a, b))))]
        for q, a, b in quantiles
    ],
}
path = pathlib.Path(__file__).parent / "normal-distribution.golden.json"
path.write_text(json.dumps(out) + "\n")
