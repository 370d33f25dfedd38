"""Conditions on messages and on consents."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import and_, join, literal, or_, select
from sqlalchemy.sql.expression import FromClause

from hub.content.models import MessageTemplate, TemplateVersion
from hub.core.words import Channel
from hub.customers.models import Address, ConsentState
from hub.customers.words import AddressKind, ConsentAction
from hub.outbox.models import OutboundMessage
from hub.outbox.tracking.models import LinkClick, MessageOpening
from hub.outbox.tracking.words import Opener, Visitor
from hub.outbox.words import MessageState
from hub.segments.compiling.frame import Frame, Members, Rows, Truth, happened, texts
from hub.segments.conditions.tree import Condition
from hub.segments.conditions.words import Source

SENT = (MessageState.ACCEPTED, MessageState.DELIVERED)
ADDRESS_OF = {
    Channel.EMAIL: AddressKind.MAIL,
    Channel.SMS: AddressKind.PHONE,
    Channel.WHATSAPP: AddressKind.PHONE,
}


def _of_message(each: Condition) -> list[Truth]:
    message = OutboundMessage
    where: list[Truth] = []
    if purposes := each.narrowed_to(Source.PURPOSE):
        where.append(message.purpose == texts(purposes))
    if channels := each.narrowed_to(Source.CHANNEL):
        where.append(message.channel == texts(channels))
    if keys := each.narrowed_to(Source.TEMPLATE):
        versions = (
            select(TemplateVersion.id)
            .join(MessageTemplate, MessageTemplate.id == TemplateVersion.template_id)
            .where(MessageTemplate.key == texts(keys))
        )
        where.append(message.template_version_id.in_(versions))
    return where


def _sent(each: Condition, frame: Frame) -> Members:
    """A provider took it."""
    message = OutboundMessage
    where = [message.state.in_([literal(state.value) for state in SENT]), *_of_message(each)]
    return happened(Rows(message.__table__, message.customer_id, message.accepted_at, where), each, frame)


def _opened(each: Condition, frame: Frame) -> Members:
    """By a person, as far as that can be known: pixels of privacy proxies and machines do not count."""
    opening = MessageOpening
    where = [opening.opener == literal(Opener.PROGRAM.value), *_of_message(each)]
    return happened(_joined(opening, opening.first_at, where), each, frame)


def _clicked(each: Condition, frame: Frame) -> Members:
    """By a person; several clicks in one message are one."""
    click = LinkClick
    where = [click.label == literal(Visitor.HUMAN.value), *_of_message(each)]
    return happened(_joined(click, click.clicked_at, where), each, frame)


def _joined(seen: Any, moment: Any, where: list[Truth]) -> Rows:
    message = OutboundMessage
    source: FromClause = join(seen, message, message.id == seen.message_id)
    return Rows(source, message.customer_id, moment, where, message.id)


def _agrees(each: Condition, frame: Frame) -> Members:
    """A consent in force, on one of the customer's own confirmed addresses, to each purpose by one of the channels."""
    channels = [Channel(value) for value in each.narrowed_to(Source.CHANNEL)]
    purposes = each.narrowed_to(Source.PURPOSE)
    first, *others = (_given(channels, purpose) for purpose in purposes)
    chosen = (
        select(Address.customer_id)
        .join(ConsentState, first)
        .where(Address.unconfirmed_since.is_(None), *frame.bounds.keep(Address.customer_id))
        .group_by(Address.customer_id)
    )
    for other in others:
        same = (
            select(Address.customer_id).join(ConsentState, other).where(Address.unconfirmed_since.is_(None))
        )
        chosen = chosen.where(Address.customer_id.in_(same.where(*frame.bounds.keep(Address.customer_id))))
    return Members(chosen)


def _given(channels: list[Channel], purpose: str) -> Truth:
    state = ConsentState
    ways = [
        and_(
            state.channel == literal(channel.value),
            state.address_kind == literal(ADDRESS_OF[channel].value),
            Address.kind == literal(ADDRESS_OF[channel].value),
        )
        for channel in channels
    ]
    return and_(
        state.address == Address.value,
        state.purpose == literal(purpose),
        state.action == ConsentAction.GIVEN,
        state.theme == "",
        or_(*ways),
    )


OF_MESSAGES: Mapping[str, Callable[[Condition, Frame], Members]] = {
    "messages.sent": _sent,
    "messages.opened": _opened,
    "messages.clicked": _clicked,
    "consents.given": _agrees,
}
