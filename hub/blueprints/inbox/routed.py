"""What a ticket's page says of routing: rules that matched, the suggested reason, and whether the reader is only an expert."""

from collections.abc import Mapping
from typing import Any

from flask_babel import get_locale, gettext, ngettext

from hub.blueprints.access import viewer
from hub.inbox.queries import TicketView
from hub.inbox.queries.suggestions import OfferedReason, find_offered_reason
from hub.inbox.states import is_open
from hub.reasons.queries import ReasonRow
from hub.staff.words import Permission


def effect_words(name: str) -> str:
    """What a rule sets, by the name of the effect."""
    words = {
        "store_id": gettext("Store"),
        "reason_id": gettext("Contact reason"),
        "priority": gettext("Priority"),
        "assignee_id": gettext("In charge"),
        "expert_group_id": gettext("Experts to ask"),
        "tags": gettext("Tags"),
    }
    return words[name]


def rule_words(data: Mapping[str, Any]) -> str:
    """A rule that matched when the ticket opened, and what it set."""
    changed = ", ".join(effect_words(name) for name in data.get("changes", {}))
    return str(gettext("Rule “%(name)s”: %(changes)s", name=data.get("name", ""), changes=changed))


def routed(ticket: TicketView, reasons: Mapping[int, ReasonRow]) -> dict[str, Any]:
    """Of `inbox/ticket.html`: who may do what here, and the reason that is suggested, if any."""
    me = viewer()
    may_answer = me.may(Permission.ANSWER_TICKETS)
    is_own = me.scope.has_store(ticket.store_id)
    is_asked = may_answer and is_own and ticket.reason_id is None and is_open(ticket.state)
    offered = find_offered_reason(ticket.id) if is_asked else None
    reason = reasons.get(offered.reason_id) if offered else None
    return {
        "may_answer": may_answer and is_own,
        "is_expert": may_answer and not is_own,
        "suggested": _suggested(offered, reason) if offered and reason else None,
    }


def _suggested(offered: OfferedReason, reason: ReasonRow) -> dict[str, str]:
    """The reason and why it may be believed: how often it was right on tickets that were not learnt from."""
    why = ""
    if offered.share is not None:
        right = round(offered.share * 100)
        why = ngettext("right %(num)s time in 100", "right %(num)s times in 100", right)
    if offered.word:
        said = gettext("word “%(word)s”", word=offered.word)
        why = f"{said}, {why}" if why else said
    return {"name": reason.path(str(get_locale())), "why": why}
