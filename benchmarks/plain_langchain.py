"""The plain LangChain way, for comparison: what a tutorial would do with the same weights.

PyPDFLoader, a recursive splitter of 1,000 characters with 200 overlap, HuggingFaceEmbeddings,
Chroma, the four nearest chunks. No page labels, no sentences, no lexical search, no reranking.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", ANONYMIZED_TELEMETRY="False")

TOP = 4


def read(files: Sequence[Path]) -> list[Any]:
    """Return one LangChain document a page."""
    from langchain_community.document_loaders import PyPDFLoader

    return [page for file in files for page in PyPDFLoader(str(file)).load()]


def split(pages: Sequence[Any]) -> list[Any]:
    """Return chunks of at most 1,000 characters, 200 of them overlapping."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return list(splitter.split_documents(pages))


def embeddings(model: Path) -> Any:
    """Load the weights in ``model`` and return LangChain's embeddings over them."""
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"})


def store(chunks: Sequence[Any], model: Any, folder: Path) -> Any:
    """Embed the chunks into a Chroma store in ``folder`` and return it."""
    from langchain_chroma import Chroma

    return Chroma.from_documents(list(chunks), model, persist_directory=str(folder))


def search(chroma: Any, question: str) -> list[Any]:
    """Return the nearest chunks."""
    return list(chroma.similarity_search(question, k=TOP))
