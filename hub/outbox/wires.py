"""The wires this process sends with, handed in once by the application."""

from hub.channels.base import Transport
from hub.channels.registry import ChannelSettings, open_transport
from hub.core import clock
from hub.core.words import Channel


class _Kept:
    settings = ChannelSettings()


def use_transports(settings: ChannelSettings) -> None:
    """Called once when the application is made. Without it nothing is set up: messages are posted and wait."""
    _Kept.settings = settings


def channels_set_up() -> frozenset[Channel]:
    """The channels that can send; messages of the others wait and nothing is lost."""
    smtp = _Kept.settings.smtp
    return frozenset({Channel.EMAIL} if smtp is not None and smtp.host else ())


def open_wire(channel: Channel) -> Transport:
    """The wire of a channel that is set up, for one batch."""
    return open_transport(channel, _Kept.settings, machine_now=clock.machine_now)
