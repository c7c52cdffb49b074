"""The real encoder: its weights are the official ones, its vectors what they should be."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from gendergpt import embedding
from gendergpt.embedding import (
    DEFAULT,
    Encoder,
    SentenceTransformerEncoder,
    fingerprint,
    has_bf16,
    model_folder,
)
from gendergpt.errors import ModelUnavailable, UnavailableError

SENTENCES = [
    "Women officers search women travellers.",
    "Body searches are carried out by officers of the same sex, para. 27.",
    "Cross-border trade.",
    "Ein kurzer Satz über Grenzbeamtinnen.",
]


def linked_model(folder: Path) -> Path:
    """A copy of the default model whose weights are a link."""
    source = model_folder(DEFAULT)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(source / "model.safetensors")
    return folder


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a copy of the model that passes for the installed one."""
    package = tmp_path / "a_model_of_ours"
    package.mkdir()
    (package / "__init__.py").write_text("")
    linked_model(package / "model")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(embedding, "_DEFAULT_PACKAGE", "a_model_of_ours")
    monkeypatch.delitem(sys.modules, "a_model_of_ours", raising=False)
    return package / "model"


def test_the_installed_weights_are_the_official_ones(encoder: Encoder) -> None:
    assert encoder.name == DEFAULT
    assert encoder.fingerprint == fingerprint(model_folder(DEFAULT))
    assert encoder.fingerprint.startswith("53aa51172d14")


def test_the_packages_own_copy_is_accepted(packaged: Path) -> None:
    assert model_folder(DEFAULT) == packaged
    assert SentenceTransformerEncoder().fingerprint.startswith("53aa51172d14")


def test_altered_weights_are_refused(packaged: Path) -> None:
    weights = packaged / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="not the official ones") as caught:
        SentenceTransformerEncoder()
    assert "Reinstall" in str(caught.value)
    local = SentenceTransformerEncoder(str(packaged))
    assert not local.fingerprint.startswith("53aa51172d14"), "by path it is a model of its own"


def test_a_model_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_DEFAULT_PACKAGE", "no_such_model_here")
    with pytest.raises(ModelUnavailable, match="make setup"):
        SentenceTransformerEncoder()


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    for folder in (tmp_path / "missing", tmp_path):
        with pytest.raises(ModelUnavailable, match=r"modules\.json"):
            SentenceTransformerEncoder(str(folder))
    (tmp_path / "modules.json").write_text("[]")
    with pytest.raises(ModelUnavailable, match="no weights"):
        SentenceTransformerEncoder(str(tmp_path))
    assert issubclass(ModelUnavailable, UnavailableError)


def test_a_damaged_model_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    folder = linked_model(tmp_path / "model")
    (folder / "modules.json").write_text("{}")
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        SentenceTransformerEncoder(str(folder)).load()


def test_the_shape_of_an_encoding(encoder: Encoder) -> None:
    encodings = encoder.encode(SENTENCES, "document")
    assert len(encodings) == len(SENTENCES)
    for text, encoding in zip(SENTENCES, encodings, strict=True):
        assert encoding.vector.shape == (384,)
        assert encoding.vector.dtype == np.float32
        assert np.linalg.norm(encoding.vector) == pytest.approx(1, abs=1e-4)
        count = len(encoding.starts)
        assert encoding.tokens.shape == (count, 384)
        assert encoding.ends.shape == (count,)
        np.testing.assert_allclose(np.linalg.norm(encoding.tokens, axis=1), 1, atol=1e-3)
        covered = {
            index
            for start, end in zip(encoding.starts, encoding.ends, strict=True)
            for index in range(start, end)
        }
        assert covered == {index for index, c in enumerate(text) if not c.isspace()}


def test_the_order_and_the_batch_change_nothing(encoder: Encoder) -> None:
    texts = [f"{SENTENCES[n % 4]} {'more words ' * (n % 7)}{n}" for n in range(70)]
    together = encoder.encode(texts, "document")
    for index in (0, 33, 69):
        alone = encoder.encode([texts[index]], "document")[0]
        assert float(alone.vector @ together[index].vector) > 0.999
        assert alone.starts.tolist() == together[index].starts.tolist()
    assert encoder.encode([], "query") == []


def test_meaning(encoder: Encoder) -> None:
    vectors = [e.vector for e in encoder.encode([*SENTENCES[:3], "Female guards frisk females."],
                                                "document")]  # fmt: skip
    assert vectors[3] @ vectors[0] > vectors[3] @ vectors[2] + 0.2


def test_text_beyond_the_window_is_left_out(encoder: Encoder) -> None:
    text = "officers " * 1000
    encoding = encoder.encode([text], "document")[0]
    assert len(encoding.starts) < 260
    assert encoding.ends.max() < len(text)


def test_text_without_a_token(encoder: Encoder) -> None:
    for text in ("", " ", "\u200b"):
        encoding = encoder.encode([text], "query")[0]
        assert encoding.tokens.shape == (0, 384)
        assert np.isfinite(encoding.vector).all()


def test_a_model_in_a_folder_and_its_prompts(tmp_path: Path, encoder: Encoder) -> None:
    folder = linked_model(tmp_path / "our model")
    config = folder / "config_sentence_transformers.json"
    record = json.loads(config.read_text())
    prompts = {"query": "query: ", "passage": "passage: "}
    config.write_text(json.dumps(record | {"prompts": prompts}))
    local = SentenceTransformerEncoder(str(folder))
    assert local.name == "our model"
    assert local.fingerprint == encoder.fingerprint
    text = SENTENCES[0]
    for role, prompt in (("query", "query: "), ("document", "passage: ")):
        found = local.encode([text], "query" if role == "query" else "document")[0]
        plain = encoder.encode([prompt + text], "document")[0]
        assert float(found.vector @ plain.vector) > 0.9999
        assert text[found.starts[0] : found.ends[0]] == "Women", "the prompt has no tokens"
        assert len(found.starts) == len(encoder.encode([text], "document")[0].starts)


@pytest.mark.skipif(not has_bf16(), reason="this processor does not compute in bf16")
def test_bf16_and_fp32_agree(encoder: Encoder) -> None:
    exact = SentenceTransformerEncoder(precision="fp32")
    for a, b in zip(
        exact.encode(SENTENCES, "document"), encoder.encode(SENTENCES, "document"), strict=True
    ):
        assert float(a.vector @ b.vector) > 0.999
        assert np.einsum("ij,ij->i", a.tokens, b.tokens).min() > 0.99
