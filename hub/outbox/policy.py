"""The chain's choices for the gate: caps, hours, blocked stores. Read by rules.read_policy, changed here."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from hub.core.actor import Actor
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel, Purpose
from hub.outbox.quiet_hours import DayHours
from hub.outbox.rules import DEFAULT_CAPS, LATEST_SMS_HOUR, Cap, Policy, read_policy
from hub.stores.actions import change_setting
from hub.stores.queries import get_chain, list_stores

SETTING = "gate"
CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)
PURPOSES = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)
KINDS = tuple((channel, purpose) for channel in CHANNELS for purpose in PURPOSES)
MOST_MESSAGES = 100
LONGEST_DAYS = 365
EARLIEST_SMS_HOUR = 8
MIDNIGHT = 24


def get_policy() -> Policy:
    """What the gate goes by now, without the pauses of channels. Raises NotFound before the set-up."""
    return read_policy(get_chain().settings)


def change_policy(
    *,
    caps: Mapping[tuple[Channel, Purpose], Cap | None],
    mail_hours: DayHours,
    sms_hours: DayHours,
    blocked_store_ids: Collection[int],
    by: Actor,
    now: datetime,
) -> None:
    """What waits is judged by the new rules when it is looked at next. Raises Invalid with its field.

    A cap of None: none, which only a channel and purpose without a default may have.
    """
    kept = {kind: _checked(kind, cap) for kind, cap in caps.items()}
    _check_hours("mail", mail_hours, earliest=0, latest=MIDNIGHT)
    _check_hours("sms", sms_hours, earliest=EARLIEST_SMS_HOUR, latest=LATEST_SMS_HOUR)
    known = {store.id for store in list_stores(is_active=None)}
    value: dict[str, Any] = {
        **get_chain().settings.get(SETTING, {}),
        "caps": {_name(kind): [cap.count, cap.days] for kind, cap in kept.items() if cap is not None},
        "mail_hours": [mail_hours.opens, mail_hours.closes],
        "sms_hours": [sms_hours.opens, sms_hours.closes],
        "blocked_store_ids": sorted(known & set(blocked_store_ids)),
    }
    change_setting(SETTING, value, by=by, now=now)


def _name(kind: tuple[Channel, Purpose]) -> str:
    return f"{kind[0]}:{kind[1]}"


def field_of(part: str, kind: tuple[Channel, Purpose]) -> str:
    """The name of a cap's field in forms and errors: `count_email_promotion`."""
    return f"{part}_{kind[0]}_{kind[1]}"


def _checked(kind: tuple[Channel, Purpose], cap: Cap | None) -> Cap | None:
    if cap is None:
        if kind in DEFAULT_CAPS:
            raise Invalid(
                N_("This cap cannot be left out. Please give a number of messages and of days."),
                field=field_of("count", kind),
            )
        return None
    if not 0 <= cap.count <= MOST_MESSAGES:
        raise Invalid(
            N_("Please give a number of messages between 0 and %(most)s."),
            field=field_of("count", kind),
            most=MOST_MESSAGES,
        )
    if not 1 <= cap.days <= LONGEST_DAYS:
        raise Invalid(
            N_("Please give a number of days between 1 and %(most)s."),
            field=field_of("days", kind),
            most=LONGEST_DAYS,
        )
    return cap


def _check_hours(name: str, hours: DayHours, *, earliest: int, latest: int) -> None:
    if not earliest <= hours.opens < hours.closes <= latest:
        raise Invalid(
            N_("Please choose hours between %(earliest)s:00 and %(latest)s:00, the first before the last."),
            field=f"{name}_closes",
            earliest=earliest,
            latest=latest,
        )
