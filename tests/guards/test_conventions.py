"""What reviewers forget: commits, time, environment, sizes, first lines, names, owners of rows."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.guards import measure_list
from tests.guards.house_map import ROOT, TARGET, draw, first_line, python_files

FILE_LIMIT = 300
FUNCTION_LIMIT = 40
TEMPLATE_LIMIT = 120
VIEW_LIMIT = 15
BAD_NAMES = re.compile(r"(util|helper|manager|service)", re.IGNORECASE)
FILES = python_files()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@pytest.fixture(scope="module", autouse=True)
def code_is_read_once() -> Iterator[None]:
    """By the tests of this file, which run in one process: see tests/running/scheduling.py."""
    yield
    called_names.cache_clear()
    tree.cache_clear()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def called_names(path: Path) -> tuple[tuple[str, int], ...]:
    """Each call as its dotted name: `db.session.commit`, `datetime.now`."""
    return tuple(
        (dotted(node.func), node.lineno) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)
    )


def dotted(function: ast.expr) -> str:
    """As written, in a twentieth of what `ast.unparse` takes; what a call was given is left out: `session(…)`."""
    match function:
        case ast.Name():
            return function.id
        case ast.Attribute():
            return f"{dotted(function.value)}.{function.attr}"
        case ast.Call():
            return f"{dotted(function.func)}({'…' if function.args or function.keywords else ''})"
        case _:
            return "…"


def offenders(pattern: str, *, allowed: tuple[str, ...]) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in FILES
        if str(path.relative_to(ROOT)) not in allowed
        for name, line in called_names(path)
        if wanted.search(name)
    ]


def test_the_only_commit_is_in_core_db() -> None:
    assert offenders(r"session(\(\))?\.commit$", allowed=("hub/core/db.py",)) == []


def test_time_is_read_in_core_clock_only() -> None:
    read = r"(^|\.)(datetime\.now|datetime\.utcnow|date\.today|datetime\.today|time\.time)$"
    assert offenders(read, allowed=("hub/core/clock.py",)) == []


def test_there_is_no_now_in_sql() -> None:
    assert offenders(r"^func\.(now|current_timestamp)$", allowed=()) == []


def test_the_environment_is_read_in_config_only() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.name != "config.py" and re.search(r"\bos\.(environ|getenv)", path.read_text())
    ]
    assert found == []


def test_each_file_begins_with_what_it_is_for() -> None:
    assert [str(path) for path in FILES if not first_line(path)] == []


def test_the_map_is_current() -> None:
    assert TARGET.read_text() == draw(), "run .venv/bin/python -m tests.guards.house_map"


def test_the_list_of_figures_is_up_to_date() -> None:
    assert measure_list.TARGET.read_text() == measure_list.draw(), (
        "run .venv/bin/python -m tests.guards.measure_list"
    )


def test_files_and_functions_stay_small() -> None:
    long_files = [str(p) for p in FILES if len(p.read_text().splitlines()) > FILE_LIMIT]
    long_functions = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in FILES
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LIMIT
    ]
    assert (long_files, long_functions) == ([], [])


def test_views_stay_thin() -> None:
    found = []
    for path in sorted((ROOT / "hub" / "blueprints").glob("*.py")):
        for node in functions(path):
            is_view = any("blueprint." in ast.unparse(mark) for mark in node.decorator_list)
            docstring = 1 if ast.get_docstring(node) else 0
            length = (node.end_lineno or 0) - node.body[docstring if len(node.body) > 1 else 0].lineno + 1
            if is_view and length > VIEW_LIMIT:
                found.append(f"{path.name}:{node.name} {length}")
    assert found == []


def test_templates_stay_small() -> None:
    files = (ROOT / "hub" / "templates").rglob("*.html")
    assert [str(f) for f in files if len(f.read_text().splitlines()) > TEMPLATE_LIMIT] == []


def test_no_file_is_called_util_or_manager() -> None:
    assert [str(path) for path in FILES if BAD_NAMES.search(path.stem)] == []


def rows_by_room() -> dict[str, str]:
    """Model class → room that owns it."""
    owners = {}
    for path in (ROOT / "hub").glob("*/models.py"):
        for node in tree(path).body:
            if isinstance(node, ast.ClassDef):
                owners[node.name] = path.parent.name
    return owners


def test_only_the_owner_builds_its_rows() -> None:
    owners = rows_by_room()
    found = []
    for path in FILES:
        room = path.relative_to(ROOT / "hub").parts[0] if path.is_relative_to(ROOT / "hub") else ""
        imported = {
            alias.name
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models")
            for alias in node.names
        }
        for name, line in called_names(path):
            if name in imported and owners.get(name, room) != room:
                found.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert found == []


@pytest.mark.parametrize("word", ["blacklist", "macro", "canned", "saved_reply", "conversation"])
def test_one_word_for_one_thing(word: str) -> None:
    """docs/words.md: the words in brackets are not used in names."""
    found = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and word in node.name.lower()
    ]
    assert found == []


def test_no_template_is_orphaned() -> None:
    """Every template is named by a door or by another template: what nobody shows is removed."""
    folder = ROOT / "hub" / "templates"
    files = [path for path in folder.rglob("*.html") if "mail" not in path.relative_to(folder).parts[:1]]
    words = "\n".join(path.read_text() for path in (*FILES, *files))
    named = {path for path in files if f'"{path.relative_to(folder)}"' in words}
    chosen = {path for path in files if f'f"{path.parent.relative_to(folder)}/{{' in words}
    assert [str(path) for path in files if path not in named | chosen] == []
