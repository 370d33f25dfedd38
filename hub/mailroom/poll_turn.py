"""One turn of a poller at a mailbox: group by group fetched, kept, committed, and only then marked or moved.

A mail on which the server breaks the line is asked for alone, told in quarantine, and from then on asked for last.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta

import structlog
from sqlalchemy import select, update

from hub.channels.imap import GONE, Fault, Folder, ImapFault, ImapSettings, Piece, open_folder
from hub.core import clock
from hub.core.db import db, transaction
from hub.mailroom import leasing, poll_rules, rules, ways_setup
from hub.mailroom.actions import Kept, RawMail, keep_arrivals
from hub.mailroom.leasing import Lease, LeaseLostError
from hub.mailroom.models import Arrival
from hub.mailroom.way_models import PolledMailbox
from hub.mailroom.words import ArrivalState, ArrivalWay

TURN_MAILS = 200
TURN = timedelta(seconds=20)
MOST_LINES = 8
FEW = 3
NOT_HANDED_OUT = "the server does not hand out this mail"
NOT_KEPT = "this mail could not be kept here"
TAKEN_LATER = "taken at a later poll"
log = structlog.get_logger(__name__)


class _EnoughError(Exception):
    """Too many lines have broken in one turn."""


class Turn:
    """At most `TURN_MAILS` mails or `TURN` of time, then others have theirs."""

    def __init__(self, lease: Lease, settings: ImapSettings, lines: ExitStack) -> None:
        self._lease = lease
        self._settings = settings
        self._lines = lines
        self._folder: Folder = lines.enter_context(open_folder(settings))
        self._line_count = 1
        self._most_bytes = ways_setup.current().most_bytes
        self._suspects: set[int] = set()
        self._bad: dict[int, str] = {}
        self.taken_count = 0
        self.is_more = False

    @property
    def trouble(self) -> str:
        """The mails that could not be taken, by UID, with the server's words."""
        return "; ".join(f"UID {uid}: {words}" for uid, words in sorted(self._bad.items()))

    def run(self) -> None:
        """Raises ImapFault when the mailbox as a whole cannot be read."""
        start = self._find_start()
        wanted = self._folder.list_unread() | self._folder.list_above(start)
        self._suspects = self._find_suspects(wanted)
        fresh = sorted(wanted - self._suspects)
        try:
            self._take_all(fresh[:TURN_MAILS])
            self._take_all(sorted(self._suspects)[:FEW])
        except _EnoughError as error:
            if not self.taken_count:
                raise ImapFault(Fault.PROTOCOL, error) from error
        if len(self._bad) > FEW and not self.taken_count:
            raise ImapFault(Fault.PROTOCOL, self.trouble)
        self._tell()
        self.is_more = self.is_more or (len(fresh) > TURN_MAILS and self.taken_count > 0)

    def _find_start(self) -> int:
        """The UID below which only unread mails are asked for."""
        if self._lease.uid_validity == self._folder.validity:
            return self._lease.last_uid
        day = poll_rules.look_back_on(self._lease.last_polled_at)
        recent = self._folder.list_since(day) if day else set()
        following = self._folder.next_uid or max(self._folder.list_above(0), default=0) + 1
        start = min(recent) - 1 if recent else following - 1
        with transaction():
            row = leasing.hold(self._lease, machine_now=clock.machine_now())
            row.uid_validity, row.last_uid = self._folder.validity, start
        return start

    def _find_suspects(self, uids: Iterable[int]) -> set[int]:
        """Those that the server did not hand out at an earlier turn."""
        names = {_name_of(self._note_of(uid)): uid for uid in uids}
        if not names:
            return set()
        told = select(Arrival.message_id).where(
            Arrival.mailbox == self._lease.address, Arrival.message_id.in_(names)
        )
        with transaction():
            return {names[name] for name in db.session.scalars(told)}

    def _take_all(self, uids: Sequence[int]) -> None:
        stop_at = clock.machine_now() + TURN
        sizes = self._get_sizes(uids)
        groups = poll_rules.group_by_size(self._cost_of(sizes))
        for number, group in enumerate(groups, start=1):
            self._take(group, sizes)
            if clock.machine_now() >= stop_at and number < len(groups):
                self.is_more = True
                return

    def _get_sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes by UID; asked for one by one where the server breaks the line on one of them."""
        try:
            return self._folder.get_sizes(uids)
        except ImapFault as fault:
            self._reopen(fault)
            if len(uids) == 1:
                self._bad[uids[0]] = f"{NOT_HANDED_OUT}: {fault.detail}"
                return {}
        return {uid: size for each in uids for uid, size in self._get_sizes([each]).items()}

    def _cost_of(self, sizes: Mapping[int, int]) -> dict[int, int]:
        """What each brings over the line: of a mail above the limit only the head is asked for."""
        return {uid: size if size <= self._most_bytes else 0 for uid, size in sizes.items()}

    def _take(self, group: Sequence[int], sizes: Mapping[int, int]) -> None:
        usual = [uid for uid in group if sizes[uid] <= self._most_bytes]
        pieces = self._fetch(usual) if usual else []
        for piece in pieces:
            if not piece.is_whole and piece.problem != GONE:
                self._bad[piece.uid] = f"{NOT_HANDED_OUT}: {piece.problem or 'only its head'}"
        pieces += [self._folder.fetch_head(uid) for uid in group if sizes[uid] > self._most_bytes]
        taken = [piece for piece in pieces if piece.raw is not None and piece.uid not in self._bad]
        kept = self._keep(taken, sizes)
        self._folder.settle(sorted(kept))
        self.taken_count += len(kept)

    def _fetch(self, uids: Sequence[int]) -> list[Piece]:
        """A mail on which the line breaks is asked for alone and once more."""
        try:
            return self._folder.fetch(uids)
        except ImapFault as fault:
            self._reopen(fault)
        if len(uids) > 1:
            return [piece for uid in uids for piece in self._fetch([uid])]
        try:
            return self._folder.fetch(uids)
        except ImapFault as fault:
            self._reopen(fault)
            return [Piece(uids[0], None, is_whole=False, problem=fault.detail)]

    def _reopen(self, fault: ImapFault) -> None:
        if self._line_count >= MOST_LINES:
            raise _EnoughError(fault.detail)
        self._line_count += 1
        validity = self._folder.validity
        self._folder = self._lines.enter_context(open_folder(self._settings))
        if self._folder.validity != validity:
            raise ImapFault(Fault.PROTOCOL, "the folder was numbered anew during the poll")

    def _keep(self, pieces: Sequence[Piece], sizes: Mapping[int, int]) -> set[int]:
        """Commit them together, or each alone when that fails; returns the UIDs that may be marked or moved."""
        try:
            return self._commit(pieces, sizes)
        except LeaseLostError:
            raise
        except Exception as error:
            if len(pieces) != 1:
                return {uid for piece in pieces for uid in self._keep([piece], sizes)}
            log.exception("mailbox.mail_refused", mailbox_id=self._lease.mailbox_id, uid=pieces[0].uid)
            self._bad[pieces[0].uid] = f"{NOT_KEPT}: {type(error).__name__}: {error}"[:200]
            return set()

    def _commit(self, pieces: Sequence[Piece], sizes: Mapping[int, int]) -> set[int]:
        if not pieces:
            return set()
        done = [piece.uid for piece in pieces]
        missing = (self._suspects | self._bad.keys()) - set(done)
        with transaction():
            moment = clock.machine_now()
            row = leasing.hold(self._lease, machine_now=moment)
            mails = [self._mail_of(piece, sizes[piece.uid]) for piece in pieces]
            kept = keep_arrivals(mails, way=ArrivalWay.IMAP, now=clock.business_now(), machine_now=moment)
            count_kept(row, mails, kept)
            row.last_uid = poll_rules.next_watermark(row.last_uid, done, sorted(missing))
            self._untell(self._suspects & set(done))
        return set(done)

    def _untell(self, uids: Iterable[int]) -> None:
        """What was told of them in quarantine is settled: they are here now."""
        names = [_name_of(self._note_of(uid)) for uid in uids]
        if names:
            told = (Arrival.mailbox == self._lease.address, Arrival.message_id.in_(names))
            settled = {"state": ArrivalState.SORTED, "reason": TAKEN_LATER, "sorted_at": clock.business_now()}
            db.session.execute(
                update(Arrival).where(*told).values(settled).execution_options(synchronize_session=False)
            )

    def _mail_of(self, piece: Piece, size: int) -> RawMail:
        """As it came, or its head with the size of the whole."""
        raw = piece.raw or b""
        sender, recipients = rules.find_envelope(raw)
        everyone = tuple(dict.fromkeys((*self._lease.recipients, *recipients)))
        return RawMail(raw, self._lease.address, sender, everyone, None if piece.is_whole else size)

    def _tell(self) -> None:
        """One line in quarantine for each mail that is not handed out; it stays unread on its server."""
        bad = sorted(self._bad.items())
        mails = [RawMail(self._note_of(uid), self._lease.address, "", (), 0, words) for uid, words in bad]
        if not mails:
            return
        with transaction():
            moment = clock.machine_now()
            row = leasing.hold(self._lease, machine_now=moment)
            kept = keep_arrivals(mails, way=ArrivalWay.IMAP, now=clock.business_now(), machine_now=moment)
            row.held_count += sum(each.is_new for each in kept)

    def _note_of(self, uid: int) -> bytes:
        """The same each time, so that one mail that is not handed out is one line in quarantine."""
        place = f"{self._settings.folder}; UIDVALIDITY={self._folder.validity}; UID={uid}"
        return f"X-Comptoir-Missing: {place}\r\n\r\n".encode()


def _name_of(note: bytes) -> str:
    return rules.find_message_id(note, rules.digest_of(note))


def count_kept(row: PolledMailbox, mails: Sequence[RawMail], kept: Sequence[Kept]) -> None:
    """The figures of the operations page, in the transaction that keeps the mails."""
    row.stored_count += sum(each.is_new for each in kept)
    row.duplicate_count += sum(not each.is_new for each in kept)
    row.held_count += sum(
        each.is_new and mail.whole_bytes is not None for mail, each in zip(mails, kept, strict=True)
    )
