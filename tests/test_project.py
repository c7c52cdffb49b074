"""The project's own files agree with one another."""

from __future__ import annotations

import ast
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Written in two parts, so that this file does not hold what it looks for.
REGISTRIES = re.compile(rb"pypi\." rb"org|files\.python" rb"hosted|registry\.npm" rb"js")
MACHINE_PATHS = re.compile(rb"(?<![\w.~-])/(?:work|ro" rb"ot)/|/\.lib" rb"rary")


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _changelog_version() -> str:
    heads: list[str] = re.findall(
        r"^## \[(\d[^\]]*)\] - \d{4}-\d{2}-\d{2}$", _text("CHANGELOG.md"), re.M
    )
    return heads[0]


def _files() -> Iterator[Path]:
    """Yield every file that is tracked by git or would be by ``git add``."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    for name in listing.decode().split("\0"):
        if name and (ROOT / name).is_file():
            yield ROOT / name


def test_version_is_the_same_everywhere() -> None:
    declared = tomllib.loads(_text("pyproject.toml"))["project"]["version"]
    assert _changelog_version() == declared
    assert version("gendergpt") == declared, "run `make setup`"


@pytest.mark.parametrize("forbidden", [REGISTRIES, MACHINE_PATHS], ids=["registries", "paths"])
def test_no_file_names_a_registry_or_a_machine(forbidden: re.Pattern[bytes]) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in _files()
        if (match := forbidden.search(path.read_bytes()))
    ]
    assert not found


def test_every_constraint_is_exact_and_torch_is_pinned() -> None:
    lines = [line for line in _text("constraints.txt").splitlines() if not line.startswith("#")]
    assert all(re.match(r"[A-Za-z0-9._-]+==[\w.]+(?:; .+)?$", line) for line in lines)
    assert [line for line in lines if line.startswith("torch==")] == ["torch==2.13.0"]


# Imported only where they are used, with an error that names the extra to install; some are not
# installed where tests run.
EXTRAS = ("eval", "bench")
# Looks at quotations a second time where it is installed; its licence keeps it out of the extras.
SECOND_LOOK = {"pymupdf"}


def _imported() -> set[str]:
    """Return the top-level names of all packages that the source imports."""
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"gendergpt"}


def test_every_imported_package_is_declared() -> None:
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    extras = [item for name in EXTRAS for item in project["optional-dependencies"][name]]
    names = SECOND_LOOK | {
        re.split(r"[<>=!~]", item)[0] for item in [*project["dependencies"], *extras]
    }
    distributions = packages_distributions()
    for package in _imported():
        found = distributions.get(package, [package])
        provided_by = {name.lower().replace("_", "-") for name in found}
        assert provided_by & names, f"{package} is imported and not in pyproject.toml"


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = {re.split(r"[<>=!~]", item)[0] for group in groups for item in group}
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in _text("constraints.txt").splitlines()
    }
    assert wanted <= pinned


@pytest.mark.parametrize("script", ["ingest.py", "app.py"])
def test_root_scripts_are_short_and_say_how_to_install(script: str) -> None:
    assert len(_text(script).splitlines()) < 15
    # -S leaves out site-packages: a Python in which GenderGPT is not installed.
    run = subprocess.run(
        [sys.executable, "-S", "-E", ROOT / script], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "run `make setup`" in run.stderr
    assert "Traceback" not in run.stderr


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = [line for line in _text(".ci/run").splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]


def test_make_help_lists_every_target() -> None:
    targets = re.search(r"^\.PHONY: (.+)$", _text("Makefile"), re.M)
    assert targets is not None
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"^make (\w+) +\S.+$", listed.stdout, re.M) == targets.group(1).split()


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_readme_names_both_commands(command: str) -> None:
    assert command in _text("README.md")


def _setup(folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run set-up with a Python of one's choice in a folder that has no environment."""
    (folder / "scripts").mkdir()
    for name in ("scripts/setup.sh", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder / name)
    command = ["env", f"PYTHON={python}", "sh", "scripts/setup.sh"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def _fake_python(folder: Path, body: str) -> str:
    path = folder / "fake-python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_setup_without_python_says_the_way_out(tmp_path: Path) -> None:
    run = _setup(tmp_path, "no-such-python")
    assert run.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in run.stderr
    assert "PYTHON=" in run.stderr


def test_setup_without_venv_module_says_the_way_out(tmp_path: Path) -> None:
    python = _fake_python(tmp_path, 'case "$2" in *ensurepip*) exit 1 ;; esac')
    run = _setup(tmp_path, python)
    assert run.returncode == 1
    assert "apt-get install python3-venv" in run.stderr


def _check_port(port: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts" / "check_port.py"), port]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_taken_port_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        run = _check_port(str(taken.getsockname()[1]))
    assert run.returncode == 3
    assert "make run PORT=" in run.stderr
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize("port", ["", "0", "65536", "web"])
def test_port_that_is_none_is_told_in_a_sentence(port: str) -> None:
    run = _check_port(port)
    assert run.returncode == 3
    assert "is no port" in run.stderr
