"""What the trace of whoever presses says: the same address and program, before the button. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.surveys import rules
from hub.surveys.rules import BOXES, Confirmation, SeenTouch
from hub.surveys.words import Choice, TouchReason

TRACE_SPAN = timedelta(minutes=10)


@dataclass(frozen=True)
class Trace:
    """What a source did with a mail. `opened`: boxes; `pressed`: what it said before, where that was no machine's."""

    opened: Sequence[SeenTouch] = ()
    pressed: Sequence[SeenTouch] = ()
    has_head: bool = False
    has_mangled: bool = False
    has_footer: bool = False
    has_quarrelled: bool = False


def doubt_of_trace(trace: Trace) -> TouchReason | None:
    """Why the source looks like a machine, so that its button confirms nothing. Who has answered before is a person."""
    doubts = (
        (TouchReason.HEAD, trace.has_head),
        (TouchReason.MANGLED, trace.has_mangled),
        (TouchReason.FOOTER, trace.has_footer),
        (TouchReason.BURST, _opens_all(trace.opened)),
        (TouchReason.CONTRADICTION, trace.has_quarrelled),
    )
    return None if trace.pressed else next((reason for reason, is_so in doubts if is_so), None)


def is_hasty(trace: Trace, confirmation: Confirmation) -> bool:
    """Two boxes within a minute and no press between: a person too may go back to the mail, so one more press settles."""
    is_burst = not trace.pressed and rules.is_burst(trace.opened)
    return is_burst and not rules.is_settled(confirmation)


def says_everything(trace: Trace, confirmation: Confirmation) -> bool:
    """All three answers from one source within ten minutes."""
    if rules.is_settled(confirmation):
        return False
    said = {seen.choice for seen in trace.pressed if confirmation.at - seen.at <= TRACE_SPAN}
    return said | {confirmation.choice.value} == BOXES


def may_wait(
    confirmation: Confirmation, *, mail_age: timedelta | None, standing: Choice | None, has_answer: bool
) -> bool:
    """Whether a doubted press is a provisional answer: on the page that asked, read, not just after the mail.

    `standing` is the provisional answer, `has_answer` whether anybody has confirmed one: those do not give way.
    """
    is_early = mail_age is not None and mail_age < rules.MAIL_AGE
    is_at_odds = has_answer or standing not in {None, confirmation.choice}
    return rules.is_settled(confirmation) and not is_early and not is_at_odds


def _opens_all(opened: Sequence[SeenTouch]) -> bool:
    """All three boxes within ten minutes."""
    return any(_boxes_since(first.at, opened) == BOXES for first in opened)


def _boxes_since(at: datetime, opened: Sequence[SeenTouch]) -> set[str]:
    return {seen.choice for seen in opened if timedelta(0) <= seen.at - at <= TRACE_SPAN}
