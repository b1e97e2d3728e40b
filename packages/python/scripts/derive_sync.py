"""Derives src/pgque/_sync from src/pgque/_async. With --check it only compares.

What cannot be derived stands in `platform.py` of either package, under the same names.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import unasync  # type: ignore[import-untyped]

PACKAGE = Path(__file__).parents[1]
SOURCE = PACKAGE / "src/pgque/_async"
TARGET = PACKAGE / "src/pgque/_sync"
BY_HAND = {"platform.py"}

HEAD = "# Generated from ../_async/{name} by scripts/derive_sync.py.\n"


def derive(folder: Path) -> None:
    """Write every derived file to a folder."""
    names = sorted(path.name for path in SOURCE.glob("*.py") if path.name not in BY_HAND)
    own = re.findall(
        r"^class (Async\w+)", "\n".join((SOURCE / name).read_text("utf-8") for name in names), re.MULTILINE
    )
    replacements = {name: name.removeprefix("Async") for name in [*own, "AsyncConnection", "AsyncCursor"]}
    replacements["asynccontextmanager"] = "contextmanager"
    rule = unasync.Rule(fromdir=f"{SOURCE}/", todir=f"{folder}/", additional_replacements=replacements)
    unasync.unasync_files([str(SOURCE / name) for name in names], [rule])
    for name in names:
        text = (folder / name).read_text("utf-8").replace("asynchronous", "synchronous")
        if name == "__init__.py":
            text = '"""The synchronous client and consumer."""\n'
        (folder / name).write_text(HEAD.format(name=name) + text, "utf-8")
    config = f"--config={PACKAGE / 'pyproject.toml'}"
    for command in (["check", "--fix-only", "--select=I,RET,SIM"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, config, "--quiet", str(folder)], check=True)


def main() -> None:
    """Write the files, or compare them."""
    if "--check" not in sys.argv:
        derive(TARGET)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        derive(folder)
        wanted = {path.name: path.read_text("utf-8") for path in folder.glob("*.py")}
    found = {path.name: path.read_text("utf-8") for path in TARGET.glob("*.py") if path.name not in BY_HAND}
    stale = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; run python scripts/derive_sync.py in packages/python.")


if __name__ == "__main__":
    main()
