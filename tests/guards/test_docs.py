"""The docs name what is there: paths, settings, decisions, wires, jobs, figures; and nothing of one machine."""

import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from subprocess import run

import pytest

import config
from hub.blueprints.gauges import GAUGES
from hub.jobs import JOBS
from hub.reactions.switchboard import WIRES
from tests.guards.house_map import ROOT

IGNORED_FOLDERS = ("var/", "hub/static/")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:md|py|toml|yaml|json|lock|in)|Makefile|Dockerfile")
VARIABLE = re.compile(r'env\.get\(\s*"([A-Z_]+)"')
# spelt apart, so that this file does not hold what it looks for
MACHINE_PATHS = re.compile(r"(?<![\w.~*-])/(?:root|work|home)" + r"/\w")
REGISTRIES = re.compile(r"registry\.npm" + r"js|pypi\." + r"org/simple|files\.python" + r"hosted")


@cache
def documents() -> tuple[Path, ...]:
    return (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))


@cache
def tracked() -> tuple[Path, ...]:
    """Every text file that git keeps; without git every file of ours."""
    listed = run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    found = [ROOT / name for name in names] or [*documents(), *(ROOT / "hub").rglob("*.py")]
    return tuple(path for path in found if path.is_file() and b"\0" not in path.read_bytes()[:8000])


def named_paths(document: Path) -> set[str]:
    """What stands in backticks and looks like a file or folder of this repository."""
    quoted = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL))
    first_parts = {path.name for path in ROOT.iterdir()}
    whole = {text for text in quoted if PATH.fullmatch(text) and not text.startswith(IGNORED_FOLDERS)}
    return {text for text in whole if "/" not in text or text.split("/")[0] in first_parts}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_path_named_exists(document: Path) -> None:
    """A name without a folder is that of some file."""
    names = {path.name for path in tracked()}
    named = named_paths(document)
    assert sorted(text for text in named if not (ROOT / text).exists() and text not in names) == []


def test_each_link_between_documents_leads_somewhere() -> None:
    missing = [
        f"{document.name}: {target}"
        for document in documents()
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text())
        if "://" not in target and "{" not in target and not (document.parent / target).exists()
    ]
    assert missing == []


def test_each_setting_stands_in_operations() -> None:
    """Each field of Config with its variable, each variable that config.py reads."""
    text = (ROOT / "docs" / "operations.md").read_text()
    named = set(re.findall(r"`(\w+)`", text))
    variables = set(VARIABLE.findall((ROOT / "config.py").read_text()))
    wanted = {field.name for field in fields(config.Config)} | variables
    assert sorted(wanted - named) == []


def test_each_default_in_operations_is_that_of_the_code(tmp_path: Path) -> None:
    """The table says `field` | `VARIABLE` | default: a number or a bare word is compared."""
    given = config.load({"COMPTOIR_VAR": str(tmp_path), "SECRET_KEY": "x"})
    rows = re.findall(
        r"^\| `(\w+)` \| `\w+` \| `([^`]+)` \|", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE
    )
    told = {name: default for name, default in rows if hasattr(given, name)}
    assert len(told) > len(fields(config.Config)) / 2
    assert told == {name: str(getattr(given, name)) for name in told}


def test_each_decision_named_exists() -> None:
    folder = ROOT / "docs" / "adr"
    named = {
        name
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".html", ".mjs"}
        for name in re.findall(r"adr/([\w-]+\.md)", path.read_text())
    }
    assert sorted(name for name in named if not (folder / name).exists()) == []


def test_decisions_are_numbered_once_without_a_gap() -> None:
    numbers = sorted(path.name[:5] for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == [f"{number:04d}-" for number in range(1, len(numbers) + 1)]


def test_each_dependency_has_its_line() -> None:
    text = (ROOT / "docs" / "adr" / "0004-dependencies.md").read_text()
    named = set(re.findall(r"`([\w.-]+)`", text))
    wanted = {
        re.split(r"[\[<>=! ]", line)[0]
        for file in (ROOT / "requirements").glob("*.in")
        for line in file.read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
    package = (ROOT / "package.json").read_text()
    wanted |= set(re.findall(r'^    "([\w.-]+)": "\d', package, re.MULTILINE))
    assert sorted(wanted - named) == []


def test_flows_name_every_wire_and_job() -> None:
    text = (ROOT / "docs" / "flows.md").read_text()
    named = set(re.findall(r"`([\w.]+)`", text))
    wires = {name for fact, wired in WIRES.items() for name in (fact, *(wire for wire, _ in wired))}
    assert sorted((wires | set(JOBS)) - named) == []


def test_each_debian_package_that_make_installs_stands_in_the_readme() -> None:
    packages = re.findall(r"([a-z][\w-]+):/usr/", (ROOT / "Makefile").read_text())
    assert "postgresql" in packages
    named = re.findall(r"`([\w-]+)`", (ROOT / "README.md").read_text())
    assert [name for name in packages if name not in named] == []


def test_operations_name_every_figure() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in GAUGES if f"`{name}`" not in text] == []


def test_nothing_of_one_machine_is_kept() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {hit}"
        for path in tracked()
        for pattern in (MACHINE_PATHS, REGISTRIES)
        for hit in pattern.findall(path.read_text(errors="replace"))
    ]
    assert found == []


def test_flows_name_functions_that_exist() -> None:
    text = (ROOT / "docs" / "flows.md").read_text()
    code = "\n".join(path.read_text() for path in tracked() if path.suffix == ".py")
    named = set(re.findall(r"`(_?[a-z]+(?:_[a-z]+)+)`", text))
    assert sorted(named - set(re.findall(r"\w+", code))) == []
