"""Door of what was not sent: every message that did not leave, or waits, each with its reason."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hub.blueprints.customer_words import message_state, purpose_words, template_words
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.messages.base import (
    blueprint,
    channel_choices,
    purpose_choices,
    read_channel,
    read_purpose,
)
from hub.blueprints.messages.words import WHYS, why_words
from hub.content.naming import get_template_names
from hub.customers.queries import get_customers
from hub.outbox.blocked import NotSent, list_not_sent, why_of
from hub.outbox.queries import MessageRow
from hub.outbox.settling import may_send_again


@blueprint.get("/not-sent")
def list_blocked() -> ResponseReturnValue:
    reason = request.args.get("reason", "")
    asked = NotSent(
        why=reason if reason in WHYS else None,
        channel=read_channel(request.args),
        purpose=read_purpose(request.args),
    )
    page = list_not_sent(asked, request.args.get("after"))
    kept: dict[str, Any] = {
        name: request.args[name] for name in ("reason", "channel", "purpose") if request.args.get(name)
    }
    return render_template(
        "messages/not_sent.html",
        rows=not_sent_rows(page.rows),
        channels=channel_choices(),
        purposes=purpose_choices(),
        reasons=[("", gettext("All reasons")), *((why, why_words(why)) for why in WHYS)],
        older_href=url_for("messages.list_blocked", after=page.next_key, **kept) if page.next_key else None,
        newer_href=url_for("messages.list_blocked", **kept) if request.args.get("after") else None,
        is_filtered=bool(kept),
    )


def not_sent_rows(messages: Sequence[MessageRow]) -> list[dict[str, Any]]:
    """Rows with names of customers and templates, looked up once for the page."""
    people = get_customers({row.customer_id for row in messages if row.customer_id is not None})
    names = get_template_names({row.template_version_id for row in messages})
    rows = []
    for row in messages:
        person, (state, tone) = people.get(row.customer_id or 0), message_state(row)
        rows.append(
            {
                "id": row.id,
                "customer": (person.name if person else "") or row.recipient or "–",
                "href": url_for("customers.messages", customer_id=row.customer_id) if person else "",
                "template": template_words(names.get(row.template_version_id), row.purpose),
                "purpose": purpose_words(row.purpose),
                "channel": channel_words(row.channel),
                "recipient": row.recipient or "–",
                "state": state,
                "tone": tone,
                "why": why_words(why_of(row.state, row.reason)),
                "detail": row.reason_detail or "",
                "at": row.ended_at or row.due_at,
                "is_waiting": row.is_waiting,
                "may_send_again": may_send_again(row.purpose),
            }
        )
    return rows
