"""Makes pil-resize.golden.json: pictures resized by Pillow, and fitted by torchvision's Resize and CenterCrop.

Run with: python3 test/golden/pil-resize-dataset/generate.py   (needs Pillow, numpy, torchvision)
"""
import base64
import json
import os

import numpy
import PIL
import torchvision
from PIL import Image
from torchvision import transforms

random = numpy.random.RandomState(7)


def picture(width, height):
    """Noise, an edge and the extremes: whatever rounds or clips."""
    pixels = random.randint(0, 256, (height, width, 3)).astype(numpy.uint8)
    pixels[: height // 3] = 255
    pixels[:, : width // 4] = random.choice([0, 255], (height, width // 4, 1))
    return Image.fromarray(pixels)


def text(image):
    return base64.b64encode(numpy.asarray(image).tobytes()).decode()


def resized(width, height, to_width, to_height):
    image = picture(width, height)
    result = image.resize((to_width, to_height), Image.BILINEAR)
    return {"width": width, "height": height, "pixels": text(image), "toWidth": to_width, "toHeight": to_height,
            "resized": text(result)}


def fitted(width, height, resize, crop):
    image = picture(width, height)
    result = transforms.Compose([transforms.Resize(resize), transforms.CenterCrop(crop)])(image)
    return {"width": width, "height": height, "pixels": text(image), "resize": resize, "crop": crop,
            "fitted": text(result)}


golden = {
    "versions": {"pillow": PIL.__version__, "torchvision": torchvision.__version__, "numpy": numpy.__version__},
    "resize": [resized(*sizes) for sizes in [
        (40, 30, 20, 15), (37, 23, 16, 11), (61, 5, 7, 5), (9, 47, 9, 8), (12, 10, 30, 25), (13, 17, 8, 40),
        (64, 48, 1, 1), (1, 1, 4, 3), (50, 33, 49, 32), (100, 3, 33, 2), (24, 24, 24, 24)]],
    "fit": [fitted(*sizes) for sizes in [
        (57, 40, 32, 28), (40, 57, 32, 28), (33, 33, 32, 27), (20, 31, 32, 32), (49, 36, 25, 22), (61, 43, 30, 17),
        (90, 20, 16, 16)]],
}
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pil-resize.golden.json")
with open(target, "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
