"""Sendings of questionnaires in the reader's words: states, channels, reasons, what became of the letters."""

from collections.abc import Iterable, Mapping

from flask_babel import gettext, ngettext

from hub.core.text import N_
from hub.core.words import Channel
from hub.outbox.words import BlockReason, MessageState
from hub.questionnaires.sending.rows import Forecast, ReasonLine
from hub.questionnaires.sending.words import PASSED_OVER
from hub.questionnaires.words import WaveState

STATES: Mapping[WaveState, tuple[str, str]] = {
    WaveState.PLANNED: (N_("planned"), "info"),
    WaveState.SENDING: (N_("being sent"), "info"),
    WaveState.SENT: (N_("sent, reminder to come"), "ok"),
    WaveState.REMINDING: (N_("being reminded"), "info"),
    WaveState.DONE: (N_("done"), "ok"),
    WaveState.STOPPED: (N_("stopped"), "warn"),
}
CHANNELS: Mapping[Channel, str] = {Channel.EMAIL: N_("Mail"), Channel.SMS: N_("SMS")}
WAITING = frozenset({MessageState.WAITING, MessageState.CLAIMED, MessageState.CALLING})
LEFT: Mapping[MessageState, str] = {
    MessageState.ACCEPTED: N_("Accepted by the mail server or the operator"),
    MessageState.DELIVERED: N_("Delivered"),
    MessageState.BOUNCED: N_("Came back"),
}
LOST = N_("Did not leave")
WAITS = N_("Waits to leave")
Line = tuple[str, int]


def state_words(state: WaveState) -> tuple[str, str]:
    """Words and tone."""
    said, tone = STATES[state]
    return str(gettext(said)), tone


def channel_words(channels: Iterable[Channel]) -> str:
    """The first that is allowed is used."""
    return str(gettext(", else ")).join(gettext(CHANNELS[each]) for each in channels)


def reason_lines(lines: Iterable[ReasonLine]) -> list[Line]:
    return [(str(gettext(line.words)), line.count) for line in lines]


def forecast_lines(seen: Forecast) -> list[Line]:
    """Why not, in the order of their words, with those who were invited before."""
    before = [(str(gettext("Already invited to this questionnaire")), seen.already_invited)]
    others = [
        (str(gettext(said)), seen.reasons[reason])
        for reason, said in PASSED_OVER.items()
        if reason in seen.reasons
    ]
    return [line for line in (*before, *others) if line[1]]


def channel_lines(seen: Forecast) -> list[Line]:
    return [(str(gettext(CHANNELS[each])), count) for each, count in seen.by_channel.items() if count]


def letter_lines(counts: Mapping[tuple[MessageState, BlockReason | None], int]) -> list[Line]:
    """Invitations and reminders together."""
    found: dict[str, int] = {}
    for (state, _), count in counts.items():
        said = WAITS if state in WAITING else LEFT.get(state, LOST)
        found[said] = found.get(said, 0) + count
    return [(str(gettext(said)), found[said]) for said in (*LEFT.values(), WAITS, LOST) if said in found]


def people(count: int) -> str:
    return str(ngettext("%(num)d person", "%(num)d people", count))
