"""What a good subject is, where a review link may stand, and what an automatic mail says of itself."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hub.content.rendering import Part, Parts, Section, Slot, Spec
from hub.content.words import Automatic
from hub.core.text import fold

SHORTEST_SUBJECT = 35
LONGEST_SUBJECT = 45
REVIEW_LINK = "review_url"
REVIEW_LINKS = frozenset({REVIEW_LINK, "product_review_url"})
"""The public page of the shop, and the forms of the products of an order."""
_TOKEN = re.compile(r"\[\[([a-z0-9_]+)\]\]")
_PUNCTUATION_RUN = re.compile(r"[!?.,;:*$€]\s?[!?.,;:*$€]|[=_~#-]{2,}")
_RISK = re.compile(
    r"(?<!\w)(100%|argent|bonus|cadeaux?|cash|casino|cliquez|credit|exclusif|felicitations|free|gagnant|gagnez?|"
    r"garanti|gift|gratuite?s?|gratuitement|incroyable|loan|loterie|lottery|miracle|money|offert|profitez|promo|"
    r"risk free|sans risque|soldes?|urgent|win|winner)(?!\w)"
)
_WORD = re.compile(r"[^\W\d_]{4,}")


class SubjectFault(StrEnum):
    """What can be wrong with a subject."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    ALL_CAPITALS = "all_capitals"
    PUNCTUATION_RUN = "punctuation_run"
    REPEATED_WORD = "repeated_word"
    RISK_WORD = "risk_word"
    NO_FALLBACK = "no_fallback"
    SENDER_WITHOUT_BRAND = "sender_without_brand"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault and the words it is about."""

    fault: SubjectFault
    detail: str


def check_subject(
    subject: str, *, specs: Iterable[Spec], examples: Mapping[str, str], sender_name: str, chain_name: str
) -> list[Finding]:
    """Return the faults of a subject that may hold `[[tokens]]`; its length is measured with the examples.

    Source of the rules: messages.md, "Subject checks".
    """
    shown = _TOKEN.sub(lambda found: examples.get(found[1], ""), subject)
    fixed = _TOKEN.sub(" ", subject)
    findings = [*_length(shown), *_shouting(fixed), *_words(fixed)]
    safe = {spec.name for spec in specs if spec.is_required or spec.fallback}
    findings += [
        Finding(SubjectFault.NO_FALLBACK, name) for name in _TOKEN.findall(subject) if name not in safe
    ]
    if fold(chain_name) not in fold(sender_name):
        findings.append(Finding(SubjectFault.SENDER_WITHOUT_BRAND, sender_name))
    return findings


def _length(shown: str) -> list[Finding]:
    """Return the fault of a subject shorter than 35 or longer than 45 characters."""
    if len(shown) < SHORTEST_SUBJECT:
        return [Finding(SubjectFault.TOO_SHORT, str(len(shown)))]
    return [Finding(SubjectFault.TOO_LONG, str(len(shown)))] if len(shown) > LONGEST_SUBJECT else []


def _shouting(fixed: str) -> list[Finding]:
    """Return the faults of capitals and of punctuation."""
    letters = [letter for letter in fixed if letter.isalpha()]
    findings = [Finding(SubjectFault.ALL_CAPITALS, fixed)] if letters and fixed.upper() == fixed else []
    run = _PUNCTUATION_RUN.search(fixed)
    return [*findings, Finding(SubjectFault.PUNCTUATION_RUN, run[0])] if run else findings


def _words(fixed: str) -> list[Finding]:
    """Return the words that stand twice and the words that filters distrust."""
    plain = fold(fixed)
    counted = Counter(_WORD.findall(plain))
    findings = [Finding(SubjectFault.REPEATED_WORD, word) for word, count in counted.items() if count > 1]
    return findings + [Finding(SubjectFault.RISK_WORD, word) for word in _RISK.findall(plain)]


def is_review_link_for_all(parts: Parts) -> bool:
    """Whether the review link stands in no section but its own: inviting only some is review gating."""
    return all(_is_for_all(part, own_only=True) for part in parts)


def _is_for_all(part: Part, *, own_only: bool) -> bool:
    """Whether this part holds no review link that depends on another value."""
    if isinstance(part, Slot):
        return own_only or part.name not in REVIEW_LINKS
    if isinstance(part, Section):
        inside = own_only and set(part.names) <= REVIEW_LINKS
        return all(_is_for_all(inner, own_only=inside) for inner in part.parts)
    return True


def automatic_headers(automatic: str, *, loop_mark: str) -> dict[str, str]:
    """Return the headers that keep an automatic mail out of loops; none for words a person wrote.

    `loop_mark` is the installation's own X-Loop value. Delivery reports are not suppressed: we need
    the bounces.
    """
    if automatic == Automatic.NO:
        return {}
    return {
        "Auto-Submitted": automatic,
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "X-Loop": loop_mark,
    }
