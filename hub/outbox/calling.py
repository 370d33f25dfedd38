"""Renders claimed messages into envelopes and calls the provider; no database while it does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from uuid import UUID

import structlog

from hub.channels.base import (
    AttachedFile,
    Cost,
    Envelope,
    PermanentFailure,
    TemporaryFailure,
    Transport,
    UnknownOutcome,
)
from hub.content.queries import get_version
from hub.content.rendering import PreparedTemplate, Rendered, render
from hub.content.rules import automatic_headers
from hub.core import clock, files, site
from hub.core.errors import HubError
from hub.core.words import Channel
from hub.outbox import addresses
from hub.outbox.hook_settings import reference_headers
from hub.outbox.leases import Claim
from hub.outbox.letter import UNSUBSCRIBE_VALUE, Letter
from hub.outbox.phone_letters import NO_PLAN, REPLY_VALUE, PhonePlan, TemplateRequired, write_text
from hub.outbox.phone_rules import PHONES
from hub.outbox.tracking.writing import UNMARKED, Marking, mark
from hub.outbox.words import AttemptOutcome, BlockReason

log = structlog.get_logger(__name__)
LONGEST_CALL = timedelta(seconds=5)
PREFERENCES_VALUE = "preferences_url"


@dataclass(frozen=True)
class Outcome:
    """What one call of the provider came to. `is_content` when the mail itself was refused, not its receiver.

    `code` is the provider's own for a refusal, `cost` what a phone message costs.
    """

    letter: Letter
    kind: AttemptOutcome
    detail: str = ""
    reference: str = ""
    is_content: bool = False
    is_lasting: bool = False
    code: str = ""
    cost: Cost | None = None


@dataclass(frozen=True)
class Unfit:
    """A message that cannot be rendered: `detail` names the value that is missing or unsafe."""

    letter: Letter
    reason: BlockReason
    detail: str


def write_envelope(
    letter: Letter, *, now: datetime, marking: Marking = UNMARKED, plan: PhonePlan = NO_PLAN
) -> Envelope | Unfit:
    """The message as it leaves, from the frozen version and values. Never raises for what a caller handed in."""
    if letter.channel is Channel.SOCIAL:
        return _write_bridged(letter, now=now)
    return _write_letter(letter, now=now, marking=marking, plan=plan)


def _write_letter(letter: Letter, *, now: datetime, marking: Marking, plan: PhonePlan) -> Envelope | Unfit:
    version = get_version(letter.template_version_id)
    links = link_values(letter)
    try:
        is_phone = letter.channel in PHONES
        filled = render(version, {**letter.values, **links}, has_sms=is_phone)
        mail: Rendered = mark(filled, letter, version, marking)
        if is_phone:
            return _write_phone(letter, version, mail, plan, now=now)
        attached = _attached(letter)
    except TemplateRequired as error:
        log.warning("outbox.alarm", kind="template_required", outbound_id=letter.id, template=version.key)
        return Unfit(letter, BlockReason.TEMPLATE_REQUIRED, str(error))
    except HubError as error:
        return Unfit(letter, BlockReason.CONTENT, str(error))
    headers = {**automatic_headers(version.automatic, loop_mark=site.inbound_domain()), **letter.headers}
    headers |= reference_headers(letter.uuid)
    if links:
        headers["List-Unsubscribe"] = f"<{links[UNSUBSCRIBE_VALUE]}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Envelope(
        key=UUID(letter.uuid),
        channel=letter.channel,
        sender_address=letter.sender_address or f"noreply@{site.inbound_domain()}",
        sender_name=letter.sender_name,
        recipient=letter.recipient or "",
        recipient_name=letter.recipient_name,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        sent_at=now,
        message_id=letter.message_id,
        return_path=addresses.return_path_of(letter.uuid, site.inbound_domain()),
        reply_to=letter.reply_to,
        headers=headers,
        attachments=attached,
    )


def _attached(letter: Letter) -> tuple[AttachedFile, ...]:
    """The files that go with the mail, from the shelf. Raises NotFound for one that is gone."""
    return tuple(
        AttachedFile(row["name"], row["media_type"], files.read(row["sha256"])) for row in letter.attachments
    )


def _write_bridged(letter: Letter, *, now: datetime) -> Envelope:
    """As it was written: the bridge is told by webhook and needs no letter around the words."""
    return Envelope(
        key=UUID(letter.uuid),
        channel=letter.channel,
        sender_address="",
        sender_name=letter.sender_name,
        recipient=letter.recipient or "",
        recipient_name=letter.recipient_name,
        subject="",
        text=letter.values.get(REPLY_VALUE, ""),
        sent_at=now,
    )


def _write_phone(
    letter: Letter, version: PreparedTemplate, mail: Rendered, plan: PhonePlan, *, now: datetime
) -> Envelope:
    phone = write_text(letter, version, mail, plan)
    return Envelope(
        key=UUID(letter.uuid),
        channel=letter.channel,
        sender_address="",
        sender_name=letter.sender_name,
        recipient=letter.recipient or "",
        recipient_name=letter.recipient_name,
        subject="",
        text=phone.text,
        content=phone.content,
        sent_at=now,
        valid_until=plan.valid_until.get(letter.id),
    )


def link_values(letter: Letter) -> dict[str, str]:
    """The unsubscribe and preferences links, for the mails that carry them; they follow from the address."""
    if not letter.has_unsubscribe or not letter.recipient:
        return {}
    url = addresses.unsubscribe_url(
        site.base_url(), address=letter.recipient, channel=letter.channel, purpose=letter.consent_purpose
    )
    return {UNSUBSCRIBE_VALUE: url, PREFERENCES_VALUE: url}


def call_provider(
    transport: Transport, pairs: Sequence[tuple[Letter, Envelope]], claimed: Claim, must_stop: Event
) -> Iterator[Outcome]:
    """Hand the messages over one after the other on one connection, until all are or `must_stop` is set.

    It is set when the provider complains about us or the lease is nearly over. Whoever is left out was not called;
    with a slow provider the rest of a group is left out too, so that no message leaves long after its last look.
    """
    began = clock.machine_now()
    for letter, envelope in pairs:
        if clock.machine_now() >= began + LONGEST_CALL:
            return
        if claimed.is_nearly_over():
            must_stop.set()
        if must_stop.is_set():
            return
        outcome = _call(transport, letter, envelope)
        if outcome.kind is AttemptOutcome.OURS:
            must_stop.set()
        yield outcome


def _call(transport: Transport, letter: Letter, envelope: Envelope) -> Outcome:
    try:
        receipt = transport.send(envelope)
    except UnknownOutcome as error:
        return Outcome(letter, AttemptOutcome.UNKNOWN, error.reason)
    except TemporaryFailure as error:
        kind = AttemptOutcome.OURS if error.is_ours else AttemptOutcome.TEMPORARY
        return Outcome(letter, kind, error.reason)
    except PermanentFailure as error:
        if error.scope == "sender":
            return Outcome(letter, AttemptOutcome.OURS, error.reason, is_lasting=True)
        is_content = error.scope == "content"
        return Outcome(letter, AttemptOutcome.PERMANENT, error.reason, is_content=is_content, code=error.code)
    return Outcome(letter, AttemptOutcome.ACCEPTED, receipt.reference, receipt.reference, cost=receipt.cost)
