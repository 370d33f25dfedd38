"""What was clicked on the page of messages: the figure and the part of it, as it stands in the address. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Purpose
from hub.statistics.columns.layouts import PURPOSES, WHATS
from hub.statistics.rules import MOST_DIGITS

NOT_SENT = "not_"
WHYS = tuple(what.removeprefix(NOT_SENT) for what in WHATS if what.startswith(NOT_SENT))
MADE_OF: Mapping[str, tuple[str, ...]] = {
    "messages_sent": ("sent",),
    "messages_delivered": ("delivered",),
    "messages_bounced": ("hard", "soft"),
    "messages_opened": ("opened",),
    "messages_clicked": ("clicked",),
    "messages_unsubscribed": ("unsubscribed",),
    "messages_complaints": ("complained",),
    "messages_not_sent": tuple(NOT_SENT + why for why in WHYS),
}
"""What happened to the messages of a figure: of a share those that it counts, not those it is a share of."""


@dataclass(frozen=True, kw_only=True)
class ClickedMessages:
    """`why`: one reason not to be sent; `plan_id` 0 asks for what no plan sent."""

    measure: str
    why: str | None = None
    purpose: Purpose | None = None
    template_id: int | None = None
    plan_id: int | None = None

    @property
    def whats(self) -> tuple[str, ...]:
        """What happened to each of the messages: one of these."""
        return (NOT_SENT + self.why,) if self.why else MADE_OF[self.measure]


def read_clicked_messages(args: Mapping[str, str]) -> ClickedMessages:
    """Raises Invalid on a figure that has no messages, and on a part of it that does not exist."""
    measure = args.get("measure", "")
    if measure not in MADE_OF:
        raise Invalid(
            N_("There are no messages behind this figure. Please start from the page of messages."),
            field="measure",
        )
    purpose = _known(args, "purpose", [each.value for each in PURPOSES])
    return ClickedMessages(
        measure=measure,
        why=_known(args, "why", WHYS if measure == "messages_not_sent" else ()),
        purpose=Purpose(purpose) if purpose else None,
        template_id=_id(args, "template"),
        plan_id=_id(args, "plan"),
    )


def _known(args: Mapping[str, str], name: str, known: Collection[str]) -> str | None:
    return _checked(args, name, lambda words: words in known)


def _id(args: Mapping[str, str], name: str) -> int | None:
    words = _checked(
        args, name, lambda words: words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS
    )
    return int(words) if words else None


def _checked(args: Mapping[str, str], name: str, is_one: Callable[[str], bool]) -> str | None:
    words = args.get(name) or None
    if words and not is_one(words):
        raise Invalid(N_("“%(word)s” is none of the list. Please choose one."), field=name, word=words)
    return words
