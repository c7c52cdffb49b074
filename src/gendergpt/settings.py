"""Settings, from arguments or the environment (``GENDERGPT_…``). Unknown keys are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from gendergpt.errors import SettingsError


class Settings(BaseSettings):
    """How GenderGPT works on this machine. Every field can be set as ``GENDERGPT_<FIELD>``.

    Raises:
        SettingsError: a key is unknown or a value is out of range; the message names it.
    """

    model_config = SettingsConfigDict(env_prefix="GENDERGPT_", extra="forbid", frozen=True)

    library: Path = Field(default=Path("library"), description="Folder that holds the library.")
    encoder: str = Field(
        default="multilingual-e5-small",
        description="'multilingual-e5-small' or 'all-MiniLM-L6-v2' (English only, faster; both "
        "come with the installation), or the folder of a sentence-transformers model.",
    )
    precision: str = Field(
        default="auto",
        pattern="^(auto|fp32|bf16)$",
        description="Number format of the encoder; auto takes bf16 where the processor has it.",
    )
    read_seconds: float = Field(
        default=120.0, gt=0, description="Longest time that reading one file may take."
    )
    read_megabytes: int = Field(
        default=2048, ge=256, description="Most memory that reading one file may take."
    )
    lock_seconds: float = Field(
        default=5.0, ge=0, description="How long a writer waits for another one to finish."
    )
    host: str = Field(default="127.0.0.1", description="Address of the web chat.")
    port: int = Field(default=7860, ge=0, le=65535, description="Port of the web chat.")
    downloads: Path | None = Field(
        default=None,
        description="Folder that `fetch` downloads to; by default 'downloads' in the library.",
    )
    fetch_megabytes: int = Field(
        default=200, ge=1, description="Largest publication that `fetch` downloads."
    )
    fetch_silence_seconds: float = Field(
        default=30.0, gt=0, description="How long `fetch` waits for a server that sends nothing."
    )
    fetch_minutes: float = Field(
        default=30.0, gt=0, description="Longest time that downloading one publication may take."
    )
    fetch_attempts: int = Field(
        default=4, ge=1, description="How often `fetch` tries again or goes on after a break."
    )
    keep_gaps: bool = Field(
        default=False,
        description="Keep questions that the library did not answer, for `gendergpt gaps` and the "
        "page /gaps, which everybody who can open the web chat can then open.",
    )

    shared_answers: int = Field(
        default=5000,
        ge=0,
        description="Most answers of the web chat that can be shared; 0 switches sharing off.",
    )

    @property
    def download_folder(self) -> Path:
        """The folder that ``fetch`` downloads to."""
        return (self.downloads or self.library / "downloads").expanduser()

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_explain(error)) from error


def _explain(error: ValidationError) -> str:
    problems = []
    for item in error.errors():
        name = ".".join(str(part) for part in item["loc"])
        if item["type"] == "extra_forbidden":
            known = ", ".join(Settings.model_fields)
            problems.append(f"there is no setting '{name}'; known settings: {known}")
        else:
            problems.append(f"setting '{name}' = {item['input']!r}: {item['msg']}")
    return "Settings cannot be used: " + "; ".join(problems) + "."
