"""The blueprint of what leaves and what its pages share: filters from the address, and the same address again."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.customer_words import purpose_words
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.message_tabs import message_tabs
from hub.core.words import Channel, Purpose
from hub.outbox.policy import CHANNELS
from hub.staff.words import Permission

blueprint = Blueprint("messages", __name__)
SENT_TO_CUSTOMERS = (
    Purpose.TRANSACTIONAL,
    Purpose.SERVICE,
    Purpose.REPLY,
    Purpose.SURVEY,
    Purpose.PROMOTION,
    Purpose.NEWSLETTER,
)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    return {
        "may_edit": viewer().may(Permission.EDIT_MESSAGES),
        "message_tabs": message_tabs,
        "channel_words": channel_words,
        "purpose_words": purpose_words,
    }


def read_channel(args: Mapping[str, str]) -> Channel | None:
    """None is all of them, also for a word that is none."""
    given = args.get("channel", "")
    return Channel(given) if given in set(CHANNELS) else None


def read_purpose(args: Mapping[str, str]) -> Purpose | None:
    given = args.get("purpose", "")
    return Purpose(given) if given in set(SENT_TO_CUSTOMERS) else None


def channel_choices() -> list[tuple[str, str]]:
    return [("", gettext("All channels")), *((each.value, channel_words(each)) for each in CHANNELS)]


def purpose_choices() -> list[tuple[str, str]]:
    return [
        ("", gettext("All purposes")),
        *((each.value, purpose_words(each)) for each in SENT_TO_CUSTOMERS),
    ]
