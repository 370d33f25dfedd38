"""What can be found in a template: errors stop its publication, warnings are only said. Pure; the words are the door's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hub.channels.sms_text import SmsMeasure
from hub.content.compiling import Compiled
from hub.content.rendering import PreparedTemplate
from hub.content.support import Support, SupportTable


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


class CheckCode(StrEnum):
    """What can be wrong. The first group stops the publication, the second is only said."""

    NO_SUBJECT = "no_subject"
    NO_BLOCKS = "no_blocks"
    BAD_TEMPLATE = "bad_template"
    MISSING_FALLBACK = "missing_fallback"
    HOLE = "hole"
    LEFT_OVER = "left_over"
    TOO_BIG = "too_big"
    NO_ALT = "no_alt"
    BAD_IMAGE = "bad_image"
    CONTRAST = "contrast"
    EMPTY_LINK = "empty_link"
    BAD_LINK = "bad_link"
    UNKNOWN_LINK = "unknown_link"
    WORDLESS_LINK = "wordless_link"
    LINKS_DIFFER = "links_differ"
    WORDS_DIFFER = "words_differ"
    NO_UNSUBSCRIBE = "no_unsubscribe"
    REVIEW_GATING = "review_gating"
    NO_FALLBACK = "no_fallback"
    BAD_FALLBACK = "bad_fallback"
    HTML_CODE = "html_code"
    MISSING_LANGUAGE = "missing_language"
    # said, without stopping
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    ALL_CAPITALS = "all_capitals"
    PUNCTUATION_RUN = "punctuation_run"
    REPEATED_WORD = "repeated_word"
    RISK_WORD = "risk_word"
    SENDER_WITHOUT_BRAND = "sender_without_brand"
    NO_PREHEADER = "no_preheader"
    BIG = "big"
    DARK_CONTRAST = "dark_contrast"
    LOW_SUPPORT = "low_support"
    SMS_UNICODE = "sms_unicode"
    SMS_LONG = "sms_long"


ERRORS = frozenset(list(CheckCode)[: list(CheckCode).index(CheckCode.TOO_SHORT)])


@dataclass(frozen=True, slots=True)
class Check:
    """One thing found; `values` fill the sentence of its code."""

    code: CheckCode
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.code in ERRORS else Severity.WARNING


@dataclass(frozen=True, slots=True)
class House:
    """What the checks must know of the chain. `review_links`: the addresses of the review page;
    `stop_mentions`: the last line of an advertising SMS, by language.
    """

    chain_name: str
    sender_name: str
    review_links: tuple[str, ...] = ()
    stop_mentions: Mapping[str, str] = field(default_factory=dict)
    support: SupportTable | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one language, and the figures beside it. `compiled` is None when nothing could be compiled."""

    language: str
    checks: tuple[Check, ...]
    compiled: Compiled | None = None
    template: PreparedTemplate | None = None
    size_bytes: int = 0
    support: Support | None = None
    sms: SmsMeasure | None = None

    @property
    def errors(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.severity is Severity.WARNING)

    @property
    def is_publishable(self) -> bool:
        return not self.errors and self.compiled is not None


def found(code: CheckCode, **values: object) -> Check:
    """One thing found, its values as they are shown."""
    return Check(code, {name: str(value) for name, value in values.items()})


def once(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Each finding once: several sample customers may stumble over the same place. A hole is told for one of them."""
    seen: dict[tuple[str, ...], Check] = {}
    for check in checks:
        values = [value for name, value in check.values.items() if name != "sample"]
        seen.setdefault((check.code.value, *values), check)
    return tuple(seen.values())
