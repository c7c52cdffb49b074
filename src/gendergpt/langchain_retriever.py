"""The library as a LangChain retriever, for chains and agents built elsewhere.

>>> from gendergpt.langchain_retriever import LibraryRetriever  # doctest: +SKIP
>>> LibraryRetriever(assistant=build_assistant(settings)).invoke("searches")  # doctest: +SKIP
"""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from gendergpt.assistant import Assistant
from gendergpt.references import basis_of, whereabouts, whose
from gendergpt.types import Filters, Hit


class LibraryRetriever(BaseRetriever):
    """Returns the best passages as LangChain documents.

    ``metadata`` holds ``source`` (whose words), ``place`` (both page numbers or the section),
    ``document_id``, ``passage_id``, ``kind``, ``rank`` and ``score``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    limit: int = 4
    filters: Filters | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        hits = self.assistant.search(query, self.limit, self.filters)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> LangChainDocument:
    passage, document = hit.passage, hit.document
    return LangChainDocument(
        page_content=passage.text,
        metadata={
            "source": whose(document, basis_of(document, passage.heading)),
            "place": whereabouts(hit),
            "document_id": document.id,
            "passage_id": passage.id,
            "kind": str(document.kind),
            "rank": hit.rank,
            "score": hit.score,
        },
    )
