"""The results of one questionnaire, within what the reader may see and what must stay hidden."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from hub.core.intervals import difference, shrink
from hub.questionnaires.definitions import Question
from hub.questionnaires.results import measuring
from hub.questionnaires.results.completes import count_complete
from hub.questionnaires.results.following import follow, way_of
from hub.questionnaires.results.gathering import (
    EVERYBODY,
    Head,
    Reader,
    add_up,
    find_earlier,
    former_keys,
    gather,
    gather_weeks,
    get_head,
    reader_of,
    unnarrowed,
)
from hub.questionnaires.results.hiding import LEAST, NOTHING, Hidden, hide, hide_parts
from hub.questionnaires.results.mapping import Way as CodesWay
from hub.questionnaires.results.mapping import are_comparable, way_to
from hub.questionnaires.results.measuring import MEASURES, Figure, Tally, bars_of, figure_of, group_of
from hub.questionnaires.results.months import gather_months
from hub.questionnaires.results.rows import Asked, PlaceResult, Places, QuestionResult, Results, WeekResult
from hub.questionnaires.results.rows import Way as FollowedWay
from hub.stores.queries import RegionRow, StoreRow, list_regions, list_stores

MOST_WEEKS = 26
NO_STORE = 0


def list_places() -> Places:
    return Places(tuple(list_stores(is_active=None)), tuple(list_regions()))


def get_results(head: Head, asked: Asked, *, places: Places, now: datetime) -> Results:
    return _Assembly(head, asked, places, now).results()


class _Assembly:
    """What is read once and looked at by question, place and week.

    `is_guarded`: anonymous, or shared with the world: then hiding applies, and the whole is always gathered.
    """

    def __init__(self, head: Head, asked: Asked, places: Places, now: datetime) -> None:
        self.head, self.now = head, now
        self.is_anonymous = head.is_anonymous
        self.is_guarded = self.is_anonymous or asked.is_strict
        self.asked = unnarrowed(asked) if self.is_guarded else replace(asked, store_ids=None)
        self.place = asked
        self.version = head.version(self.asked.version)
        self.only = [self.version] if self.asked.version else list(head.versions)
        self.ways = {each.id: way_to(self.version, each, head.versions) for each in self.only}
        self.reader = reader_of(self.version, self.only, self.ways)
        self.stores = {row.id: row for row in places.stores}
        self.tallies = gather(head.id, self.asked, self.reader, self.stores)
        self.regions = places.regions
        self.region_of = {row.id: row.region_id for row in self.stores.values()}
        self.counts = self._count()
        self.hidden = self._hide(self.counts)

    def results(self) -> Results:
        total = add_up(self.tallies, self.place.store_ids)
        earlier = _Earlier(self) if self._is_whole() else None
        questions = tuple(self._question(each, total, earlier) for each in self.version.definition.questions)
        headline = self._headline(questions)
        is_hidden = self._is_hidden(self.hidden)
        way = self._way(total) if self.place.store_ids is None and not is_hidden else None
        return Results(
            id=self.head.id,
            name=self.head.name,
            versions=self.head.versions,
            version=self.version,
            is_anonymous=self.is_anonymous,
            earlier_name=earlier.name if earlier else "",
            complete=self._responses(self.place.store_ids),
            is_hidden=is_hidden,
            questions=tuple(each for each in questions if each.question.asks),
            headline=headline,
            regions=self._region_rows(headline),
            stores=self._store_rows(headline),
            weighted=self._weighted(headline, way),
            weeks=self._weeks(headline),
            way=way,
            earlier_title=earlier.title if earlier else None,
        )

    def _is_whole(self) -> bool:
        place = self.place
        return place.store_ids is None and (self.is_guarded or place == unnarrowed(place))

    def _count(self) -> Counter[int]:
        """Complete responses by store, also of versions without a question that everybody comes by."""
        counts = Counter({store: found[EVERYBODY].shown for store, found in self.tallies.items()})
        others = [version for version, key in self.reader.always.items() if key is None]
        return counts + count_complete(others, self.asked, [NO_STORE, *self.stores])[self.head.id]

    def _responses(self, stores: frozenset[int] | None) -> int:
        return sum(count for store, count in self.counts.items() if stores is None or store in stores)

    def _hide(self, counts: Mapping[int, int], *, also: Hidden = NOTHING) -> Hidden:
        return hide(counts, self.region_of, also=also) if self.is_guarded else NOTHING

    def hidden_of(self, key: str) -> Hidden:
        """Where too few answered at all, or this question, with those that would give them away."""
        return self._hide(
            {store: found[key].answered for store, found in self.tallies.items() if key in found},
            also=self.hidden,
        )

    def _is_empty(self, answered: int) -> bool:
        """That nobody answered a question at a place where some answered looks as if it were hidden: it says which way they went."""
        return self.is_guarded and not answered

    def _is_hidden(self, hidden: Hidden) -> bool:
        """Of the one place that is looked at."""
        if self.place.store_id is not None:
            return hidden.hides_store(self.place.store_id)
        if self.place.region_id is not None:
            return hidden.hides_region(self.place.region_id)
        return hidden.is_all

    def _question(
        self, question: Question, total: Mapping[str, Tally], earlier: "_Earlier | None"
    ) -> QuestionResult:
        tally = total.get(question.key, Tally())
        left_out = self.reader.left_out.get(question.key, ())
        if self._is_hidden(self.hidden_of(question.key)) or self._is_empty(tally.answered):
            return QuestionResult(question, 0, 0, None, (), is_hidden=True, left_out=left_out)
        figure = figure_of(question, tally)
        plain = QuestionResult(
            question, tally.shown, tally.answered, figure, bars_of(question, tally), left_out=left_out
        )
        return earlier.beside(plain) if earlier and earlier.head else plain

    def _headline(self, questions: Sequence[QuestionResult]) -> QuestionResult | None:
        measured = [each for each in questions if each.question.kind in MEASURES]
        wanted = [each for each in measured if each.question.key == self.place.question]
        return next(iter(wanted or measured), None)

    def _store_rows(self, headline: QuestionResult | None) -> tuple[PlaceResult, ...]:
        if headline is None:
            return ()
        key, hidden = headline.question.key, self.hidden_of(headline.question.key)
        rows = [
            self._row(row, headline.question, self.tallies[row.id][key], is_hidden=hidden.hides_store(row.id))
            for row in self.stores.values()
            if row.id in self.tallies and (self.tallies[row.id][key].answered or self.is_guarded)
        ]
        whole = figure_of(headline.question, add_up(self.tallies, None)[key])
        figures = [group_of(row.figure) for row in rows if row.figure]
        drawn = shrink(figures, whole.variance) if whole else None
        values = iter(drawn or ())
        told = [_drawn(row, next(values, None)) if row.figure else row for row in rows]
        return tuple(row for row in told if self._may_see(row.id))

    def _may_see(self, store_id: int) -> bool:
        return self.place.store_ids is None or store_id in self.place.store_ids

    def _row(self, row: StoreRow, question: Question, tally: Tally, *, is_hidden: bool) -> PlaceResult:
        if is_hidden or self._is_empty(tally.answered):
            return PlaceResult(row.id, row.code, row.name, 0, None, is_hidden=True)
        return PlaceResult(row.id, row.code, row.name, tally.answered, figure_of(question, tally))

    def _region_rows(self, headline: QuestionResult | None) -> tuple[PlaceResult, ...]:
        if headline is None or self.place.store_ids is not None:
            return ()
        hidden = self.hidden_of(headline.question.key)
        return tuple(self._region(row, headline.question, hidden) for row in self.regions)

    def _region(self, row: RegionRow, question: Question, hidden: Hidden) -> PlaceResult:
        stores = frozenset(store for store, region in self.region_of.items() if region == row.id)
        tally = add_up(self.tallies, stores)[question.key]
        if self._responses(stores) and (hidden.hides_region(row.id) or self._is_empty(tally.answered)):
            return PlaceResult(row.id, "", row.name, 0, None, is_hidden=True)
        return PlaceResult(row.id, "", row.name, tally.answered, figure_of(question, tally))

    def _weighted(self, headline: QuestionResult | None, way: FollowedWay | None) -> Figure | None:
        """What hidden stores say together stands in as one store: nothing more is told of them than the sums tell."""
        if headline is None or headline.figure is None or way is None:
            return None
        question, hidden = headline.question, self.hidden_of(headline.question.key)
        rest, size, parts = Tally(), 0, []
        for store, found in self.tallies.items():
            if hidden.hides_store(store):
                rest.add(found[question.key])
                size += way.sizes.get(store, 0)
            elif store != NO_STORE:
                parts.append((figure_of(question, found[question.key]), float(way.sizes.get(store, 0))))
        parts.append((figure_of(question, rest), float(size)))
        return measuring.weigh(parts, headline.figure)

    def _weeks(self, headline: QuestionResult | None) -> tuple[WeekResult, ...]:
        if headline is None or (self.is_guarded and self.place.store_ids is not None):
            return ()
        key = headline.question.key
        if self.is_anonymous:
            return _trend(headline.question, *gather_months(self.head, self.reader, key))
        keys = former_keys(key, list(self.ways.values()), self.only)
        found = gather_weeks(
            self.head.id, self.asked if self.is_guarded else self.place, self.reader, key, keys
        )
        parts = hide_parts({week.toordinal(): tally.answered for week, tally in found.items()})
        few = set(found) if parts is None else {date.fromordinal(part) for part in parts}
        return _trend(headline.question, found, few if self.is_guarded else ())

    def _way(self, total: Mapping[str, Tally]) -> FollowedWay:
        found, computed_at = follow(self.head.id, now=self.now)
        count = self._responses(None) if self.is_guarded else None
        return way_of(found, computed_at, self.version.definition, total, guarded_count=count)


def _drawn(row: PlaceResult, shrunk: float | None) -> PlaceResult:
    return PlaceResult(row.id, row.code, row.name, row.answered, row.figure, shrunk)


def _trend(
    question: Question, found: Mapping[date, Tally], hidden: Collection[date]
) -> tuple[WeekResult, ...]:
    rows = [
        WeekResult(week, 0, None, is_hidden=True)
        if week in hidden
        else WeekResult(week, tally.answered, figure_of(question, tally))
        for week, tally in list(found.items())[-MOST_WEEKS:]
    ]
    changed = [
        WeekResult(
            row.week_on, row.answered, row.figure, difference(row.figure.interval, before.figure.interval)
        )
        if row.figure and before.figure
        else row
        for before, row in pairwise(rows)
    ]
    return (*rows[:1], *changed)


class _Earlier:
    """Last year's questionnaire, its codes brought to where the first version of this one moved them."""

    def __init__(self, now: _Assembly) -> None:
        self.head = find_earlier(now.head)
        self.name = self.head.name if self.head else ""
        self.title = self.head.last.definition.title if self.head else None
        if self.head is None:
            return
        later = tuple(each.moved for each in now.head.versions if each.number <= now.version.number)
        versions, last = self.head.versions, self.head.last
        ways = {each.id: CodesWay((*way_to(last, each, versions).steps, *later)) for each in versions}
        self.is_guarded = now.is_guarded or self.head.is_anonymous
        self.known = {ways[last.id].key(each.key): each for each in last.definition.questions}
        reader: Reader = reader_of(now.version, versions, ways)
        self.total = add_up(gather(self.head.id, Asked(), reader, now.stores), None)

    def beside(self, row: QuestionResult) -> QuestionResult:
        question = row.question
        if not question.asks or question.key not in self.known:
            return row
        figure = figure_of(question, self.total[question.key])
        is_told = figure is not None and not (self.is_guarded and figure.count < LEAST)
        is_comparable = are_comparable(question, self.known[question.key])
        shown = figure if is_told and is_comparable else None
        change = difference(row.figure.interval, shown.interval) if row.figure and shown else None
        return QuestionResult(
            question,
            row.shown,
            row.answered,
            row.figure,
            row.bars,
            left_out=row.left_out,
            earlier=shown,
            change=change,
            is_comparable=is_comparable,
        )


__all__ = ["MOST_WEEKS", "get_head", "get_results", "list_places"]
