"""The list of shortcuts against what works: each key it names has its control or its script, and the other way round."""

import re
from collections import defaultdict

from tests.guards.house_map import ROOT

TEMPLATES = ROOT / "hub" / "templates"
SCRIPTS = ROOT / "hub" / "assets" / "js"
LISTED = re.compile(r"""\((?:"([^"]+)"|_\("Enter"\)|"Ctrl " ~ _\("Enter"\)), _\("([^"]+)"\)\)""")
CONTROL = re.compile(r"""data-shortcut"?(?:=|: ?)"([^"]+)\"""")
SCRIPTED = re.compile(r"""^ {6}(?:"(.)"|(\w)): \(\) =>""", re.MULTILINE)
ALWAYS = {
    "Ctrl K": ("command-palette.js", "ctrlKey || event.metaKey"),
    "?": ("key-shortcuts.js", "showModal"),
}
MEANT = {
    "a": {"Take it"},
    "b": {"Act on the ticked"},
    "c": {"Calls to make"},
    "e": {"Solve", "Reopen"},
    "i": {"Standard replies"},
    "m": {"More"},
    "s": {"Snooze"},
    "y": {"Confirm the reason"},
    "z": {"Undo", "Undo sending"},
    "#": {"Close as spam"},
}
"""What the controls of a key are called: one key never means two things."""


def listed() -> list[str]:
    """The keys of the dialog; Enter belongs to links, Ctrl Enter to the composer."""
    text = (TEMPLATES / "layouts" / "_overlays.html").read_text()
    [line] = [line for line in text.splitlines() if "for key, words in [" in line]
    return [key for key, _words in LISTED.findall(line) if key]


def controls() -> dict[str, set[str]]:
    """By key the names of the buttons and links that it presses."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in TEMPLATES.rglob("*.html"):
        for line in path.read_text().splitlines():
            for match in CONTROL.finditer(line):
                before = re.findall(r"_\([\"']([^\"']+)[\"']\)", line[: match.start()])
                found[match[1]].add(before[-1])
    return found


def scripted() -> set[str]:
    text = (SCRIPTS / "key-shortcuts.js").read_text()
    return {quoted or bare for quoted, bare in SCRIPTED.findall(text)}


def test_every_key_of_the_list_works_and_every_key_that_works_is_listed() -> None:
    assert len(listed()) == len(set(listed()))
    assert set(listed()) == set(controls()) | scripted() | set(ALWAYS)
    for name, words in ALWAYS.values():
        assert words in (SCRIPTS / name).read_text()
    assert 'event.key === "Enter" && (event.ctrlKey' in (SCRIPTS / "reply-composer.js").read_text()


def test_one_key_means_one_thing() -> None:
    assert dict(controls()) == MEANT
    assert not set(controls()) & scripted(), "the script would swallow it"
