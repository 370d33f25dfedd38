"""Look-ups of the plan's own messages: left, opened, clicked, refused by the address; and of what was answered."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from hub.core.questions import Question, all_of
from hub.outbox.tracking.queries import ask_first_clicks, ask_first_openings
from hub.outbox.words import MessageState
from hub.plans.looking.asked import Answers, LookUp, Params, Subject, World
from hub.plans.surveyed import ask_surveyed
from hub.plans.walking import SENT, Sent
from hub.plans.words import Arm
from hub.surveys.queries import list_answer_moments
from hub.surveys.rules import ASK_AGAIN_DAYS

LEFT = SENT | {MessageState.BOUNCED, MessageState.UNKNOWN}
Moments = Callable[[Collection[int]], Question[dict[int, datetime]]]


def first_message_sent(subjects: Sequence[Subject], _params: Params, _world: World) -> Answers:
    """A message of the plan left; in the control arm a ghost of one has its time, which is as much."""
    return [
        bool(seen.values.get("first_message_at"))
        if seen.arm is Arm.CONTROL
        else any(sent.state in SENT for sent in seen.messages.values())
        for seen in subjects
    ]


def opened(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    return reacted(subjects, params, (ask_first_openings,))


def clicked(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    return reacted(subjects, params, (ask_first_clicks,))


def engaged(subjects: Sequence[Subject], params: Params, _world: World) -> Question[Answers]:
    """Clicked as a person, or opened where openings are measured."""
    return reacted(subjects, params, (ask_first_clicks, ask_first_openings))


def reacted(subjects: Sequence[Subject], params: Params, lists: Sequence[Moments]) -> Question[Answers]:
    """To the message of a step, or to any of the plan; nobody reacts to what never left, nor the control arm to a ghost."""
    asked = [_left(seen, params.get("step")) for seen in subjects]
    ids = {outbound_id for each in asked for outbound_id in each}
    return all_of(*(look(ids) for look in lists if ids)).then(
        lambda found: [_answer(seen, each, found) for seen, each in zip(subjects, asked, strict=True)]
    )


def _left(seen: Subject, step_key: str | None) -> dict[int, Sent]:
    """The messages asked about that left by then, or may have left."""
    posted: Mapping[str, int] = seen.values.get("messages", {})
    return {
        outbound_id: sent
        for key, outbound_id in posted.items()
        if step_key in {None, key} and (sent := seen.messages.get(key)) and sent.state in LEFT
    }


def _answer(seen: Subject, asked: Mapping[int, Sent], found: Sequence[Mapping[int, datetime]]) -> bool | None:
    """A reaction proves that a message left; that there was none is known only of one that surely did."""
    if not asked:
        return False if seen.arm is Arm.CONTROL else None
    if any(moments[each] <= seen.at for moments in found for each in asked if each in moments):
        return True
    is_sure = any(sent.state is not MessageState.UNKNOWN or sent.accepted_at for sent in asked.values())
    return False if is_sure else None


def bounced(subjects: Sequence[Subject], _params: Params, _world: World) -> Answers:
    """A message of the plan came back for good."""
    return [any(sent.state is MessageState.BOUNCED for sent in seen.messages.values()) for seen in subjects]


def answered(subjects: Sequence[Subject], _params: Params, _world: World) -> Answers:
    """The survey about the order of the entry."""
    found = list_answer_moments({seen.order_id for seen in subjects} - {0})
    return [seen.order_id in found and found[seen.order_id] <= seen.at for seen in subjects]


def asked_recently(subjects: Sequence[Subject], _params: Params, _world: World) -> Question[Answers]:
    asked = ask_surveyed({seen.customer_id for seen in subjects})
    return asked.then(lambda found: [_was_asked(seen, found.get(seen.customer_id, ())) for seen in subjects])


def asked_among(moments: Mapping[int, Sequence[datetime]]) -> LookUp:
    """`asked_recently` by the moments known of each customer, for whoever asks of many moments."""
    return lambda subjects, _params, _world: [
        _was_asked(seen, moments.get(seen.customer_id, ())) for seen in subjects
    ]


def _was_asked(seen: Subject, moments: Sequence[datetime]) -> bool:
    """By a survey or a questionnaire in the last 30 days, before this plan's own question."""
    window = timedelta(days=ASK_AGAIN_DAYS)
    is_first = not seen.values.get("first_outbound_id")
    return is_first and any(seen.at - window < moment <= seen.at for moment in moments)
