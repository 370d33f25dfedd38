"""The blueprint of the sign-up forms and what its pages share."""

from typing import Any

from flask import Blueprint

from hub.blueprints.access import viewer
from hub.blueprints.message_tabs import message_tabs
from hub.staff.words import Permission

blueprint = Blueprint("signups", __name__)


@blueprint.context_processor
def shared() -> dict[str, Any]:
    """Whether the reader may change forms, and the tabs of the room."""
    return {"may_edit": viewer().may(Permission.EDIT_MESSAGES), "message_tabs": message_tabs}
