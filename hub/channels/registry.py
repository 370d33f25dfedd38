"""Which wire carries a channel, from settings handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.channels.base import Transport
from hub.channels.console import ConsoleTransport
from hub.channels.email import SmtpSettings, SmtpTransport


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the wires need; `smtp` is None on a machine that must not send mail."""

    smtp: SmtpSettings | None = None


def open_transport(
    channel: str, settings: ChannelSettings, *, machine_now: Callable[[], datetime]
) -> Transport:
    """A transport for one batch, to be used in a `with` block; KeyError for a channel that no wire carries."""
    if channel != "email":
        raise KeyError(f"no wire carries the channel {channel!r}")
    if settings.smtp is None or not settings.smtp.host:
        return ConsoleTransport(machine_now=machine_now)
    return SmtpTransport(settings.smtp, machine_now=machine_now)
