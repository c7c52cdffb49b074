"""Settings come from arguments or the environment; what is unknown or impossible is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gendergpt.errors import GenderGPTError, SettingsError, UsageError
from gendergpt.settings import Settings


def test_defaults() -> None:
    settings = Settings()
    assert settings.library == Path("library")
    assert settings.encoder == "multilingual-e5-small"
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)


def test_environment_and_arguments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENDERGPT_LIBRARY", str(tmp_path / "from the environment"))
    monkeypatch.setenv("GENDERGPT_PORT", "8000")
    assert Settings().library == tmp_path / "from the environment"
    assert Settings().port == 8000
    assert Settings(library=tmp_path).library == tmp_path, "an argument wins"


def test_downloads_are_in_the_library_or_elsewhere(tmp_path: Path) -> None:
    assert Settings(library=tmp_path).download_folder == tmp_path / "downloads"
    assert Settings(downloads=tmp_path / "x").download_folder == tmp_path / "x"


def test_an_unknown_key_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(SettingsError, match=r"no setting 'libary'.*library.*encoder"):
        Settings(libary="x")


@pytest.mark.parametrize(
    ("key", "value"),
    [("port", 70_000), ("port", -1), ("port", "http"), ("precision", "fp8"), ("read_seconds", 0),
     ("read_megabytes", 10), ("lock_seconds", -1), ("fetch_megabytes", 0),
     ("fetch_silence_seconds", 0), ("fetch_minutes", -1), ("fetch_attempts", 0)],
)  # fmt: skip
def test_impossible_values_are_refused(key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"'{key}' = "):
        Settings(**{key: value})


def test_an_impossible_value_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENDERGPT_PORT", "http")
    with pytest.raises(SettingsError, match=r"'port' = 'http'"):
        Settings()


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_the_errors_form_a_tree() -> None:
    assert issubclass(SettingsError, UsageError)
    assert issubclass(UsageError, GenderGPTError)
