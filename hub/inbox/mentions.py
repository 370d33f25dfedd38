"""Whom a note names with an @; pure."""

import re
from collections.abc import Mapping

from hub.core.text import fold

_AT = re.compile(r"(?<!\w)@(?=\w)")
LONGEST_NAME = 100


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


def _begins(said: str, name: str) -> bool:
    return said.startswith(name) and not said[len(name) : len(name) + 1].isalnum()
