"""Mail text split into what the writer wrote now and what is folded away (quotes, signatures); nothing is lost.

The idea of reducing a body to one letter a line is that of Discourse's email_reply_trimmer (MIT).
"""

from collections.abc import Iterator
from itertools import groupby

from hub.channels.mail_parsing.quote_lines import (
    DELIMITER,
    EMBEDDED,
    EMPTY,
    HEADER,
    QUOTE,
    SIGNATURE,
    TEXT,
    classify_line,
    is_greeting,
    is_link,
    is_mail_head,
    is_notice,
    join_attributions,
)

MAX_LINES = 3_000
MAX_TRAILING_LINES = 7
BLOCK_LINES = 3
_SOFT = frozenset((TEXT, EMPTY))
_RULED = frozenset((TEXT, EMPTY, DELIMITER))
LEAST_RULERS = 2
_AROUND = frozenset((EMPTY, QUOTE, EMBEDDED, HEADER))


def split_reply(text: str) -> tuple[str, str]:
    """(reply, folded). When nothing but quotes is left the whole text is the reply."""
    every = text.split("\n")
    lines, tail = join_attributions(every[:MAX_LINES]), "\n".join(every[MAX_LINES:])
    marks = "".join(_settle(lines, list(map(classify_line, lines))))
    if marks.strip(TEXT + EMPTY) == "":
        return text.strip(), ""
    kept = _choose_kept(marks)
    if QUOTE in marks and TEXT in marks[marks.rfind(QUOTE) :] and _is_only_greeting(lines, kept):
        kept = [position for position, mark in enumerate(marks) if mark in _SOFT]
    reply = "\n".join(lines[position] for position in kept).strip()
    if not reply:
        return text.strip(), ""
    chosen = set(kept)
    folded = "\n".join(line for position, line in enumerate(lines) if position not in chosen)
    return reply, f"{folded}\n{tail}".strip("\n")


def _settle(lines: list[str], marks: list[str]) -> list[str]:
    """What only the lines around can tell: header lines that head no mail are text, a company's notice is a signature."""
    for start, end in _runs(marks, HEADER):
        if end - start >= BLOCK_LINES and not is_mail_head(lines[start:end]):
            marks[start:end] = [TEXT if mark == HEADER else mark for mark in marks[start:end]]
    _settle_rulers(lines, marks)
    for position in range(1, len(lines)):
        if marks[position - 1] == SIGNATURE and marks[position] == TEXT and is_link(lines[position]):
            marks[position] = SIGNATURE
    texts = list(_runs(marks, TEXT))
    for start, end in texts[1:]:
        if is_notice(lines[start:end]):
            marks[start:end] = [SIGNATURE] * (end - start)
    return marks


def _settle_rulers(lines: list[str], marks: list[str]) -> None:
    """One and the same ruler twice with only text between and behind divides what was written: it ends nothing."""
    rulers = [position for position, mark in enumerate(marks) if mark == DELIMITER]
    if len(rulers) < LEAST_RULERS or len({lines[position].strip() for position in rulers}) > 1:
        return
    end = next((at for at in range(rulers[0], len(marks)) if marks[at] not in _RULED), len(marks))
    behind = "".join(marks[rulers[-1] + 1 : end]).lstrip(EMPTY)
    if rulers[-1] < end and behind.startswith(TEXT) and len(lines[rulers[0]].strip()) > len("--"):
        for position in rulers:
            marks[position] = TEXT


def _runs(marks: list[str], wanted: str) -> Iterator[tuple[int, int]]:
    """(first, behind the last) of the marks of one kind in a row."""
    position = 0
    for mark, group in groupby(marks):
        size = sum(1 for _ in group)
        if mark == wanted:
            yield position, position + size
        position += size


def _is_only_greeting(lines: list[str], kept: list[int]) -> bool:
    return bool(kept) and is_greeting("\n".join(lines[position] for position in kept))


def _choose_kept(marks: str) -> list[int]:
    """Positions of the lines that stay, after each rule in turn."""
    kept, current = list(range(len(marks))), marks
    for rule in (
        _before_delimiter,
        _without_signatures,
        _after_leading_quote,
        _before_header_block,
        _before_bare_embedded,
        _before_trailing_embedded,
        _without_attributions,
        _before_trailing_quote,
    ):
        fewer = rule(kept, current)
        if len(fewer) < len(kept):
            kept, current = fewer, "".join(marks[position] for position in fewer)
    return kept


def _before_delimiter(kept: list[int], marks: str) -> list[int]:
    position = marks.find(DELIMITER)
    while position != -1 and TEXT not in marks[:position]:
        position = marks.find(DELIMITER, position + 1)
    return kept if position == -1 else kept[:position]


def _without_signatures(kept: list[int], marks: str) -> list[int]:
    return [line for line, mark in zip(kept, marks, strict=True) if mark not in (SIGNATURE, DELIMITER)]


def _after_leading_quote(kept: list[int], marks: str) -> list[int]:
    """An attribution and its quote first, then only text: the answer stands below."""
    start = marks.find(TEXT)
    before = marks[: max(start, 0)].lstrip(EMPTY)
    is_below = before.startswith(EMBEDDED) and QUOTE in before and set(marks[start:]) <= _SOFT
    return kept[start:] if is_below else kept


def _before_header_block(kept: list[int], marks: str) -> list[int]:
    """Three header lines in a row (blank lines between them do not count) begin an embedded mail."""
    run, first = 0, 0
    for position, mark in enumerate(marks):
        if mark == HEADER:
            first = position if run == 0 else first
            run += 1
            if run == BLOCK_LINES and TEXT in marks[:first]:
                return kept[:first]
        elif mark != EMPTY and not (mark == TEXT and run and _is_inside_block(marks, position)):
            run = 0
    return kept


def _is_inside_block(marks: str, position: int) -> bool:
    """A long header that wraps: text between two header lines."""
    return position + 1 < len(marks) and marks[position - 1] == HEADER and marks[position + 1] == HEADER


def _before_bare_embedded(kept: list[int], marks: str) -> list[int]:
    """Text, then an attribution whose mail is not marked as a quote: all that follows is that mail."""
    position = marks.find(EMBEDDED)
    while position != -1:
        rest = marks[position + 1 :].lstrip(EMPTY)
        if TEXT in marks[:position] and rest[:1] in (TEXT, HEADER):
            return kept[:position]
        position = marks.find(EMBEDDED, position + 1)
    return kept


def _before_trailing_embedded(kept: list[int], marks: str) -> list[int]:
    """Text, an attribution, its quote, and a few last lines (a signature): the text before is the answer."""
    end = len(marks)
    while end and marks[end - 1] in _SOFT:
        end -= 1
    start = end
    while start and marks[start - 1] in _AROUND:
        start -= 1
    run = marks[start:end].lstrip(EMPTY)
    is_last = start > 0 and run.startswith(EMBEDDED) and marks[end:].count(TEXT) < MAX_TRAILING_LINES
    return kept[:start] if is_last else kept


def _without_attributions(kept: list[int], marks: str) -> list[int]:
    if TEXT not in marks:
        return kept
    return [line for line, mark in zip(kept, marks, strict=True) if mark != EMBEDDED]


def _before_trailing_quote(kept: list[int], marks: str) -> list[int]:
    end = len(marks)
    while end and marks[end - 1] in (QUOTE, EMPTY, EMBEDDED):
        end -= 1
    return kept[:end] if TEXT in marks[:end] else kept
