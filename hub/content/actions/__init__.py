"""What changes templates: the delivered mails are published, a chain writes its own drafts and publishes them."""

from hub.content.actions.builtin import publish_builtin_templates
from hub.content.actions.drafts import (
    create_template,
    customise,
    discard_drafts,
    restore_version,
    save_draft,
)
from hub.content.actions.publishing import go_back_to_delivered, publish_drafts, publish_test
from hub.content.rows import DraftContent

__all__ = [
    "DraftContent",
    "create_template",
    "customise",
    "discard_drafts",
    "go_back_to_delivered",
    "publish_builtin_templates",
    "publish_drafts",
    "publish_test",
    "restore_version",
    "save_draft",
]
