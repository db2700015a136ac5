"""Writes pil-resize.golden.json: what torchvision's preparation on PIL pictures (Resize, CenterCrop) makes of a test picture.

Run: python3 test/golden/pil-resize/generate.py. The picture is a formula, so that the test can draw it again.
"""
import json
import os

import PIL
import torchvision
from PIL import Image

CASES = [  # height, width, resize, crop: shrinking, enlarging, odd slack, extreme sides, nothing to do
    (61, 83, 24, 20),
    (96, 64, 20, 15),
    (12, 17, 24, 22),
    (50, 211, 16, 16),
    (18, 18, 18, 18),
    (12, 17, 24, 24),
    (61, 45, 14, 14),
    (40, 30, 13, 8),
]


def picture(height, width):
    image = Image.new("RGB", (width, height))
    pixels = image.load()
    for y in range(height):
        for x in range(width):
            pixels[x, y] = tuple((x * (7 + 4 * c) + y * (13 - 3 * c) + (x * y) % (17 + c)) % 256 for c in range(3))
    return image


def prepared(height, width, resize, crop):
    resized = torchvision.transforms.Resize(resize)(picture(height, width))
    return list(torchvision.transforms.CenterCrop(crop)(resized).tobytes())


cases = [
    {"height": h, "width": w, "resize": r, "crop": c, "pixels": prepared(h, w, r, c)} for h, w, r, c in CASES
]
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pil-resize.golden.json")
with open(target, "w") as file:
    json.dump({"pillow": PIL.__version__, "torchvision": torchvision.__version__, "cases": cases}, file)
    file.write("\n")
