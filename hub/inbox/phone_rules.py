"""What is known of a customer's call, however its callbacks come: they may come twice, late and in any order. Pure.

Source of the fields: Twilio's documentation of voice webhooks (Dial action, Number status callback, Record action and
recordingStatusCallback, call status callback).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Language
from hub.customers.rules import normalise_phone
from hub.inbox.words import PhoneCallState

S = PhoneCallState
RING_SECONDS = 25
RING_RANGE = range(5, 61)
LONGEST_MESSAGE_SECONDS = 180
GRACE = timedelta(seconds=45)
"""A call is over and nobody said whether the store had answered: the callback that says it is given this long."""
LONGEST_RING = timedelta(minutes=3)
LONGEST_AT_MACHINE = timedelta(minutes=6)
LONGEST_CALL = timedelta(hours=4)
"""After these a call whose end was never told counts as over; Twilio itself ends one after four hours."""
FETCH_WAITS = tuple(
    timedelta(seconds=each) for each in (5, 15, 60, 300, 900, 3600, 3600, 7200, 14_400, 28_800, 43_200)
)
"""How long a recording that is not there yet, or a provider that cannot be asked, is waited for: a day in all."""
MOST_LOOKS = len(FETCH_WAITS) + 1
LEASE = timedelta(minutes=2)
MOST_HIDDEN = 3
"""So many hidden callers ring at a line at once; more may be one that a telephone sends back to us again and again."""

_HIDDEN = frozenset({"+266696687", "+7378742883", "+2562533", "+8566696", "+86282452253", "+464"})
"""How Twilio spells anonymous, restricted, blocked, unknown, unavailable and none on a telephone's keys."""
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_RECORDING_SID = re.compile(r"RE[0-9a-f]{32}")
_ANSWERED = frozenset({"in-progress", "completed", "answered"})
_FAILED = frozenset({"busy", "no-answer", "failed", "canceled"})
_OVER = _FAILED | {"completed"}
_MOST_SECONDS = 86_400


@dataclass(frozen=True)
class CallFacts:
    """What is known of a call; nothing known is ever unknown again.

    `is_ours`: the telephone that was rung sent the call back to us, so that whoever answers it is our own machine. The
    call that came back is the one in which a message is left, and which is noted.
    """

    is_dialled: bool = False
    has_dial_failed: bool = False
    is_answered: bool = False
    is_over: bool = False
    has_message: bool = False
    is_ours: bool = False

    @property
    def has_talked(self) -> bool:
        """Whether a person of the store answered."""
        return self.is_answered and not self.is_ours

    def __or__(self, other: "CallFacts") -> "CallFacts":
        return CallFacts(
            self.is_dialled or other.is_dialled,
            self.has_dial_failed or other.has_dial_failed,
            self.is_answered or other.is_answered,
            self.is_over or other.is_over,
            self.has_message or other.has_message,
            self.is_ours or other.is_ours,
        )


@dataclass(frozen=True, kw_only=True)
class CallNews:
    """One callback. `called`, `caller` and `forwarded_from` are E.164 or what the network said; `caller` None: hidden."""

    sid: str
    called: str = ""
    caller: str | None = None
    forwarded_from: str = ""
    facts: CallFacts = CallFacts()
    talk_seconds: int = 0
    recording_sid: str | None = None
    recording_seconds: int = 0


def state_of(facts: CallFacts) -> PhoneCallState:
    """An answer counts more than anything else, a message more than its absence."""
    if facts.has_talked:
        return S.ANSWERED if facts.is_over else S.TALKING
    if facts.has_message:
        return S.VOICEMAIL
    if facts.is_over:
        return S.MISSED
    is_ringing = facts.is_dialled and not facts.has_dial_failed and not facts.is_ours
    return S.RINGING if is_ringing else S.MESSAGE


def is_surely_missed(facts: CallFacts) -> bool:
    """Whether the store did not answer, whatever callback is still to come; of a call sent back, the second one says."""
    if facts.is_answered or facts.is_ours:
        return False
    return facts.has_dial_failed or facts.has_message or (facts.is_over and not facts.is_dialled)


def patience(facts: CallFacts) -> timedelta | None:
    """How long the next callback is waited for; None when none is needed any more."""
    if facts.is_over:
        return None if facts.is_answered or facts.is_ours or is_surely_missed(facts) else GRACE
    if facts.has_talked:
        return LONGEST_CALL
    return LONGEST_RING if state_of(facts) is S.RINGING else LONGEST_AT_MACHINE


def lapse(facts: CallFacts) -> CallFacts:
    """The callback never came: the call is over, and nobody answered unless it was told before."""
    return facts | CallFacts(has_dial_failed=facts.is_dialled and not facts.is_answered, is_over=True)


def read_listed(status: str, legs: Sequence[str]) -> CallFacts:
    """What the provider answers when it is asked about a call and its legs."""
    is_answered, is_over = any(leg in _ANSWERED for leg in legs), status in _OVER
    return CallFacts(
        has_dial_failed=is_over and bool(legs) and not is_answered, is_answered=is_answered, is_over=is_over
    )


def read_call(fields: Mapping[str, str]) -> CallNews:
    """A call comes in. Raises Invalid without a CallSid."""
    return CallNews(**_parties(fields))


def read_dial_end(fields: Mapping[str, str]) -> CallNews:
    """The store's telephone was answered and hung up, or was not answered. Raises Invalid."""
    status = fields.get("DialCallStatus", "")
    was_answered = status in _ANSWERED
    facts = CallFacts(
        is_dialled=True,
        has_dial_failed=not was_answered,
        is_answered=was_answered,
        is_over=was_answered or fields.get("CallStatus") in _OVER,
    )
    return CallNews(**_parties(fields), facts=facts, talk_seconds=_seconds(fields, "DialCallDuration"))


def read_status(fields: Mapping[str, str]) -> CallNews:
    """The customer's call itself, or the leg to the store's telephone, changed. Raises Invalid."""
    status = fields.get("CallStatus", "")
    parent = fields.get("ParentCallSid", "")
    if not parent:
        return CallNews(**_parties(fields), facts=CallFacts(is_over=status in _OVER))
    facts = CallFacts(
        is_dialled=True,
        has_dial_failed=status in _FAILED,
        is_answered=status in _ANSWERED,
        is_over=status == "completed",
    )
    talk_seconds = _seconds(fields, "CallDuration") if facts.is_over else 0
    return CallNews(sid=_sid(parent), facts=facts, talk_seconds=talk_seconds)


def read_recording(fields: Mapping[str, str]) -> CallNews:
    """The customer left a message, or only silence. Raises Invalid."""
    sid = fields.get("RecordingSid") or fields.get("RecordingUrl", "").rpartition("/")[2]
    seconds = _seconds(fields, "RecordingDuration")
    is_there = fields.get("RecordingStatus", "completed") == "completed" and seconds > 0
    has_message = is_there and bool(_RECORDING_SID.fullmatch(sid))
    return CallNews(
        **_parties(fields),
        facts=CallFacts(is_over=True, has_message=has_message),
        recording_sid=sid if has_message else None,
        recording_seconds=seconds if has_message else 0,
    )


def caller_of(text: str) -> str | None:
    """The number to call back, in E.164; None for a hidden one and for what is no telephone number."""
    if text.strip() in _HIDDEN:
        return None
    try:
        return normalise_phone(text)
    except Invalid:
        return None


def fetch_wait(attempt_count: int) -> timedelta | None:
    """How long to wait after so many attempts to fetch a recording, or to ask about a call; None: no more."""
    return FETCH_WAITS[attempt_count - 1] if attempt_count <= len(FETCH_WAITS) else None


class _Parties(TypedDict):
    sid: str
    called: str
    caller: str | None
    forwarded_from: str


def _parties(fields: Mapping[str, str]) -> _Parties:
    return {
        "sid": _sid(fields.get("CallSid", "")),
        "called": _number(fields.get("To") or fields.get("Called", "")),
        "caller": caller_of(fields.get("From") or fields.get("Caller", "")),
        "forwarded_from": _number(fields.get("ForwardedFrom", "")),
    }


def _sid(text: str) -> str:
    if not _CALL_SID.fullmatch(text):
        raise Invalid(N_("This call cannot be read: it has no CallSid."))
    return text


def _number(text: str) -> str:
    return caller_of(text) or text.strip()[:80]


def _seconds(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "")
    return min(int(text), _MOST_SECONDS) if text.isdecimal() else 0


@dataclass(frozen=True)
class Spoken:
    """What callers hear, and what the thread of a ticket says of a call."""

    ringing: str
    hello: str
    closed: str
    nobody: str
    leave: str
    silence: str
    subject: str
    missed: str
    answered: str
    message: str
    lost: str
    from_number: str
    from_nobody: str


SPOKEN = {
    Language.FRENCH: Spoken(
        ringing="Bonjour, vous êtes bien chez {name}. Nous vous mettons en relation.",
        hello="Bonjour, vous êtes bien chez {name}.",
        closed="Le magasin est fermé pour le moment.",
        nobody="Personne ne peut vous répondre pour le moment.",
        leave="Laissez votre message après le bip, nous vous rappellerons.",
        silence="Nous n’avons rien entendu. Nous vous rappellerons. Au revoir.",
        subject="Appel manqué {caller}",
        missed="Appel manqué {caller} à {time}.",
        answered="Le magasin a bien répondu à cet appel : nous l’avons appris plus tard.",
        message="Message vocal {caller} à {time}, durée {length}.",
        lost="L’enregistrement n’a pas pu être récupéré. Il peut être écouté dans la console de Twilio ({sid}).",
        from_number="de {number}",
        from_nobody="d’un numéro masqué",
    ),
    Language.ENGLISH: Spoken(
        ringing="Hello, you have reached {name}. We are putting you through.",
        hello="Hello, you have reached {name}.",
        closed="The store is closed for the moment.",
        nobody="Nobody can take your call for the moment.",
        leave="Please leave your message after the tone and we will call you back.",
        silence="We did not hear anything. We will call you back. Goodbye.",
        subject="Missed call {caller}",
        missed="Missed call {caller} at {time}.",
        answered="The store did answer this call: we heard of it later.",
        message="Voicemail {caller} at {time}, length {length}.",
        lost="The recording could not be fetched. It can be listened to in Twilio’s console ({sid}).",
        from_number="from {number}",
        from_nobody="from a hidden number",
    ),
}


def length_words(seconds: int) -> str:
    """`0:35`."""
    return f"{seconds // 60}:{seconds % 60:02d}"
