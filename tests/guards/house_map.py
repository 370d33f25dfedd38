"""Draws docs/map.md from the first line of each file: `.venv/bin/python -m tests.guards.house_map` rewrites it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs" / "map.md"
HEAD = """# The map of the house

Generated from the first line of each file by `.venv/bin/python -m tests.guards.house_map`; do not edit.
Floors, from top to bottom, are in `pyproject.toml` (import-linter) and explained in the README.
"""


@cache
def first_line(path: Path) -> str:
    """The first line of the module docstring, empty when there is none."""
    words = ast.get_docstring(ast.parse(path.read_text())) or ""
    return words.partition("\n")[0].strip()


def python_files() -> list[Path]:
    """Every file of ours that has code, sorted by folder."""
    folders = [ROOT / "hub"]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    return [ROOT / "config.py", ROOT / "worker.py", *sorted(files)]


def draw() -> str:
    lines = [HEAD]
    folder = None
    for path in python_files():
        parent = path.parent.relative_to(ROOT)
        if parent != folder:
            folder = parent
            init = path.parent / "__init__.py"
            title = f" – {first_line(init)}" if init.exists() else ""
            lines.append(f"\n## {'/' if str(parent) == '.' else str(parent) + '/'}{title}\n")
        if path.name != "__init__.py":
            lines.append(f"- `{path.name}` {first_line(path)}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(draw())
