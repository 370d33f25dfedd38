"""Sorts one arrival: a report to its message, an auto-reply to its ticket, a stop to the ledger, a contact to the inbox."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from hub.channels.mail_parsing import ParsedMail, Report, parse_mail, sanitise_html, time_limit
from hub.channels.mail_parsing.kinds import is_absence_note
from hub.core import files, site
from hub.core.errors import Invalid
from hub.core.words import Channel, Language
from hub.customers.actions import stop_messages
from hub.inbox.actions import (
    Directory,
    Incoming,
    IncomingFile,
    belongs_to_ticket,
    continues_ticket,
    receive_message,
    receive_new_contacts,
)
from hub.inbox.words import IncomingKind
from hub.mailroom import limits, rules
from hub.mailroom.models import Arrival
from hub.mailroom.texts import sort_text
from hub.mailroom.words import ArrivalKind, ArrivalState, ArrivalWay
from hub.outbox import actions as outbox
from hub.outbox.answered import find_answered
from hub.stores.queries import get_chain

log = structlog.get_logger(__name__)
OUTBOUND = "outbound"
HEAD_ONLY = {
    Language.FRENCH: "[Ce message pèse {size} : seul son en-tête a été repris. Le reste est dans la boîte {mailbox}.]",
    Language.ENGLISH: "[This message weighs {size}: only its head was taken. The rest is in the mailbox {mailbox}.]",
}
NO_TICKET = "auto-reply that belongs to no ticket"
_INCOMING = {
    ArrivalKind.MESSAGE: IncomingKind.MESSAGE,
    ArrivalKind.MACHINE: IncomingKind.MACHINE,
    ArrivalKind.AUTO_REPLY: IncomingKind.AUTO_REPLY,
}


@dataclass
class Batch:
    """The moments of a batch and what it looks up once."""

    now: datetime
    machine_now: datetime
    directory: Directory = field(default_factory=Directory)
    mails: dict[int, ParsedMail] = field(default_factory=dict)

    def read(self, arrival: Arrival) -> ParsedMail:
        """Parsed once, whatever happens to the mail."""
        if arrival.id not in self.mails:
            self.mails[arrival.id] = read_mail(arrival)
        return self.mails[arrival.id]


def sort_arrival(arrival: Arrival, batch: Batch) -> None:
    """Let it have its effect; what cannot be read goes to quarantine with its reason."""
    if arrival.way is ArrivalWay.PHONE:
        sort_text(arrival, now=batch.now, machine_now=batch.machine_now, directory=batch.directory)
        return
    mail = batch.read(arrival)
    if (excess := limits.find_excess(arrival, mail)) is not None:
        quarantine(arrival, excess.reason, now=batch.now)
        limits.answer(arrival, mail, excess, now=batch.now, machine_now=batch.machine_now)
        return
    if not rules.is_readable(mail):
        quarantine(arrival, mail.error or "", now=batch.now)
        return
    kind = _kind_of(arrival, mail)
    if kind is ArrivalKind.REPORT and mail.report is not None:
        arrival.outbound_id = _report(arrival, mail, mail.report, batch)
    elif kind is ArrivalKind.STOP:
        _stop(arrival, mail, batch)
    else:
        _take(arrival, mail, kind, batch)
    settle(arrival, kind, mail, now=batch.now)


def _kind_of(arrival: Arrival, mail: ParsedMail) -> ArrivalKind:
    """What it is; a stop word that answers a ticket is a message of it: a person asked, and a person reads it.

    An auto-reply that a person took out of the list of those without a ticket gets one, unless it has one by now.
    """
    domain = site.inbound_domain()
    kind = rules.kind_of(mail, domain)
    if _is_apart(arrival, mail) and not _is_absence_note(arrival, mail):
        kind = rules.kind_of(mail, domain, is_threaded=False)
    if kind is ArrivalKind.STOP and belongs_to_ticket(make_incoming(arrival, mail, ArrivalKind.MESSAGE)):
        return ArrivalKind.MESSAGE
    is_wanted = arrival.released_at is not None and arrival.kind is ArrivalKind.AUTO_REPLY
    if (
        kind is ArrivalKind.AUTO_REPLY
        and is_wanted
        and not continues_ticket(make_incoming(arrival, mail, kind))
    ):
        return ArrivalKind.MACHINE
    return kind


def _is_apart(arrival: Arrival, mail: ParsedMail) -> bool:
    """Whether one weak sign alone speaks for an auto-reply, and it answers no ticket that takes messages."""
    if not rules.is_doubtful(mail):
        return False
    return not continues_ticket(make_incoming(arrival, mail, ArrivalKind.AUTO_REPLY))


def _is_absence_note(arrival: Arrival, mail: ParsedMail) -> bool:
    """Whether the subject is that of an absence note, and the mail belongs to one that we signed or to a ticket."""
    if not is_absence_note(mail.subject, is_answer=bool(mail.in_reply_to or mail.references)):
        return False
    incoming = make_incoming(arrival, mail, ArrivalKind.AUTO_REPLY)
    return incoming.source_kind == OUTBOUND or belongs_to_ticket(incoming)


def settle(arrival: Arrival, kind: ArrivalKind, mail: ParsedMail, *, now: datetime) -> None:
    """It is sorted; what could not be read of it is noted, and why an auto-reply is nowhere to be seen."""
    arrival.kind = kind
    arrival.state = ArrivalState.SORTED
    arrival.sorted_at = now
    arrival.reason = mail.error
    if kind is ArrivalKind.AUTO_REPLY and arrival.ticket_id is None:
        arrival.reason = mail.error or NO_TICKET


def find_contact(arrival: Arrival, batch: Batch) -> Incoming | None:
    """The contact in an arrival, when it is one that may be taken in with others: no report, no stop, no files."""
    if arrival.way is ArrivalWay.PHONE:
        return None
    mail = batch.read(arrival)
    kind = rules.kind_of(mail, site.inbound_domain())
    if (
        mail.error
        or mail.attachments
        or arrival.is_partial
        or kind not in {ArrivalKind.MESSAGE, ArrivalKind.MACHINE}
    ):
        return None
    return make_incoming(arrival, mail, kind)


def sort_together(arrivals: Sequence[Arrival], incomings: Sequence[Incoming], batch: Batch) -> None:
    """New contacts of many arrivals, with a handful of statements."""
    received = receive_new_contacts(
        incomings, now=batch.now, machine_now=batch.machine_now, directory=batch.directory
    )
    for arrival, each in zip(arrivals, received, strict=True):
        mail = batch.read(arrival)
        arrival.ticket_id = each.ticket_id
        settle(arrival, rules.kind_of(mail, site.inbound_domain()), mail, now=batch.now)


def quarantine(arrival: Arrival, reason: str, *, now: datetime) -> None:
    """A person must look; the raw mail stays as it came."""
    arrival.state = ArrivalState.QUARANTINED
    arrival.reason = reason[:500]
    arrival.sorted_at = now


def read_mail(arrival: Arrival) -> ParsedMail:
    """The envelope sender is known when we took the mail ourselves; "" is then the null sender of a report."""
    raw = arrival.raw if arrival.raw is not None else files.read(arrival.file_sha256 or "")
    is_known = arrival.way is ArrivalWay.LISTENER or bool(arrival.mail_from)
    return parse_mail(
        raw,
        return_path=arrival.mail_from if is_known else None,
        own_domains=frozenset({site.inbound_domain()}),
    )


def _report(arrival: Arrival, mail: ParsedMail, report: Report, batch: Batch) -> int | None:
    """Attached to the message it is about; never a ticket, never a notification."""
    addresses = (*map(str, arrival.recipients), *report.sent_to)
    return outbox.record_report(
        original_message_id=report.original_message_id,
        return_token=rules.find_return_token(addresses, site.inbound_domain()),
        recipient=report.recipient,
        kind=rules.RECEIPTS[report.report_class],
        status=report.status or "",
        text=report.diagnostic or mail.text,
        now=batch.now,
    )


def _stop(arrival: Arrival, mail: ParsedMail, batch: Batch) -> None:
    """Somebody wants to hear no more: what is not service ends at once for the address, with the words as proof."""
    with suppress(Invalid):
        stop_messages(
            address=mail.from_address,
            channel=Channel.EMAIL,
            wording=mail.reply_text or mail.subject,
            collection_point=f"mail:{arrival.id}",
            now=batch.now,
            happened_at=arrival.received_at,
        )


def _take(arrival: Arrival, mail: ParsedMail, kind: ArrivalKind, batch: Batch) -> None:
    """A doubtful auto-reply is not attached to a closed ticket, where nobody looks: it stands in the list of those."""
    incoming = make_incoming(arrival, mail, kind)
    if incoming.source_kind == OUTBOUND:
        arrival.outbound_id = incoming.source_id
    if kind is ArrivalKind.AUTO_REPLY and _is_apart(arrival, mail):
        return
    received = receive_message(
        incoming, now=batch.now, machine_now=batch.machine_now, directory=batch.directory
    )
    arrival.ticket_id = received.ticket_id


def make_incoming(arrival: Arrival, mail: ParsedMail, arrived_as: ArrivalKind) -> Incoming:
    """The contact that a mail is, and the message of ours that it answers."""
    incoming = _contact_of(arrival, mail, arrived_as)
    ids = (incoming.in_reply_to or "", *reversed(incoming.references))
    answered = find_answered(ids, incoming.recipients)
    if answered is None:
        return incoming
    back = (answered.reply_to,) if rules.is_own(answered.reply_to, site.inbound_domain()) else ()
    recipients = tuple(dict.fromkeys((*incoming.recipients, *back)))
    return replace(incoming, recipients=recipients, source_kind=OUTBOUND, source_id=answered.id)


def _contact_of(arrival: Arrival, mail: ParsedMail, arrived_as: ArrivalKind) -> Incoming:
    """A machine's Reply-To is the person behind it; our own address is nobody's."""
    kind = _INCOMING[arrived_as]
    reply_to = rules.outside_address(mail.reply_to, site.inbound_domain())
    is_for_another = kind is IncomingKind.MACHINE and reply_to is not None
    return Incoming(
        channel=Channel.EMAIL,
        from_address=(reply_to or "") if is_for_another else mail.from_address,
        from_name=mail.from_name,
        reply_to=reply_to,
        recipients=_recipients_of(arrival, mail),
        subject=mail.subject,
        text=mail.reply_text or mail.text or _words_about(arrival),
        quoted_text=mail.quoted_text,
        html=_safe_html(mail),
        attachments=tuple(
            IncomingFile(each.name, each.type, each.size, files.keep(each.content), each.content_id)
            for each in mail.attachments
        ),
        mail_message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        language=Language(mail.language) if mail.language in set(Language) else None,
        arrival_id=arrival.id,
        kind=kind,
        happened_at=arrival.received_at,
    )


def _recipients_of(arrival: Arrival, mail: ParsedMail) -> tuple[str, ...]:
    """Who it was brought to, then who it names; who is both stands as the sender wrote them.

    So a mail to two stores is the same to the mailbox of each, and one that was forwarded belongs to where it came.
    """
    written = {address.lower() for address in (*mail.to, *mail.cc)}
    brought = [address for address in map(str, arrival.recipients) if address.lower() not in written]
    return tuple(dict.fromkeys((*brought, *mail.to, *mail.cc)))


def _words_about(arrival: Arrival) -> str:
    """A mail of which only the head was taken and that was released says where the rest of it is."""
    if not arrival.is_partial:
        return ""
    language = get_chain().language
    size = limits.size_in_words(arrival.size_bytes, language)
    return HEAD_ONLY[language].format(size=size, mailbox=arrival.mailbox)


def _safe_html(mail: ParsedMail) -> str:
    """Sanitised; pictures inside the mail keep their Content-ID, so that the page can name where they are.

    A layout that takes too long is left away, as one that is too large: its text is read all the same.
    """
    if not mail.html:
        return ""
    ids = {each.content_id.strip("<>") for each in mail.attachments if each.content_id}
    html, urls = mail.html, {each: f"cid:{each}" for each in ids}
    try:
        return time_limit.within(time_limit.PARSE_SECONDS, lambda: sanitise_html(html, inline_urls=urls))
    except time_limit.OvertimeError:
        log.warning("layout.overtime", message_id=mail.message_id)
        return ""
