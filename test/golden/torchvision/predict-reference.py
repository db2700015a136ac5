"""What torchvision makes of pictures with seeded weights: the reference of `retune predict`.

    python3 predict-reference.py ARCHITECTURE FOLDER PICTURE ...

Writes FOLDER/ARCHITECTURE.pth (a state_dict with 1000 classes), per picture FOLDER/<name>.f32 (the pixels after
torchvision's own transforms: float32, [3, 224, 224]), and prints the five first classes of each as JSON. The transforms
are those of the published weights: PIL's bilinear resize of the short side, centre crop, to [0, 1], normalised.
"""
import json
import os
import sys

import torch
import torchvision
from PIL import Image

architecture, folder, *pictures = sys.argv[1:]
torch.manual_seed(7)
network = torchvision.models.get_model(architecture, num_classes=1000).eval()
state = network.state_dict()
for name, value in state.items():
    # As after training: no two channels are normalised alike.
    if name.endswith(("running_mean", "running_var")):
        value.copy_(torch.rand_like(value) * 0.5 + (0.75 if name.endswith("var") else -0.25))
network.load_state_dict(state)
torch.save(state, os.path.join(folder, f"{architecture}.pth"))
weights = torchvision.models.get_model_weights(architecture).DEFAULT
transform = weights.transforms()
categories = weights.meta["categories"]
answers = []
for path in pictures:
    pixels = transform(Image.open(path).convert("RGB"))
    pixels.numpy().astype("<f4").tofile(os.path.join(folder, f"{os.path.basename(path)}.f32"))
    with torch.inference_mode():
        probabilities = network(pixels[None])[0].softmax(0)
    top = probabilities.topk(6)
    answers.append([[categories[index], float(value)] for value, index in zip(top.values, top.indices)])
print(json.dumps(answers))
