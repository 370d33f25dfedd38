"""What is known of clicks and openings: figures count people's clicks only, and never a proxy's opening as reading."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from hub.content.models import MessageTemplate, TemplateVersion
from hub.core.db import db
from hub.core.questions import Question, answered
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking.models import LinkClick, MessageOpening, OpeningCount
from hub.outbox.tracking.words import Opener, Sign, Visitor
from hub.outbox.words import MessageState

SENT = (MessageState.ACCEPTED, MessageState.DELIVERED, MessageState.BOUNCED, MessageState.UNKNOWN)


@dataclass(frozen=True)
class ClickCount:
    """People's clicks. `message_count`: messages with at least one; `machine_count`: clicks left out."""

    sent_count: int = 0
    message_count: int = 0
    click_count: int = 0
    machine_count: int = 0


@dataclass(frozen=True)
class OpeningRow:
    """Loads of the pixel by one kind of opener; `is_reading` is False for privacy proxies and machines."""

    opener: Opener
    count: int

    @property
    def is_reading(self) -> bool:
        return self.opener is Opener.PROGRAM


@dataclass(frozen=True)
class ClickRow:
    """One click with what speaks for its label. Raw signals are None once purged."""

    position: int
    clicked_at: datetime
    method: str | None
    user_agent: str | None
    network: str | None
    label: Visitor
    sign: Sign


def count_clicks(
    *,
    template_keys: Collection[str] | None = None,
    outbound_ids: Collection[int] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, ClickCount]:
    """By template key: messages sent (accepted within the period) and people's clicks on them.

    `outbound_ids` narrows to the messages of a plan step or a campaign. Templates without a message sent are missing.
    """
    m = OutboundMessage
    wanted: list[ColumnElement[bool]] = [m.state.in_(SENT)]
    wanted += [MessageTemplate.key.in_(template_keys)] if template_keys is not None else []
    wanted += [m.id.in_(outbound_ids)] if outbound_ids is not None else []
    wanted += [m.accepted_at >= since] if since else []
    wanted += [m.accepted_at < until] if until else []
    is_human, is_machine = LinkClick.label == Visitor.HUMAN, LinkClick.label == Visitor.MACHINE
    rows = db.session.execute(
        select(
            MessageTemplate.key,
            func.count(m.id.distinct()),
            func.count(LinkClick.message_id.distinct()).filter(is_human),
            func.count(LinkClick.id).filter(is_human),
            func.count(LinkClick.id).filter(is_machine),
        )
        .select_from(m)
        .join(TemplateVersion, TemplateVersion.id == m.template_version_id)
        .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
        .outerjoin(LinkClick, LinkClick.message_id == m.id)
        .where(*wanted)
        .group_by(MessageTemplate.key)
    )
    return {key: ClickCount(*counts) for key, *counts in rows}


def get_last_clicks(customer_ids: Collection[int]) -> dict[int, datetime]:
    """When each customer last clicked, as a person; those who never did are missing."""
    if not customer_ids:
        return {}
    rows = db.session.execute(
        select(OutboundMessage.customer_id, func.max(LinkClick.clicked_at))
        .join(LinkClick, LinkClick.message_id == OutboundMessage.id)
        .where(OutboundMessage.customer_id.in_(customer_ids), LinkClick.label == Visitor.HUMAN)
        .group_by(OutboundMessage.customer_id)
    )
    return {customer_id: at for customer_id, at in rows if customer_id is not None}


def get_first_clicks(outbound_ids: Collection[int]) -> dict[int, datetime]:
    """When a person first clicked in each message; the others are missing."""
    return ask_first_clicks(outbound_ids).ask()


def ask_first_clicks(outbound_ids: Collection[int]) -> Question[dict[int, datetime]]:
    clicked = (
        select(LinkClick.message_id, func.min(LinkClick.clicked_at).label("clicked_at"))
        .where(LinkClick.message_id.in_(outbound_ids), LinkClick.label == Visitor.HUMAN)
        .group_by(LinkClick.message_id)
    )
    return Question((clicked,), lambda rows: dict(map(tuple, rows))) if outbound_ids else answered({})


def get_first_openings(outbound_ids: Collection[int]) -> dict[int, datetime]:
    """When a mail program first loaded the pixel of each message; proxies count for nothing, the others are missing."""
    return ask_first_openings(outbound_ids).ask()


def ask_first_openings(outbound_ids: Collection[int]) -> Question[dict[int, datetime]]:
    opened = select(MessageOpening.message_id, MessageOpening.first_at).where(
        MessageOpening.message_id.in_(outbound_ids), MessageOpening.opener == Opener.PROGRAM
    )
    return Question((opened,), lambda rows: dict(map(tuple, rows))) if outbound_ids else answered({})


def list_clicks(outbound_id: int) -> list[ClickRow]:
    """Every click of one message with its signals, oldest first."""
    c = LinkClick
    rows = db.session.execute(
        select(c.position, c.clicked_at, c.method, c.user_agent, c.network, c.label, c.sign)
        .where(c.message_id == outbound_id)
        .order_by(c.id)
    )
    return [ClickRow(*row) for row in rows]


def list_openings(template_key: str) -> list[OpeningRow]:
    """Loads of the pixels of a template, with and without a name, by what loaded them."""
    version_ids = (
        select(TemplateVersion.id)
        .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
        .where(MessageTemplate.key == template_key)
    )
    nameless = select(OpeningCount.opener, OpeningCount.count).where(
        OpeningCount.template_version_id.in_(version_ids)
    )
    named = (
        select(MessageOpening.opener, MessageOpening.count)
        .join(OutboundMessage, OutboundMessage.id == MessageOpening.message_id)
        .where(OutboundMessage.template_version_id.in_(version_ids))
    )
    both = nameless.union_all(named).subquery()
    rows = db.session.execute(
        select(both.c.opener, func.sum(both.c.count)).group_by(both.c.opener).order_by(both.c.opener)
    )
    return [OpeningRow(Opener(opener), int(count)) for opener, count in rows]
