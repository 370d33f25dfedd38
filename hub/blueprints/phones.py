"""What pages ask about telephone calls: whether to watch for them, and the call that a form notes."""

from typing import Any

from flask import request

from hub.blueprints.access import find_viewer, viewer
from hub.core.words import Channel
from hub.inbox import queries
from hub.inbox.queries import CallToNote
from hub.outbox.queries import get_phone_setup
from hub.staff.words import Permission


def may_hear_calls() -> bool:
    """Whether the page watches for calls: the provider of calls is set up, and the person reads tickets."""
    person = find_viewer()
    return person is not None and person.may(Permission.READ_TICKETS) and get_phone_setup() is not None


def call_to_note() -> CallToNote | None:
    """The call that the address of the form names, if it is of the person's stores."""
    given = request.args.get("call", type=int)
    return queries.find_call_to_note(given, viewer()) if given else None


def call_values() -> dict[str, Any]:
    """What the form of a contact takes from it; nothing without a call."""
    call = call_to_note()
    if call is None:
        return {}
    return {"channel": Channel.PHONE.value, "phone": call.caller or "", "store": call.store_id}
