"""What is said about the sources, and what is made of them."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1]
pytestmark = [pytest.mark.tools, pytest.mark.timeout(240)]


def run(*command: str | Path, cwd: Path = PACKAGE) -> str:
    outcome = subprocess.run([sys.executable, *map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.mark.parametrize("script", ["generate_engine_errors.py", "derive_sync.py"])
def test_generated_files_are_fresh(script: str) -> None:
    run(f"scripts/{script}", "--check")


def test_ruff_finds_nothing() -> None:
    run("-m", "ruff", "check", "--no-cache", ".")
    run("-m", "ruff", "format", "--no-cache", "--check", ".")


def test_mypy_finds_nothing() -> None:
    run("-m", "mypy", f"--cache-dir={Path(sys.prefix) / 'mypy-cache'}")


def test_wheel_and_sdist_install_into_a_clean_environment(tmp_path: Path) -> None:
    run("-m", "hatchling", "build", "--directory", tmp_path / "dist")
    sdist, wheel = sorted((tmp_path / "dist").iterdir(), key=lambda path: path.suffix)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {path.relative_to(PACKAGE / "src").as_posix() for path in (PACKAGE / "src").rglob("*") if path.is_file()}
    assert {name for name in names if name.startswith("pgque/")} == {
        name for name in sources if "__pycache__" not in name
    }
    assert "pgque/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("/src/pgque/py.typed") for name in archive.getnames())
    # What it depends on was downloaded with the tools, and what a source distribution is built with is one of them.
    quiet = ["--no-index", "--quiet", "--disable-pip-version-check"]
    built = tmp_path / "built"
    run("-m", "pip", "wheel", *quiet, "--no-build-isolation", "--no-deps", f"--wheel-dir={built}", sdist)
    links = [f"--find-links={folder}" for folder in (tmp_path / "dist", Path(sys.prefix) / "wheels")]
    for number, package in enumerate((["--pre", "pgque-py"], ["pgque-py==0.2.0rc1"], [str(*built.iterdir())])):
        clean = tmp_path / f"clean-{number}"
        python = clean / "bin" / "python"
        run("-m", "venv", "--without-pip", clean)
        run("-m", "pip", "--python", python, "install", *quiet, *links, "psycopg-binary", *package)
        program = (
            "import importlib.metadata, pgque; pgque.connect, pgque.Consumer, pgque.AsyncConsumer;"
            "print(importlib.metadata.version('pgque-py'))"
        )
        outcome = subprocess.run(
            [python, "-I", "-W", "error", "-c", program], capture_output=True, text=True, check=True
        )
        assert outcome.stdout == "0.2.0rc1\n"
