"""One reader's look at a period: every figure asked of it is measured from rows that are read once. Imports numpy."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from weakref import WeakMethod

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.staff.rules import Viewer
from hub.statistics.columns.layouts import LAYOUTS
from hub.statistics.measuring import (
    gestures,
    helped,
    messages,
    ratings,
    routes,
    shop,
    summaries,
    tickets,
    waits,
)
from hub.statistics.measuring.figures import Figure, Group
from hub.statistics.measuring.frames import FirstDays, Frame, Places, column_of, read_frames
from hub.statistics.rows import Waits
from hub.statistics.rules import Filters
from hub.statistics.words import Dimension, Subject

Recipe = Callable[[Frame, Dimension | None], list[Figure]]
Need = tuple[Frame, set[str]]
"""Columns that figures read of a frame."""
NINTH = 0.9
CONTACT_RATE = "contact_rate"
"""Made of two subjects: tickets and orders."""
OF_NOBODY = frozenset({"dropped", "dropped_share", "without_article"})
"""Nobody answered these waits, and what the knowledge base lacks is nobody's: they are no person's."""


def _median(which: int) -> Recipe:
    return lambda frame, by: tickets.find_resolutions(frame, by, which, 0.5)


RECIPES: Mapping[str, tuple[Subject, Recipe]] = {
    "median_reply": (Subject.WAITS, lambda frame, by: waits.find_quantiles(frame, by, 0.5)),
    "p90_reply": (Subject.WAITS, lambda frame, by: waits.find_quantiles(frame, by, NINTH)),
    "within_target": (Subject.WAITS, waits.find_within_target),
    "waits": (Subject.WAITS, waits.count_replies),
    "dropped": (Subject.WAITS, waits.count_dropped),
    "dropped_share": (Subject.WAITS, waits.find_dropped_share),
    "tickets": (Subject.TICKETS, tickets.count_opened),
    "first_resolution": (Subject.SOLUTIONS, _median(tickets.FIRST)),
    "last_resolution": (Subject.SOLUTIONS, _median(tickets.LAST)),
    "reopened": (Subject.SOLUTIONS, tickets.find_reopened),
    "without_article": (Subject.SOLUTIONS, helped.share_without_article),
    "csat": (Subject.ANSWERS, shop.find_satisfaction),
    "orders": (Subject.ORDERS, shop.count_orders),
    "order_revenue": (Subject.ORDERS, shop.sum_orders),
    "csat_answers": (Subject.ANSWERS, shop.count_all_answers),
    **ratings.RECIPES,
    **routes.RECIPES,
    **gestures.RECIPES,
}


def _share(what: tuple[str, ...], of: str) -> tuple[Subject, Recipe]:
    return Subject.MESSAGES, lambda frame, by: messages.find_share(frame, by, what, of)


OF_MESSAGES: Mapping[str, tuple[Subject, Recipe]] = {
    "messages_sent": (Subject.MESSAGES, lambda frame, by: messages.count_what(frame, by, "sent")),
    "messages_delivered": _share(("delivered",), "sent"),
    "messages_bounced": _share(("hard", "soft"), "sent"),
    "messages_opened": _share(("opened",), "measured"),
    "messages_clicked": _share(("clicked",), "delivered"),
    "messages_unsubscribed": _share(("unsubscribed",), "delivered"),
    "messages_complaints": _share(("complained",), "delivered"),
    "messages_not_sent": (Subject.MESSAGES, messages.count_not_sent),
}
KEYS = (*RECIPES, CONTACT_RATE, *OF_MESSAGES)
SUBJECTS = frozenset(subject for subject, _ in (*RECIPES.values(), *OF_MESSAGES.values()))


class Look:
    """Figures of one period as one reader sees them."""

    def __init__(self, filters: Filters, viewer: Viewer, places: Places | None = None) -> None:
        self.filters, self.viewer, self.places = filters, viewer, places or Places()
        self._frames: dict[Subject, Frame] = {}
        self._over: dict[int, Look | None] = {}

    @cached_property
    def before(self) -> "Look | None":
        """At the period to compare with; None where nothing is compared."""
        past = self.filters.before()
        return Look(past, self.viewer, self.places) if past else None

    def over(self, days: int = 0) -> "Look | None":
        """At its days that were over so many days ago, of the same rows; None where none was."""
        part = self.filters.over(days)
        if part == self.filters:
            return self
        if days not in self._over:
            self._over[days] = _FirstDays(self, part) if part else None
        return self._over[days]

    def frame(self, subject: Subject) -> Frame:
        if subject not in self._frames:
            self._frames[subject] = Frame(subject, self.filters, self.viewer, self.places)
        return self._frames[subject]

    def need_all(self) -> None:
        """All that any figure by any dimension reads, in one statement a subject: for who asks for every figure."""
        for subject in SUBJECTS:
            self.frame(subject).need(LAYOUTS[subject].columns)

    def measure(self, key: str, by: Dimension | None = None) -> tuple[Figure, ...]:
        """Raises Invalid of a measure that is not made of columns, or not by this dimension or filter."""
        subject, recipe = {**RECIPES, **OF_MESSAGES}.get(key, (Subject.TICKETS, None))
        is_known = by in shop.RATED_BY if key == CONTACT_RATE else recipe is not None
        if not is_known or not column_of(by) <= LAYOUTS[subject].columns.keys():
            raise Invalid(N_("This figure cannot be asked for like this. Please choose another one."))
        if recipe is None:
            self._check_rate()
            return tuple(shop.find_contact_rate(self.frame(subject), self.frame(Subject.ORDERS), by))
        is_persons = by is Dimension.AGENT or self.filters.agent_id
        if (key in OF_NOBODY and is_persons) or not self._narrowed_by() <= LAYOUTS[subject].columns.keys():
            raise Invalid(N_("This figure cannot be narrowed like this. Please leave a filter out."))
        return tuple(recipe(self.frame(subject), by))

    def _check_rate(self) -> None:
        """Raises Invalid: orders are nobody's, so that one person's tickets would stand against everybody's orders."""
        if self.filters.agent_id:
            raise Invalid(N_("This figure cannot be narrowed like this. Please leave a filter out."))

    def read(self, *needs: Need) -> None:
        """What a page needs, of all its subjects and both periods, in one statement."""
        read_frames(needs)

    def of_waits(self, *dimensions: Dimension | None) -> Need:
        """What these breakdowns of waits read."""
        frame = self.frame(Subject.WAITS)
        return frame, {name for by in dimensions for name in waits.columns_of_waits(frame, by)}

    def of_solutions(self, *dimensions: Dimension | None) -> Need:
        return self._need(Subject.SOLUTIONS, tickets.OF_SOLUTIONS, dimensions)

    def of_tickets(self, *dimensions: Dimension | None) -> Need:
        return self._need(Subject.TICKETS, tickets.OF_TICKETS, dimensions)

    def of_orders(self, *dimensions: Dimension | None) -> Need:
        """By what orders do not have they are counted in all."""
        return self._need(Subject.ORDERS, shop.OF_ORDERS, (by for by in dimensions if by in shop.BY_ORDERS))

    def of_answers(self, *dimensions: Dimension | None) -> Need:
        return self._need(Subject.ANSWERS, shop.OF_ANSWERS, dimensions)

    def of_ratings(self, *dimensions: Dimension | None) -> Need:
        return self._need(Subject.RATINGS, ratings.OF_RATINGS, dimensions)

    def of_help(self) -> Need:
        return self._need(Subject.SOLUTIONS, helped.OF_HELP, ())

    def count_alone(self) -> helped.Counts:
        """Tickets solved for good without an article or a standard reply."""
        return helped.count_alone(self.frame(Subject.SOLUTIONS))

    def of_routes(self) -> Need:
        return self._need(Subject.ROUTES, routes.OF_ROUTES, ())

    def _need(self, subject: Subject, names: Iterable[str], dimensions: Iterable[Dimension | None]) -> Need:
        return self.frame(subject), {*names, *(name for by in dimensions for name in column_of(by))}

    def _narrowed_by(self) -> set[str]:
        asked = self.filters
        found = {"channel": asked.channel, "reason": asked.reason_id, "agent": asked.agent_id}
        return {name for name, value in found.items() if value}

    def count_answers(self, by: Dimension | None = None) -> list[tuple[Group, tuple[int, int, int]]]:
        """Answers that count, the best choice first."""
        return shop.count_answers(self.frame(Subject.ANSWERS), by)

    def distribute_waits(self) -> tuple[int, ...]:
        """How many waits ended within each step of BUCKETS_SECONDS; the last ones took longer."""
        return summaries.find_distribution(self.frame(Subject.WAITS))

    def resolve(self, which: int, share: float) -> Figure:
        """A quantile of the seconds to the first (0) or the last (1) solution."""
        (found,) = tickets.find_resolutions(self.frame(Subject.SOLUTIONS), None, which, share)
        return found

    def count_reopened(self) -> int:
        """Of the tickets that were solved for the first time."""
        return tickets.count_reopened(self.frame(Subject.SOLUTIONS))

    def summarise_waits(self, by: Dimension | None = None) -> list[tuple[Group, Waits]]:
        return summaries.summarise(self.frame(Subject.WAITS), by)


class _FirstDays(Look):
    """The first days of a look, which owns it: it reads nothing by itself.

    It does not hold the look: what refers to itself is freed by the collector alone, and the arrays of a page are large.
    """

    def __init__(self, all_days: Look, filters: Filters) -> None:
        super().__init__(filters, all_days.viewer, all_days.places)
        self._frame_of_all = WeakMethod(all_days.frame)

    def frame(self, subject: Subject) -> Frame:
        if subject not in self._frames:
            frame_of_all = self._frame_of_all()
            if frame_of_all is None:
                raise RuntimeError("The look that these days are of is gone.")
            self._frames[subject] = FirstDays(frame_of_all(subject), self.filters)
        return self._frames[subject]
