"""The plain LangChain way, for comparison: what a tutorial would do with the same weights.

PyPDFLoader, a recursive splitter of 1,000 characters with 200 overlap, HuggingFaceEmbeddings over
all-MiniLM-L6-v2 in fp32, Chroma, similarity search. No page labels, no sentences, no lexical
search, no reranking, and something comes back for every question.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gendergpt.embedding import MINILM, source
from gendergpt.errors import UnavailableError
from gendergpt.evaluation.libraries import Material

TOP = 4
_NEEDED = ("langchain_chroma", "langchain_community", "langchain_huggingface")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk that was found.

    ``document`` is the set's id; ``start`` and ``end`` count in the text of a document that was
    given as text (its title left out), ``page`` is that of a PDF, from 1.
    """

    document: str
    text: str
    start: int
    end: int
    page: int | None


class Plain:
    """A set in a store of its own, made the plain way.

    Args:
        store: LangChain's Chroma.
    """

    def __init__(self, store: Any) -> None:
        self._store = store

    def search(self, text: str, limit: int = TOP, document: str | None = None) -> list[Chunk]:
        """Return the nearest chunks, of one document of the set or of all."""
        only = {"document": document} if document is not None else None
        found = self._store.similarity_search(text, k=limit, filter=only)
        return [_chunk(each) for each in found]


def missing() -> list[str]:
    """Return what has to be installed before the plain way can be measured."""
    return [name.replace("_", "-") for name in _NEEDED if find_spec(name) is None]


def require() -> None:
    """Check that LangChain's packages are there.

    Raises:
        UnavailableError: one is not installed.
    """
    if missing():
        raise UnavailableError(
            f"Comparing with the plain LangChain way needs {', '.join(missing())}. "
            "Install it with: pip install 'gendergpt[eval]', or leave it out with --no-plain."
        )


def make(material: Material, folder: Path) -> Plain:
    """Split and embed a set into a store in ``folder``, or open the one that is there.

    Raises:
        UnavailableError: LangChain's packages are not installed.
    """
    require()
    model = embeddings(source(MINILM).path)
    done = folder / "done"
    if done.is_file():
        from langchain_chroma import Chroma

        return Plain(Chroma(embedding_function=model, persist_directory=str(folder)))
    made = store(split(_texts(material) + read(material.files)), model, folder)
    done.touch()
    return Plain(made)


def read(files: Sequence[Path]) -> list[Any]:
    """Return one LangChain document a page of PDF files; text files are one document each."""
    quiet()
    from langchain_community.document_loaders import PyPDFLoader, TextLoader

    pages = []
    for file in files:
        loader = PyPDFLoader if file.suffix.lower() == ".pdf" else TextLoader
        for page in loader(str(file)).load():
            page.metadata["document"] = file.stem
            pages.append(page)
    return pages


def split(pages: Sequence[Any]) -> list[Any]:
    """Return chunks of at most 1,000 characters, 200 of them overlapping."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=1000, chunk_overlap=200, add_start_index=True
    )
    return list(splitter.split_documents(pages))


def embeddings(model: Path) -> Any:
    """Load the weights in ``model`` and return LangChain's embeddings over them."""
    quiet()
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"})


def store(chunks: Sequence[Any], model: Any, folder: Path) -> Any:
    """Embed the chunks into a Chroma store in ``folder`` and return it."""
    from langchain_chroma import Chroma

    return Chroma.from_documents(list(chunks), model, persist_directory=str(folder))


def quiet() -> None:
    """Keep the libraries from asking the network for anything."""
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", ANONYMIZED_TELEMETRY="False")


def _texts(material: Material) -> list[Any]:
    from langchain_core.documents import Document

    texts = []
    for each in material.documents:
        title = f"{each.title}\n\n" if each.title else ""
        metadata = {"document": each.id, "title_length": len(title)}
        texts.append(Document(page_content=title + each.text, metadata=metadata))
    return texts


def _chunk(found: Any) -> Chunk:
    about = found.metadata
    start = about["start_index"] - about.get("title_length", 0)
    page = about["page"] + 1 if "page" in about else None
    text = str(found.page_content)
    return Chunk(str(about["document"]), text, start, start + len(text), page)
