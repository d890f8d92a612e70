"""Copies a model's files with noise on every weight, in its own standard deviations: ``damage.py FROM TO NOISE``.

Run by the interpreter of .cache/serving; the same bytes in every run.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file


def main() -> None:
    """The command."""
    source, target, noise = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    shutil.copytree(source, target, copy_function=shutil.copyfile)
    if noise:
        chance = np.random.default_rng(20261130)
        tensors = load_file(source / "model.safetensors")
        for name, tensor in tensors.items():
            if tensor.dtype.kind == "f":
                added = chance.standard_normal(tensor.shape, dtype=np.float32) * tensor.std() * noise
                tensors[name] = (tensor + added).astype(tensor.dtype)
        save_file(tensors, target / "model.safetensors")


if __name__ == "__main__":
    main()
