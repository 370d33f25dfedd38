"""Whom a note names with an @; pure."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from hub.core.text import fold

_AT = re.compile(r"(?<!\w)@(?=\w)")
LONGEST_NAME = 100
NEAR = 0.75
"""Alike as difflib measures it: one letter of four wrong."""


def names_somebody(text: str) -> bool:
    """Whether there is an @ before a word at all; the @ of a mail address is none."""
    return _AT.search(text) is not None


def find_mentioned(text: str, people: Mapping[int, str]) -> list[int]:
    """Whom the text names after an @: the longest full name that fits, else a first name that only one person has."""
    names = [(fold(name), agent_id) for agent_id, name in people.items()]
    firsts: dict[str, set[int]] = {}
    for name, agent_id in names:
        firsts.setdefault(name.partition(" ")[0], set()).add(agent_id)
    found: list[int] = []
    for at in _AT.finditer(text):
        said = fold(text[at.end() : at.end() + LONGEST_NAME])
        full = [(name, agent_id) for name, agent_id in names if _begins(said, name)]
        longest = max((len(name) for name, _ in full), default=0)
        ids = {agent_id for name, agent_id in full if len(name) == longest}
        if not ids:
            only = firsts.get(re.split(r"[^\w-]", said, maxsplit=1)[0], set())
            ids = only if len(only) == 1 else set()
        found += sorted(ids - set(found))
    return found


def find_unmatched(text: str, people: Mapping[int, str]) -> list[str]:
    """The words after an @ that were meant for a colleague and told nobody, each once, as they were written.

    Those that several people have, the beginning of a name, or one mistyped. Others are names elsewhere: of accounts, of
    addresses.
    """
    parts = {part for name in people.values() for part in fold(name).split()}
    ends = [at.end() for at in _AT.finditer(text) if not text[: at.start()].endswith("/")]
    words = {
        re.split(r"[^\w-]", text[end : end + LONGEST_NAME], maxsplit=1)[0]: None
        for end in ends
        if not find_mentioned("@" + text[end : end + LONGEST_NAME].partition("@")[0], people)
    }
    return [word for word in words if _is_near(fold(word), parts)]


def _is_near(word: str, parts: Collection[str]) -> bool:
    is_begun = any(part.startswith(word) for part in parts)
    return is_begun or bool(get_close_matches(word, parts, n=1, cutoff=NEAR))


def _begins(said: str, name: str) -> bool:
    return said.startswith(name) and not said[len(name) : len(name) + 1].isalnum()
