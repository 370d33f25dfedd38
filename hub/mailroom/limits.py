"""Mails above the limits: what is too much, and the polite answer to a person who sent it."""

from dataclasses import dataclass
from datetime import datetime

from hub.channels.mail_parsing import ParsedMail
from hub.core import site
from hub.core.errors import Invalid
from hub.core.words import Language
from hub.customers.rules import normalise_mail
from hub.inbox.actions.declining import Declined, decline_politely
from hub.mailroom import rules, ways_setup
from hub.mailroom.models import Arrival
from hub.mailroom.words import ArrivalKind
from hub.stores.queries import get_chain

UNITS = {Language.FRENCH: ("Mo", "ko"), Language.ENGLISH: ("MB", "kB")}
MEGABYTE, KILOBYTE = 1024 * 1024, 1000


@dataclass(frozen=True)
class Excess:
    """What is too much: the size in bytes or the number of files, and how much is taken."""

    is_size: bool
    found: int
    most: int

    @property
    def reason(self) -> str:
        """Technical English, for the quarantine."""
        if self.is_size:
            found, most = (size_in_words(size, Language.ENGLISH) for size in (self.found, self.most))
            return f"larger than the limit: {found} of at most {most}"
        return f"more files than the limit: {self.found} of at most {self.most}"


def find_excess(arrival: Arrival, mail: ParsedMail) -> Excess | None:
    """None when it is within the limits, or a person has let it pass."""
    setup = ways_setup.current()
    if arrival.released_at is not None:
        return None
    if arrival.is_partial or arrival.size_bytes > max(setup.most_bytes, rules.LARGEST_BYTES):
        return Excess(is_size=True, found=arrival.size_bytes, most=setup.most_bytes)
    if len(mail.attachments) > setup.most_files:
        return Excess(is_size=False, found=len(mail.attachments), most=setup.most_files)
    return None


def answer(
    arrival: Arrival, mail: ParsedMail, excess: Excess, *, now: datetime, machine_now: datetime
) -> None:
    """A person is told what to do instead; a machine is not, nor an address of our own."""
    domain = site.inbound_domain()
    address = rules.outside_address(mail.reply_to or mail.from_address, domain)
    if rules.kind_of(mail, domain) is not ArrivalKind.MESSAGE or not is_mail(address):
        return
    language = Language(mail.language) if mail.language in set(Language) else get_chain().language
    declined = Declined(
        arrival_id=arrival.id,
        address=address or "",
        mailbox=arrival.mailbox,
        language=language,
        size_limit=size_in_words(excess.most, language) if excess.is_size else "",
        file_limit="" if excess.is_size else str(excess.most),
    )
    decline_politely(declined, now=now, machine_now=machine_now)


def is_mail(address: str | None) -> bool:
    try:
        return bool(address and normalise_mail(address))
    except Invalid:
        return False


def size_in_words(size: int, language: Language) -> str:
    """`25 MB` or `20 kB`, in the reader's units."""
    mega, kilo = UNITS[language]
    return f"{size / MEGABYTE:.0f} {mega}" if size >= MEGABYTE else f"{size / KILOBYTE:.0f} {kilo}"
