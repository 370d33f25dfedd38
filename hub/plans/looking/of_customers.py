"""Look-ups of the customer: segment, standing, consents, signs of life, the day where he lives."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from hub.core.errors import HubError
from hub.core.questions import Question, all_of
from hub.core.words import Channel, Purpose
from hub.customers.known import ask_said
from hub.customers.words import ConsentAction
from hub.orders.regional import get_regional_values
from hub.plans.looking.asked import Answers, Params, Subject, World
from hub.plans.looking.life import ask_alive
from hub.segments.saved.queries import is_member
from hub.segments.values.known import Standing, ask_standings, get_top_cents

log = structlog.get_logger(__name__)
REFUSABLE = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)


def segment(subjects: Sequence[Subject], params: Params, _world: World) -> Answers:
    """Member of a saved segment; nobody knows it of one that is gone or takes too long to ask."""
    latest = {seen.at.date(): seen.at for seen in sorted(subjects, key=lambda each: each.at)}
    found = {}
    for day, at in latest.items():
        ids = {seen.customer_id for seen in subjects if seen.at.date() == day}
        found[day] = _members(params["id"], ids, at)
    members = [found[seen.at.date()] for seen in subjects]
    return [
        None if each is None else seen.customer_id in each
        for seen, each in zip(subjects, members, strict=True)
    ]


def _members(segment_id: int, ids: set[int], at: datetime) -> set[int] | None:
    try:
        return is_member(segment_id, ids, now=at)
    except HubError as error:
        log.warning("plans.segment_unknown", segment_id=segment_id, reason=str(error.text))
        return None


def tier(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    return _standings(subjects, lambda each: each is not None and each.tier in params["in"])


def stage(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    return _standings(subjects, lambda each: None if each is None else each.stage in params["in"])


def churn_below(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """The score now; its past is not kept."""

    def is_below(each: Standing | None) -> bool | None:
        return None if each is None or each.churn_points is None else each.churn_points < params["points"]

    return _standings(subjects, is_below)


def value_top(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Of the highest lifetime value among all who ever bought."""
    least = get_top_cents(params["percent"])

    def is_top(each: Standing | None) -> bool | None:
        return None if least is None or each is None else each.historic_cents >= max(least, 1)

    return _standings(subjects, is_top)


def _standings(
    subjects: Sequence[Subject], is_so: Callable[[Standing | None], bool | None]
) -> Question[Answers]:
    asked = ask_standings([(seen.customer_id, seen.at) for seen in subjects])
    return asked.then(lambda found: [is_so(each) for each in found])


def consent(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """A yes in force; a survey rests on the purchase until somebody objects."""
    purpose = Purpose(params["purpose"])
    asked = ask_said(
        [(seen.customer_id, seen.at) for seen in subjects],
        channel=Channel(params["channel"]),
        purpose=purpose,
    )
    if purpose is Purpose.SURVEY:
        return asked.then(
            lambda found: [said is None or said[0] is not ConsentAction.WITHDRAWN for said in found]
        )
    return asked.then(lambda found: [said is not None and said[0] is ConsentAction.GIVEN for said in found])


def refused(subjects: Sequence[Subject], _params: Params, _world: World) -> Question[Answers]:
    """Mails of a purpose of the plan were refused since the entry."""
    asked = [(seen.customer_id, seen.at) for seen in subjects]
    purposes = [each for each in REFUSABLE if any(each in seen.purposes for seen in subjects)]

    def read(found: tuple[Sequence[tuple[ConsentAction, datetime] | None], ...]) -> Answers:
        return [
            any(
                purpose in seen.purposes and said is not None and said[0] is ConsentAction.WITHDRAWN
                and said[1] >= seen.since
                for purpose, said in zip(purposes, words, strict=True)
            )
            for seen, *words in zip(subjects, *found, strict=True)
        ]  # fmt: skip

    return all_of(*(ask_said(asked, channel=Channel.EMAIL, purpose=each) for each in purposes)).then(read)


def life_sign(subjects: Sequence[Subject], _params: Params, _world: World) -> Question[Answers]:
    """An order, ticket, answer, click, visit, filled basket or consent since the entry."""
    return ask_alive([(seen.customer_id, seen.silent_since, seen.at) for seen in subjects]).then(list)


def region(subjects: Sequence[Subject], params: Params, _world: World) -> Answers:
    """What counts in the customer's region, weather being one such word; nobody knows it where nothing was said."""
    by_moment: dict[datetime, set[int]] = {}
    for seen in subjects:
        by_moment.setdefault(seen.at, set()).add(seen.customer_id)
    said = {at: get_regional_values(ids, at=at) for at, ids in by_moment.items()}
    found = [said[seen.at].get(seen.customer_id, {}).get(params["property"]) for seen in subjects]
    return [None if value is None else value == params["value"] for value in found]


def phone_known(subjects: Sequence[Subject], _params: Params, world: World) -> Answers:
    return [
        seen.customer_id in world.customers and world.customers[seen.customer_id].phone is not None
        for seen in subjects
    ]


def weekday(subjects: Sequence[Subject], params: Params, _world: World) -> Answers:
    """Where the customer lives; Monday is 0."""
    return [seen.at.astimezone(ZoneInfo(seen.time_zone)).weekday() in params["in"] for seen in subjects]


def entered_by(subjects: Sequence[Subject], params: Params, _world: World) -> Answers:
    return [seen.values.get("trigger") == params["trigger"] for seen in subjects]
