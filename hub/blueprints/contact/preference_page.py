"""What the preferences page shows, in the reader's words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext

from hub.blueprints.contact.base import private
from hub.blueprints.inbox.words import channel_words
from hub.core import clock
from hub.core.words import Channel, Language, Purpose
from hub.customers import preferences, queries
from hub.customers.consents import OWN_WORDS
from hub.customers.preferences import FREQUENCIES, Choosable, Preferences
from hub.customers.rules import show_phone
from hub.customers.themes import read_themes
from hub.customers.words import AddressKind, LeavingReason
from hub.outbox.actions import Refusable
from hub.outbox.queries import list_channels_set_up
from hub.stores.queries import get_chain

WEEK_DAYS = 7
SHOWN_DIGITS = 2


@dataclass(frozen=True)
class Box:
    """One tick box."""

    key: str
    label: str
    is_on: bool
    is_blocked: bool


@dataclass(frozen=True)
class Group:
    """The boxes of one channel."""

    legend: str
    boxes: tuple[Box, ...]
    note: str


def read(found: Refusable) -> Preferences:
    """The state behind a link."""
    return preferences.read_preferences(
        found.address,
        found.channel,
        channels=list_channels_set_up(),
        themes=[theme.key for theme in read_themes(get_chain().settings)],
        now=clock.business_now(),
    )


def show(token: str, found: Refusable, *, done: str = "", asks_why: bool = False) -> ResponseReturnValue:
    """The page as it stands now: always the saved state."""
    state = read(found)
    key = Choosable(AddressKind.MAIL, found.address, found.channel, found.purpose).key
    return private(
        render_template(
            "contact/preferences.html",
            token=token,
            address=_shown(found.address),
            groups=_groups(state),
            stoppable=purpose_words(found.purpose) if key in state.wanted else "",
            frequency=_frequency_key(state.frequency),
            frequencies=[("", gettext("No limit"))]
            + [(_frequency_key(each), _often(each)) for each in FREQUENCIES],
            paused_until=state.paused_until,
            languages=_languages() if state.language else [],
            chosen_language=state.language,
            reasons=reason_pairs() if asks_why else [],
            done=done,
            **_page_language(),
        )
    )


def _page_language() -> dict[str, Any]:
    return {"page_language": str(get_locale())}


def _shown(address: str) -> str:
    return address if "@" in address else show_phone(address)


def _groups(state: Preferences) -> list[Group]:
    names = {theme.key: theme.name(str(get_locale())) for theme in read_themes(get_chain().settings)}
    channels = dict.fromkeys((box.channel, box.address) for box in state.boxes)
    first = state.boxes[0].address if state.boxes else ""
    return [
        Group(
            _legend(channel, address, is_own=address == first),
            tuple(
                Box(box.key, _label(box, names), box.key in state.wanted, box.key in state.blocked)
                for box in state.boxes
                if box.channel is channel
            ),
            _note(state, channel),
        )
        for channel, address in channels
    ]


def _note(state: Preferences, channel: Channel) -> str:
    """Why boxes of a channel cannot be ticked here, and what to do about it; "" when all can."""
    keys = {box.key for box in state.boxes if box.channel is channel} & state.blocked.keys()
    reasons = {state.blocked[key] for key in keys}
    if not reasons:
        return ""
    if not reasons <= set(OWN_WORDS):
        return str(
            gettext("Our messages do not reach this address. Please give us another one in the store.")
        )
    if channel is Channel.EMAIL:
        return str(
            gettext("These were stopped from this address: open the link of a mail you received there.")
        )
    return str(
        gettext("These were stopped from this phone: please text START to us from it, then tick them here.")
    )


def _legend(channel: Channel, address: str, *, is_own: bool) -> str:
    """The other address of the customer is hinted at, not shown: links get forwarded."""
    shown = _shown(address) if is_own else _hint(address)
    return str(gettext("%(channel)s (%(address)s)", channel=channel_words(channel), address=shown))


def _hint(address: str) -> str:
    if "@" in address:
        local, _, domain = address.partition("@")
        return f"{local[:1]}…@{domain}"
    return f"…{address[-SHOWN_DIGITS:]}"


def _label(box: Choosable, names: dict[str, str]) -> str:
    if box.theme:
        return str(gettext("Offers: %(theme)s", theme=names[box.theme]))
    if box.purpose is Purpose.PROMOTION and names:
        return str(gettext("Offers on all other subjects"))
    return purpose_words(box.purpose)


def purpose_words(purpose: Purpose) -> str:
    """What a purpose is, as its receiver says it; "" for what nobody chooses."""
    words = {
        Purpose.SURVEY: gettext("One question after a purchase"),
        Purpose.PROMOTION: gettext("Offers and suggestions"),
        Purpose.NEWSLETTER: gettext("Newsletter"),
        Purpose.OPEN_MEASUREMENT: gettext("You may see whether I open your mails, to send fewer of them"),
    }
    return words.get(purpose, "")


def _often(frequency: tuple[int, int]) -> str:
    count, days = frequency
    if days == WEEK_DAYS:
        return ngettext("At most %(num)s message a week", "At most %(num)s messages a week", count)
    return ngettext("At most %(num)s message a month", "At most %(num)s messages a month", count)


def _frequency_key(frequency: tuple[int, int] | None) -> str:
    return f"{frequency[0]}/{frequency[1]}" if frequency else ""


def read_frequency(text: str) -> tuple[int, int] | None:
    """`2/7` as 2 in 7 days; anything that is not offered is no limit."""
    return next((each for each in FREQUENCIES if _frequency_key(each) == text), None)


def _languages() -> list[tuple[Language, str]]:
    return [(Language.FRENCH, "Français"), (Language.ENGLISH, "English")]


def reason_pairs() -> list[tuple[LeavingReason, str]]:
    """Why people leave, in the order of the page."""
    words = reason_words()
    return [(reason, words[reason]) for reason in LeavingReason]


def reason_words() -> dict[LeavingReason, str]:
    return {
        LeavingReason.TOO_MANY: gettext("I receive too many messages"),
        LeavingReason.NOT_FOR_ME: gettext("They are not about what interests me"),
        LeavingReason.NEVER_ASKED: gettext("I never asked for them"),
        LeavingReason.NO_LONGER_CUSTOMER: gettext("I am no longer a customer"),
        LeavingReason.UNHAPPY: gettext("I was not satisfied with the store"),
        LeavingReason.OTHER: gettext("Another reason"),
    }


def speak_to(address: str) -> str | None:
    """The language of the customer who has this address."""
    known = queries.find_customer_by_address(address)
    return known.language.value if known else None


def is_fewer(before: Preferences, wanted: Iterable[str]) -> bool:
    """Whether somebody just said goodbye to something."""
    return bool(before.wanted - set(wanted))
