"""What was clicked on a page of figures: the measure and the part of it, as it stands in the address. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.inbox.words import DropReason, GestureKind, RouteSource, TicketState
from hub.statistics.rules import BUCKETS_SECONDS

WAITS = frozenset({"median_reply", "p90_reply", "within_target", "waits", "first_contact"})
SOLVED = frozenset({"first_resolution", "reopened", "last_resolution"})
SOLVED_ALONE = "without_article"
CAME = frozenset({"tickets", "routed", "reroute_rate", "unattributed"})
NOW = frozenset({"waiting_now", "oldest_wait", "uncontacted"})
RATED = frozenset({"ticket_csat", "ticket_ratings", "ticket_asked", "recovery"})
GIVEN = frozenset({"gesture_cost", "gestures_given", "gestures_refused"})
ANSWERED = frozenset({"csat", "csat_answers", "review_links"})
"""Made of answers, of which only some opened a ticket."""
CLICKABLE = WAITS | SOLVED | CAME | NOW | RATED | GIVEN | ANSWERED | {"dropped", SOLVED_ALONE}
"""Measures that are made of tickets, or of answers, which a reader can open."""
SCORES = range(1, 4)
WEEKDAYS = range(1, 8)
HOURS = range(24)


@dataclass(frozen=True, kw_only=True)
class Clicked:
    """`is_part`: of the measure the part it is a share of, as missed targets, late, reopened or moved tickets, or
    those without an article.

    `bucket` is one of the distribution, `weekday` (1 is Monday) and `hour` when it began where the chain is; `is_central`
    asks for the central queue, `is_bare_reason` for the reason of the filters without those below it, `has_no_reason` for
    tickets without one.
    """

    measure: str
    is_part: bool = False
    bucket: int | None = None
    weekday: int | None = None
    hour: int | None = None
    drop: DropReason | None = None
    source: RouteSource | None = None
    score: int | None = None
    gesture: GestureKind | None = None
    state: TicketState | None = None
    is_central: bool = False
    is_bare_reason: bool = False
    has_no_reason: bool = False


def read_clicked(args: Mapping[str, str]) -> Clicked:
    """Raises Invalid on a figure that has no tickets, and on a part of it that does not exist."""
    measure = args.get("measure", "")
    if measure not in CLICKABLE:
        raise Invalid(
            N_("There are no tickets behind this figure. Please start from a page of the statistics."),
            field="measure",
        )
    if measure == "dropped" and args.get("agent"):
        raise Invalid(
            N_("This figure cannot be narrowed like this. Please leave a filter out."), field="agent"
        )
    drop, source, state = args.get("drop"), args.get("source"), args.get("state")
    gesture = args.get("gesture")
    return Clicked(
        measure=measure,
        is_part=args.get("part") == "1",
        bucket=_among(args, "bucket", range(len(BUCKETS_SECONDS) + 1)),
        weekday=_among(args, "weekday", WEEKDAYS),
        hour=_among(args, "hour", HOURS),
        drop=DropReason(_known(drop, "drop", set(DropReason))) if drop else None,
        source=RouteSource(_known(source, "source", set(RouteSource))) if source else None,
        score=_among(args, "score", SCORES),
        gesture=GestureKind(_known(gesture, "gesture", set(GestureKind))) if gesture else None,
        state=TicketState(_known(state, "state", set(TicketState))) if state else None,
        is_central=args.get("central") == "1",
        is_bare_reason=args.get("alone") == "1",
        has_no_reason=args.get("unnamed") == "1",
    )


def _among(args: Mapping[str, str], name: str, numbers: range) -> int | None:
    words = args.get(name)
    return int(_known(words, name, {str(number) for number in numbers})) if words else None


def _known(words: str, field: str, known: set[str]) -> str:
    if words not in known:
        raise Invalid(N_("“%(word)s” is none of the list. Please choose one."), field=field, word=words)
    return words
