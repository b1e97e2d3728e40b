"""Writes src/pgque/_engine_errors.py from the engine's registry of SQLSTATEs. With --check it only compares."""

import json
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
TARGET = PACKAGE / "src/pgque/_engine_errors.py"
REGISTRY = PACKAGE / "../../sql/errors.json"

HEAD = '''"""The errors of the engine. Generated from sql/errors.json by scripts/generate_engine_errors.py."""

from __future__ import annotations

from ._pgque_error import PgqueError
'''


def class_name(name: str) -> str:
    """`queue_not_found` is raised as `QueueNotFoundError`."""
    return "".join(word.capitalize() for word in name.split("_")) + "Error"


def generate() -> str:
    """The text of the module."""
    errors = json.loads(REGISTRY.read_text(encoding="utf-8"))
    classes = [
        f"class {class_name(error['name'])}(PgqueError):\n"
        f'    """{error["meaning"]}\n\n    SQLSTATE {error["code"]}.\n    """\n\n'
        f'    default_code = "{error["name"]}"\n'
        for error in errors
    ]
    table = "".join(f'    "{error["code"]}": {class_name(error["name"])},\n' for error in errors)
    by_sqlstate = f"ENGINE_ERRORS: dict[str, type[PgqueError]] = {{\n{table}}}\n"
    return "\n\n".join([HEAD, *classes, by_sqlstate])


def main() -> None:
    """Write the file, or compare it."""
    if "--check" not in sys.argv:
        TARGET.write_text(generate(), encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != generate():
        sys.exit(f"{TARGET.name} is stale: run python scripts/generate_engine_errors.py in packages/python.")


if __name__ == "__main__":
    main()
