"""What pages and other rooms ask of the templates: the version to send, the list, drafts, history."""

from hub.content.queries.drafts import (
    check_draft,
    content_of_draft,
    find_draft,
    get_house,
    list_drafts,
    review_drafts,
    typed_draft,
    used_variables,
)
from hub.content.queries.phone import plain_sms, sms_price_micros
from hub.content.queries.templates import (
    get_history,
    get_template,
    get_version_view,
    list_templates,
)
from hub.content.queries.versions import find_published, get_published, get_version

__all__ = [
    "check_draft",
    "content_of_draft",
    "find_draft",
    "find_published",
    "get_history",
    "get_house",
    "get_published",
    "get_template",
    "get_version",
    "get_version_view",
    "list_drafts",
    "list_templates",
    "plain_sms",
    "review_drafts",
    "sms_price_micros",
    "typed_draft",
    "used_variables",
]
