"""Mail files (mbox, or .eml in an archive): threads become tickets; who wrote decides whether it is ours."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from hub.channels.mail_parsing.facts import ParsedMail
from hub.channels.mail_parsing.parsing import parse_mail
from hub.channels.mail_parsing.words import MailKind
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.takeover import fields
from hub.takeover.mail_index import MailIndex, Place
from hub.takeover.opening import NOT_READABLE, Bundle
from hub.takeover.values import BadRowError, Export, ForeignFile, ForeignMessage, ForeignPerson, ForeignTicket
from hub.takeover.words import TakeoverSource

STILL_OPEN = timedelta(days=30)
"""A thread whose last word is the customer's, not older than this, is an open ticket."""


def open_mbox(bundle: Bundle, *, own: Collection[str], now: datetime) -> Export:
    """`own` are our addresses, lower case, or our domains as `@shop.example`. Raises Invalid (field file).

    Only headers are looked at here: a mail is parsed when its thread is asked for, and its files when they are kept.
    """
    index = MailIndex(bundle)
    threads = index.threads()
    if not threads:
        raise Invalid(NOT_READABLE, field="file", source="mbox")
    is_own = partial(_is_own, own)
    return Export(
        TakeoverSource.MBOX, (), [partial(_read_thread, index, thread, is_own, now) for thread in threads]
    )


def _read_thread(
    index: MailIndex, thread: Sequence[Place], is_own: Callable[[str], bool], now: datetime
) -> ForeignTicket:
    """Raises BadRowError when none of its mails can be taken."""
    mails, bad = [], []
    for place in thread:
        mail = parse_mail(index.read(place))
        reason = _why_not(mail)
        if reason is None:
            files = tuple(replace(each, content=b"") for each in mail.attachments)
            mails.append((replace(mail, attachments=files), place))
        else:
            shown = {"from": mail.from_address, "subject": mail.subject, "file": place.name}
            bad.append(BadRowError("mail", mail.message_id, reason, fields.shown(shown)))
    if not mails:
        bad[0].also = tuple(bad[1:])
        raise bad[0]
    mails.sort(key=lambda each: _moment(each[0]))
    return replace(_ticket(mails, index, is_own, now), left_out=tuple(bad))


def _read_file(index: MailIndex, place: Place, number: int) -> bytes:
    return parse_mail(index.read(place)).attachments[number].content


def _why_not(mail: ParsedMail) -> str | None:
    if mail.error and not mail.text and not mail.from_address:
        return N_("It cannot be read.")
    if mail.kind is MailKind.REPORT:
        return N_("It is a delivery report, not a message.")
    if not mail.from_address:
        return N_("It has no sender.")
    return N_("Its date cannot be read.") if mail.sent_at is None else None


def _moment(mail: ParsedMail) -> datetime:
    if mail.sent_at is None:
        raise ValueError(mail.message_id)
    return mail.sent_at


def _is_own(own: Collection[str], address: str) -> bool:
    plain = address.lower()
    return plain in own or f"@{plain.rpartition('@')[2]}" in own


def _ticket(
    mails: Sequence[tuple[ParsedMail, Place]], index: MailIndex, is_own: Callable[[str], bool], now: datetime
) -> ForeignTicket:
    thread = [mail for mail, _ in mails]
    first, last = thread[0], thread[-1]
    messages = tuple(_message(mail, partial(_read_file, index, place), is_own) for mail, place in mails)
    customer = _customer(thread, is_own)
    is_open = messages[-1].kind is MessageKind.CUSTOMER and now - _moment(last) < STILL_OPEN
    return ForeignTicket(
        external_id=first.message_id,
        number="",
        subject=first.subject,
        state=TicketState.OPEN if is_open else TicketState.SOLVED,
        priority=Priority.NORMAL,
        channel=Channel.EMAIL,
        group=_group(thread, is_own),
        owner=next((each.author_address for each in messages if each.kind is MessageKind.AGENT), ""),
        customer=customer,
        created_at=_moment(first),
        updated_at=_moment(last),
        solved_at=None if is_open else _moment(last),
        messages=messages,
    )


def _customer(thread: Sequence[ParsedMail], is_own: Callable[[str], bool]) -> ForeignPerson | None:
    """The first who is not one of us: a writer, else somebody we wrote to."""
    for mail in thread:
        if not is_own(mail.from_address):
            first, last = fields.split_name(mail.from_name)
            return ForeignPerson(
                external_id=mail.from_address.lower(),
                email=mail.from_address,
                first_name=first,
                last_name=last,
            )
    others = [address for mail in thread for address in mail.to if not is_own(address)]
    return ForeignPerson(external_id=others[0].lower(), email=others[0]) if others else None


def _group(thread: Sequence[ParsedMail], is_own: Callable[[str], bool]) -> str:
    """The address of ours that was written to, else the one that wrote."""
    told = [address for mail in thread for address in (*mail.to, *mail.cc) if is_own(address)]
    wrote = [mail.from_address for mail in thread if is_own(mail.from_address)]
    return next(iter((*told, *wrote)), "").lower()


def _message(mail: ParsedMail, read: Callable[[int], bytes], is_own: Callable[[str], bool]) -> ForeignMessage:
    kind = MessageKind.AGENT if is_own(mail.from_address) else MessageKind.CUSTOMER
    if mail.kind is MailKind.AUTO_REPLY:
        kind = MessageKind.AUTO_REPLY
    return ForeignMessage(
        external_id=mail.message_id,
        kind=kind,
        channel=Channel.EMAIL,
        author_name=mail.from_name,
        author_address=mail.from_address,
        subject=mail.subject,
        text=mail.reply_text or mail.text,
        quoted_text=mail.quoted_text,
        html=mail.html or "",
        at=_moment(mail),
        mail_message_id=mail.message_id,
        files=tuple(
            ForeignFile(name=each.name, read=partial(read, number), content_id=each.content_id)
            for number, each in enumerate(mail.attachments)
        ),
    )
