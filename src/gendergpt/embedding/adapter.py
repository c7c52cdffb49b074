"""A low-rank adapter of the encoder that works on questions only.

Hu and others, "LoRA: low-rank adaptation of large language models", ICLR 2022. Passages go through
the frozen weights, questions through the same weights with a small correction, so one copy of the
model serves both. Whether a text asks is kept by thread: a question and an ingest may run side by
side. Importing this module imports torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch.nn.functional import linear
from transformers import BertModel

from gendergpt.errors import ModelUnavailable

_WAY_OUT = "Install GenderGPT again (`make setup`), or use the model that it was trained for."
_asking: ContextVar[bool] = ContextVar("asking", default=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """What is added to one linear layer's weights: ``up`` (out, rank) times ``down`` (rank, in)."""

    down: torch.Tensor
    up: torch.Tensor


Adapter = dict[str, Correction]
"""Corrections by the name of the linear layer within the network."""


def load(path: Path) -> Adapter:
    """Read an adapter: a safetensors file with ``NAME.down`` and ``NAME.up`` for each layer.

    Raises:
        ModelUnavailable: the file is missing or no such file, or holds something else.
    """
    try:
        tensors = load_file(path)
        names = sorted({name.rpartition(".")[0] for name in tensors})
        adapter = {
            name: Correction(tensors.pop(f"{name}.down"), tensors.pop(f"{name}.up"))
            for name in names
        }
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelUnavailable(f"The adapter {path} cannot be read: {error}. {_WAY_OUT}") from error
    if tensors or not adapter:
        raise ModelUnavailable(f"{path} is not an adapter's file. {_WAY_OUT}")
    return adapter


def attach(adapter: Adapter, network: BertModel) -> None:
    """Make a network take the corrections for what it encodes under :func:`asking`.

    Call it when the network has its final precision; the corrections are kept in the same.

    Raises:
        ModelUnavailable: a layer is not there, or has another shape. Nothing is attached then.
    """
    layers = dict(network.named_modules())
    for name, correction in adapter.items():
        _check(name, correction, layers.get(name))
    for name, correction in adapter.items():
        down, up = correction.down.to(network.dtype), correction.up.to(network.dtype)
        layers[name].register_forward_hook(_hook(down, up))


def _check(name: str, correction: Correction, layer: torch.nn.Module | None) -> None:
    if not isinstance(layer, torch.nn.Linear):
        raise ModelUnavailable(f"The adapter corrects {name}, which the model lacks. {_WAY_OUT}")
    (rank, inwards), (outwards, same) = correction.down.shape, correction.up.shape
    if (outwards, inwards) != tuple(layer.weight.shape) or rank != same:
        raise ModelUnavailable(
            f"The adapter's shape at {name} ({outwards} × {same} × {rank} × {inwards}) does not "
            f"fit the model's layer ({' × '.join(map(str, layer.weight.shape))}). {_WAY_OUT}"
        )


def _hook(down: torch.Tensor, up: torch.Tensor) -> Any:
    def corrected(
        module: torch.nn.Module, inputs: tuple[torch.Tensor], output: torch.Tensor
    ) -> torch.Tensor:
        if not _asking.get():
            return output
        return output + linear(linear(inputs[0], down), up)

    return corrected


@contextmanager
def asking() -> Iterator[None]:
    """Let what this thread encodes meanwhile go through the corrections."""
    before = _asking.set(True)
    try:
        yield
    finally:
        _asking.reset(before)
