"""A file of every dtype that is read, written by the reference implementation.

    python3 generate.py      # rewrites reference.safetensors beside this file and prints the values

Made with safetensors 0.8.0 and numpy 2.4.
"""
import os

import numpy
from safetensors.numpy import save_file

TENSORS = {
    "half": numpy.array([[0.1, -2.5, 65504.0], [6e-8, 0.0, 1 / 3]], dtype=numpy.float16),
    "single": numpy.array([0.1, -1e-40, 3.4e38], dtype=numpy.float32),
    "double": numpy.array([[1 / 3], [-1e-3]], dtype=numpy.float64),
    "bn1.num_batches_tracked": numpy.array(12345, dtype=numpy.int64),
    "empty": numpy.zeros((0, 4), dtype=numpy.float32),
}

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.safetensors")
save_file(TENSORS, path, metadata={"format": "pt", "note": 'quotes " and ünïcode'})
for name, values in TENSORS.items():
    print(name, values.shape, values.astype(numpy.float32).ravel().tolist())
