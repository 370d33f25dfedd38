"""Which wire carries a channel, from settings handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.channels.base import Transport, Upcoming
from hub.channels.bridge import BridgeTransport
from hub.channels.console import ConsoleTransport
from hub.channels.email import SmtpSettings, SmtpTransport
from hub.channels.sms import SmsTransport, WhatsAppTransport
from hub.channels.twilio_client import TwilioSettings


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the wires need; `smtp` is None on a machine that must not send mail, `twilio` where no account is given.

    `has_bridge`: replies on social networks are handed to those who asked for them by webhook.
    """

    smtp: SmtpSettings | None = None
    twilio: TwilioSettings | None = None
    has_bridge: bool = False

    def carried(self) -> frozenset[str]:
        """The channels that can send."""
        twilio = self.twilio
        found = {
            "email": self.smtp is not None and bool(self.smtp.host),
            "sms": twilio is not None and twilio.can_send_sms,
            "whatsapp": twilio is not None and twilio.can_send_whatsapp,
            "social": self.has_bridge,
        }
        return frozenset(channel for channel, is_carried in found.items() if is_carried)


def open_transport(
    channel: str,
    settings: ChannelSettings,
    *,
    machine_now: Callable[[], datetime],
    upcoming: Upcoming | None = None,
) -> Transport:
    """A transport for one batch, to be used in a `with` block; KeyError for a channel that no wire carries."""
    if channel == "sms" and settings.twilio is not None:
        return SmsTransport(settings.twilio, machine_now=machine_now)
    if channel == "whatsapp" and settings.twilio is not None:
        return WhatsAppTransport(settings.twilio, machine_now=machine_now)
    if channel == "social" and settings.has_bridge:
        return BridgeTransport(machine_now=machine_now)
    if channel != "email":
        raise KeyError(f"no wire carries the channel {channel!r}")
    if settings.smtp is None or not settings.smtp.host:
        return ConsoleTransport(machine_now=machine_now)
    return SmtpTransport(settings.smtp, machine_now=machine_now, upcoming=upcoming)
