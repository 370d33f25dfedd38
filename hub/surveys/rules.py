"""What counts as an answer and what is only a mail scanner at work. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from hub.surveys.words import AnswerState, Choice, TouchReason

LINK_DAYS = 30
ASK_AGAIN_DAYS = 30
BURST_SECONDS = 60
BURST_PAGE_SECONDS = 10
ASKED_AGAIN_SECONDS = 10
NONCE_MAX = timedelta(hours=24)
TOUCH_DAYS = 30
TOPICS = ("finding", "payment", "delivery", "welcome", "product", "overall")
COMMENT_LENGTH = 5000
VISIBLE_SECONDS = 3
PROVISIONAL_WAIT = timedelta(minutes=15)
MAIL_AGE = timedelta(seconds=120)
FOOTER_SECONDS = 10
FILTERED_INVITATIONS = 3
LEAST_OF_DOMAIN = 20
FILTERED_SHARE = 0.5
LONGEST_WINDOW = timedelta(hours=2)
DOMAIN_TERM = timedelta(days=365)
BOXES = frozenset(choice.value for choice in Choice)


@dataclass(frozen=True)
class Source:
    """Who touches a link: a keyed hash of the address, the browser's own words, and whether it only filters mail.

    `is_ahead`: a browser that fetches the page before anybody asked for it.
    """

    hash: str = ""
    user_agent: str = ""
    is_filter: bool = False
    is_ahead: bool = False


@dataclass(frozen=True)
class Confirmation:
    """A POST of the survey page. `page` identifies the opened page, `opened_at` and `at` are machine time.

    `is_asked_again`: the page asked which answer is right. `box` is the link that opened the page and `looked_at` when,
    also where the page was sent too fast and shown once more; "" and None: it was not opened by a link.
    """

    choice: Choice
    page: str
    opened_at: datetime
    at: datetime
    comment: str = ""
    is_asked_again: bool = False
    box: str = ""
    looked_at: datetime | None = None


@dataclass(frozen=True)
class SeenTouch:
    choice: str
    at: datetime


@dataclass(frozen=True)
class Evidence:
    """What is known around a gesture, besides the gesture. `mail_age` None: the mail was never accepted.

    `filtered_count`: other invitations whose boxes this source opened in bursts; `pressed_count`: other ones that it
    answered with the button, so that people browse from there too. `filter_window`: how long after a mail the filters
    of the recipient's mail domain usually open its links.
    """

    mail_age: timedelta | None
    is_filter: bool = False
    filtered_count: int = 0
    pressed_count: int = 0
    filter_window: timedelta | None = None
    has_head: bool = False
    has_mangled: bool = False
    has_other_choice: bool = False
    has_footer: bool = False


@dataclass(frozen=True)
class KeptAnswer:
    """A confirmation in the history. `is_genuine`: not a machine's; `is_vouched`: a person of the staff said so."""

    id: int
    choice: Choice
    page: str
    at: datetime
    state: AnswerState
    is_genuine: bool
    is_vouched: bool = False


def window_of(touched_count: int, filtered_count: int, window_seconds: int) -> timedelta | None:
    """How long after a mail a lone touch at this domain is a filter's; None where filters open few of its mails."""
    if touched_count < LEAST_OF_DOMAIN or filtered_count < FILTERED_SHARE * touched_count:
        return None
    return min(timedelta(seconds=window_seconds), LONGEST_WINDOW)


def doubt_of(evidence: Evidence) -> TouchReason | None:
    """Why a gesture may be a machine's; None: it is a provisional answer (surveys.md, "Closing the tab early")."""
    if evidence.mail_age is None:
        return TouchReason.TOO_EARLY
    doubts = (
        (TouchReason.TOO_EARLY, evidence.mail_age < MAIL_AGE),
        (TouchReason.FILTER_RANGE, evidence.is_filter),
        (
            TouchReason.FILTER_SOURCE,
            evidence.filtered_count >= FILTERED_INVITATIONS and not evidence.pressed_count,
        ),
        (
            TouchReason.FILTER_DOMAIN,
            evidence.filter_window is not None and evidence.mail_age < evidence.filter_window,
        ),
        (TouchReason.HEAD, evidence.has_head),
        (TouchReason.MANGLED, evidence.has_mangled),
        (TouchReason.OTHER_CHOICE, evidence.has_other_choice),
        (TouchReason.FOOTER, evidence.has_footer),
    )
    return next((reason for reason, is_so in doubts if is_so), None)


def is_gesture_age_good(opened_at: datetime, now: datetime) -> bool:
    """The page was open for three seconds at least, and not for more than a day."""
    return timedelta(seconds=VISIBLE_SECONDS) <= now - opened_at <= NONCE_MAX


def choose_counting(answers: Sequence[KeptAnswer]) -> int | None:
    """Which confirmation counts once the machines' are left out: the last one, unless another one contradicts it."""
    genuine = sorted((answer for answer in answers if answer.is_genuine), key=lambda kept: (kept.at, kept.id))
    if not genuine:
        return None
    last = next((kept for kept in reversed(genuine) if kept.is_vouched), genuine[-1])
    if last.state is AnswerState.CONTRADICTED and not last.is_vouched:
        disagreeing = (other for other in genuine if other.state is AnswerState.CONTRADICTED)
        if any(_disagree(last, other) for other in disagreeing):
            return None
    return last.id


def _disagree(one: KeptAnswer, other: KeptAnswer) -> bool:
    is_other = one.choice is not other.choice and one.page != other.page
    return is_other and abs((one.at - other.at).total_seconds()) <= BURST_SECONDS


def quarrel_of(answers: Sequence[KeptAnswer], *, since: datetime) -> list[KeptAnswer]:
    """The contradicted answers since then: those that are at odds now."""
    return [answer for answer in answers if answer.state is AnswerState.CONTRADICTED and answer.at >= since]


def find_machines(quarrel: Sequence[KeptAnswer], sources: Mapping[int, frozenset[str]]) -> frozenset[str]:
    """Sources that said different things from separately opened pages within a minute."""
    return frozenset(
        source
        for one, other in combinations(quarrel, 2)
        if _disagree(one, other)
        for source in sources.get(one.id, frozenset()) & sources.get(other.id, frozenset())
    )


def choose_after_quarrel(
    answers: Sequence[KeptAnswer],
    quarrel: Sequence[KeptAnswer],
    sources: Mapping[int, frozenset[str]],
    suspects: frozenset[str],
) -> int | None:
    """What counts though answers contradict one another: what others than the machines agree on, else what stood before.

    `suspects` are the machines and whoever looks like one, nobody where no machine is known. None: nobody has answered;
    the customer is asked again.
    """

    def is_clear(answer: KeptAnswer) -> bool:
        return bool(suspects and sources.get(answer.id, frozenset()) - suspects)

    others = [answer for answer in quarrel if is_clear(answer)]
    if others:
        return others[-1].id if len({answer.choice for answer in others}) == 1 else None
    standing = (AnswerState.CONFIRMED, AnswerState.SUPERSEDED)
    for answer in reversed([each for each in answers if each.state in standing]):
        if is_clear(answer) or not any(_disagree(answer, other) for other in quarrel):
            return answer.id
    return None


def is_read(confirmation: Confirmation) -> bool:
    """Who was asked which answer is right has had the time to read the question."""
    if not confirmation.is_asked_again:
        return True
    return (confirmation.at - confirmation.opened_at).total_seconds() >= ASKED_AGAIN_SECONDS


def is_settled(confirmation: Confirmation) -> bool:
    """The press on the page that asked once more, after it was read."""
    return confirmation.is_asked_again and is_read(confirmation)


def is_unhappy(choice: Choice) -> bool:
    return choice is Choice.NOT_SATISFIED


def score_of(choice: Choice) -> int:
    return int(choice.value)


def words_after(comment: str, before: str) -> str:
    """The words of an answer after a form was sent: an empty field takes nothing back."""
    return comment.strip()[:COMMENT_LENGTH] or before


def known_topics(topics: Sequence[str]) -> list[str]:
    return [topic for topic in topics if topic in TOPICS]


def is_contradiction(new: Confirmation, other: Confirmation) -> bool:
    """Different choices confirmed from separately opened pages within 60 s: a form-submitting scanner at work.

    Who reads "which one is yours?" for ten seconds and then says it settles what came before the question.
    """
    if new.page == other.page or new.choice == other.choice:
        return False
    if is_settled(new) and other.at <= new.opened_at:
        return False
    return abs((new.at - other.at).total_seconds()) <= BURST_SECONDS


def is_nonce_age_good(opened_at: datetime, now: datetime, *, least_seconds: float) -> bool:
    """A page is answered between one second and a day after it was opened: scanners are faster or later."""
    age = now - opened_at
    return timedelta(seconds=least_seconds) <= age <= NONCE_MAX


def is_burst(touches: Sequence[SeenTouch]) -> bool:
    """Two or more different choices opened within 60 s: no person clicks all boxes of a mail."""
    ordered = sorted(touches, key=lambda touch: touch.at)
    return any(  # two that differ have neighbours between them that differ, and are nearer
        first.choice != second.choice and (second.at - first.at).total_seconds() <= BURST_SECONDS
        for first, second in pairwise(ordered)
    )
