"""Mail files (mbox, or .eml in an archive): threads become tickets; who wrote decides whether it is ours."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePosixPath

from hub.channels.mail_parsing.facts import ParsedMail
from hub.channels.mail_parsing.parsing import parse_mail
from hub.channels.mail_parsing.words import MailKind
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.takeover import fields
from hub.takeover.opening import NOT_READABLE, Bundle
from hub.takeover.values import BadRowError, Export, ForeignFile, ForeignMessage, ForeignPerson, ForeignTicket
from hub.takeover.words import TakeoverSource

FROM_LINE = re.compile(rb"(?m)^From \S*.*\r?\n")
QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")
STILL_OPEN = timedelta(days=30)
"""A thread whose last word is the customer's, not older than this, is an open ticket."""
Raw = Callable[[], bytes]


def open_mbox(bundle: Bundle, *, own: Collection[str], now: datetime) -> Export:
    """`own` are our addresses, lower case, or our domains as `@shop.example`. Raises Invalid (field file)."""
    mails, bad = _read(bundle)
    if not mails:
        raise Invalid(NOT_READABLE, field="file", source="mbox")
    threads = _threads(mails)
    is_own = partial(_is_own, own)
    return Export(
        TakeoverSource.MBOX,
        (),
        [partial(_ticket, thread, is_own, now) for thread in threads],
        tuple(bad),
    )


def split_mbox(content: bytes) -> Iterator[bytes]:
    """The mails of an mbox (mboxrd): each begins after a line `From `, at the start or after an empty line."""
    starts = [
        match
        for match in FROM_LINE.finditer(content)
        if match.start() == 0
        or content[max(0, match.start() - 4) : match.start()].endswith((b"\n\n", b"\r\n\r\n"))
    ]
    for place, match in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(content)
        yield QUOTED_FROM.sub(rb"\1", content[match.end() : end])


def _read(bundle: Bundle) -> tuple[list[ParsedMail], list[BadRowError]]:
    mails, bad = [], []
    for name in bundle.names:
        content = bundle.read(name)
        is_single = PurePosixPath(name).suffix.lower() == ".eml"
        for raw in [content] if is_single else split_mbox(content):
            mail = parse_mail(raw)
            reason = _why_not(mail)
            if reason is None:
                mails.append(mail)
            else:
                shown = {"from": mail.from_address, "subject": mail.subject, "file": name}
                bad.append(BadRowError("mail", mail.message_id, reason, fields.shown(shown)))
    return mails, bad


def _why_not(mail: ParsedMail) -> str | None:
    if mail.error and not mail.text and not mail.from_address:
        return N_("It cannot be read.")
    if mail.kind is MailKind.REPORT:
        return N_("It is a delivery report, not a message.")
    if not mail.from_address:
        return N_("It has no sender.")
    return N_("Its date cannot be read.") if mail.sent_at is None else None


def _threads(mails: Sequence[ParsedMail]) -> list[list[ParsedMail]]:
    """Mails that name one another are one thread; the same Message-ID twice is one mail."""
    by_id = {mail.message_id: mail for mail in mails}
    root: dict[str, str] = {}

    def find(message_id: str) -> str:
        while root.setdefault(message_id, message_id) != message_id:
            root[message_id] = root[root[message_id]]
            message_id = root[message_id]
        return message_id

    for mail in by_id.values():
        for other in (mail.in_reply_to, *mail.references):
            if other:
                root[find(other)] = find(mail.message_id)
    threads: dict[str, list[ParsedMail]] = defaultdict(list)
    for mail in by_id.values():
        threads[find(mail.message_id)].append(mail)
    return [
        sorted(thread, key=_moment)
        for thread in sorted(threads.values(), key=lambda each: min(map(_moment, each)))
    ]


def _moment(mail: ParsedMail) -> datetime:
    if mail.sent_at is None:
        raise ValueError(mail.message_id)
    return mail.sent_at


def _is_own(own: Collection[str], address: str) -> bool:
    plain = address.lower()
    return plain in own or f"@{plain.rpartition('@')[2]}" in own


def _ticket(thread: Sequence[ParsedMail], is_own: Callable[[str], bool], now: datetime) -> ForeignTicket:
    first, last = thread[0], thread[-1]
    messages = tuple(_message(mail, is_own) for mail in thread)
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


def _message(mail: ParsedMail, is_own: Callable[[str], bool]) -> ForeignMessage:
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
            ForeignFile(name=each.name, read=partial(bytes, each.content), content_id=each.content_id)
            for each in mail.attachments
        ),
    )
