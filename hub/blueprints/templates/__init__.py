"""Doors of the message templates: list, editor, preview, versions, test send."""

from hub.blueprints.templates import acts, editor, pages, preview, versions
from hub.blueprints.templates.base import blueprint

EDITING = (
    "new_template",
    "create_template",
    "customise",
    "edit_template",
    "save_draft",
    "keep_draft",
    "publish",
    "discard",
    "go_back",
    "restore",
    "send_test",
)

__all__ = ["EDITING", "acts", "blueprint", "editor", "pages", "preview", "versions"]
