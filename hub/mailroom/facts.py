"""What happened at the door in."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class MailboxFailed(Fact):
    """A mailbox could not be polled several times in a row; told once until it works again."""

    mailbox_id: int
