from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from gendergpt.embedding.adapter import Adapter, Correction, asking, attach, load
from gendergpt.errors import ModelUnavailable

WIDTH, RANK = 16, 2
QUERY = "encoder.layer.1.attention.self.query"
IDS = torch.tensor([[1, 5, 7, 2]])


@pytest.fixture
def network() -> BertModel:
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=20,
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
    )
    made = BertModel(shape, add_pooling_layer=False)
    made.train(False)
    return made


def adapter(inwards: int = WIDTH, name: str = QUERY) -> Adapter:
    torch.manual_seed(1)
    return {name: Correction(torch.randn(RANK, inwards), torch.randn(WIDTH, RANK))}


@torch.inference_mode()
def encoded(network: BertModel) -> torch.Tensor:
    states: torch.Tensor = network(input_ids=IDS).last_hidden_state
    return states


def test_passages_are_encoded_by_the_frozen_weights(network: BertModel) -> None:
    before = encoded(network)
    attach(adapter(), network)
    assert torch.equal(encoded(network), before)


def test_questions_take_the_correction_and_only_they(network: BertModel) -> None:
    before = encoded(network)
    attach(adapter(), network)
    with asking():
        asked = encoded(network)
    assert not torch.allclose(asked, before)
    assert torch.equal(encoded(network), before)


def test_the_correction_is_the_product_of_its_two_matrices(network: BertModel) -> None:
    made = adapter()
    attach(made, network)
    with asking():
        asked = encoded(network)
    layer = network.get_submodule(QUERY)
    assert isinstance(layer, torch.nn.Linear)
    with torch.no_grad():
        layer.weight += made[QUERY].up @ made[QUERY].down
    assert torch.allclose(encoded(network), asked, atol=1e-5)


def test_another_thread_is_not_asking(network: BertModel) -> None:
    before = encoded(network)
    attach(adapter(), network)
    results: list[torch.Tensor] = []
    with asking():
        other = threading.Thread(target=lambda: results.append(encoded(network)))
        other.start()
        other.join()
    assert torch.equal(results[0], before)


def test_the_state_ends_with_the_block_even_after_an_error(network: BertModel) -> None:
    before = encoded(network)
    attach(adapter(), network)
    with pytest.raises(ZeroDivisionError), asking():
        raise ZeroDivisionError
    assert torch.equal(encoded(network), before)


def test_corrections_follow_the_precision_of_the_network(network: BertModel) -> None:
    network.bfloat16()
    attach(adapter(), network)
    with asking():
        assert encoded(network).dtype is torch.bfloat16


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (adapter(inwards=WIDTH + 1), "does not fit"),
        (adapter(name="encoder.layer.9.output.dense"), "which the model lacks"),
        (adapter(name="embeddings.word_embeddings"), "which the model lacks"),
    ],
)
def test_an_adapter_of_another_model_is_refused_whole(
    network: BertModel, wrong: Adapter, says: str
) -> None:
    before = encoded(network)
    with pytest.raises(ModelUnavailable, match=says) as caught:
        attach(adapter() | wrong, network)
    assert "make setup" in str(caught.value)
    with asking():
        assert torch.equal(encoded(network), before)


def test_a_file_is_read_back(network: BertModel, tmp_path: Path) -> None:
    made = adapter()
    path = tmp_path / "adapter.safetensors"
    save_file({f"{QUERY}.down": made[QUERY].down, f"{QUERY}.up": made[QUERY].up}, path)
    read = load(path)
    assert torch.equal(read[QUERY].up, made[QUERY].up)
    assert torch.equal(read[QUERY].down, made[QUERY].down)


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"no tensors",
        {},
        {"a.down": torch.zeros(1, 2)},
        {"a.down": torch.zeros(1, 2), "a.up": torch.zeros(2, 1), "a.bias": torch.zeros(2)},
    ],
)
def test_what_is_no_adapter_is_named_with_the_way_out(
    content: bytes | dict[str, torch.Tensor] | None, tmp_path: Path
) -> None:
    path = tmp_path / "adapter.safetensors"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        save_file(content, path)
    with pytest.raises(ModelUnavailable, match=r"adapter\.safetensors.*make setup"):
        load(path)
