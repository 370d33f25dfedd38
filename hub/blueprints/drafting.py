"""What the editors of drafts share: one change against what its form had seen, taken back, refused; and who was there last."""

from collections.abc import Callable

from flask import flash, request
from flask_babel import gettext

from hub.blueprints.access import viewer
from hub.blueprints.errors import sentence_of
from hub.core import clock
from hub.core.db import transaction
from hub.core.errors import Conflict
from hub.staff.queries import AgentRow, get_agents


def change(act: Callable[..., object], **given: object) -> None:
    """Raises Conflict when somebody was faster, and Invalid."""
    with transaction():
        act(**given, seen=request.form.get("seen", ""), by=viewer().actor, now=clock.business_now())


def undo(act: Callable[..., object], **given: object) -> str:
    """Returns the name of the button to come back to."""
    change(act, **given)
    flash(gettext("The last change is taken back."), "ok")
    return "undo"


def tell_conflict(error: Conflict) -> None:
    """Somebody else was faster: what was typed stays on the page, and the next save goes on from the draft as it is now."""
    flash(sentence_of(error), "error")
    flash(
        gettext("What you typed is still on this page: save again to put it into the draft as it is now."),
        "info",
    )


def find_editor(agent_id: int | None) -> AgentRow | None:
    """Who changed it last; None where nobody of the staff did."""
    return get_agents([agent_id]).get(agent_id) if agent_id else None
