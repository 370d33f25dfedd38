"""The wires this process sends with, handed in once by the application."""

from collections.abc import Mapping

from hub.channels.base import ChannelError, Transport, Upcoming
from hub.channels.registry import ChannelSettings, open_transport
from hub.channels.twilio_client import KnownCall, TwilioAccount, TwilioSettings
from hub.channels.twilio_media import Media, fetch_media
from hub.channels.twilio_settings import ContentTemplate
from hub.channels.webhook_signatures import is_from_twilio
from hub.core import clock
from hub.core.words import Channel

_UNKNOWN = frozenset({"404", "20404"})
"""Twilio has no such call (www.twilio.com/docs/api/errors/20404)."""


class _Kept:
    settings = ChannelSettings()


def use_transports(settings: ChannelSettings) -> None:
    """Called once when the application is made. Without it nothing is set up: messages are posted and wait."""
    _Kept.settings = settings


def channels_set_up() -> frozenset[Channel]:
    """The channels that can send; messages of the others wait and nothing is lost."""
    return frozenset(Channel(channel) for channel in _Kept.settings.carried())


def open_wire(channel: Channel, *, upcoming: Upcoming | None = None) -> Transport:
    """The wire of a channel that is set up, for one batch; it may ask for what leaves later while it waits."""
    return open_transport(channel, _Kept.settings, machine_now=clock.machine_now, upcoming=upcoming)


def open_phone_account() -> TwilioAccount | None:
    """The account of the phone channels, to be asked what became of a message; None when none is set up."""
    settings = _Kept.settings.twilio
    return TwilioAccount(settings, machine_now=clock.machine_now) if settings is not None else None


def has_phone_account() -> bool:
    """Whether there is an account to be asked."""
    return _Kept.settings.twilio is not None


def phone_settings() -> TwilioSettings | None:
    """The account of the phone channels and its numbers; None when none is set up."""
    return _Kept.settings.twilio


def find_call(sid: str) -> KnownCall | None:
    """What the provider knows of a call; None when it knows nothing of it.

    Raises ChannelError when it cannot be asked for now, LookupError without an account.
    """
    account = open_phone_account()
    if account is None:
        raise LookupError("no account of the phone channels is set up")
    try:
        return account.find_call(sid)
    except ChannelError as error:
        if error.code in _UNKNOWN:
            return None
        raise
    finally:
        account.close()


def fetch_recording(sid: str, *, limit_bytes: int) -> Media:
    """What a caller said on the answering machine, from our account. Raises MediaError, LookupError without an account."""
    settings = _Kept.settings.twilio
    if settings is None:
        raise LookupError("no account of the phone channels is set up")
    url = f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}/Recordings/{sid}.mp3"
    return fetch_media(url, settings, limit_bytes)


def fetch_file(url: str, *, limit_bytes: int) -> Media:
    """A file of a text, from the address that its webhook named. Raises MediaError, LookupError without an account."""
    settings = _Kept.settings.twilio
    if settings is None:
        raise LookupError("no account of the phone channels is set up")
    return fetch_media(url, settings, limit_bytes)


def stop_mention(language: str) -> str:
    """The last line of an advertising SMS; "" without an account."""
    settings = _Kept.settings.twilio
    return settings.stop_mentions.get(language, "") if settings is not None else ""


def find_content(template_key: str, language: str) -> ContentTemplate | None:
    """The approved WhatsApp template that stands for one of ours."""
    settings = _Kept.settings.twilio
    return settings.contents.get((template_key, language)) if settings is not None else None


def is_from_phone_provider(path: str, fields: Mapping[str, str], signature: str) -> bool:
    """Whether a webhook at `path` (with its query) of our public address was signed by the account's provider."""
    settings = _Kept.settings.twilio
    if settings is None:
        return False
    url = f"{settings.public_url}{path}"
    return is_from_twilio(auth_token=settings.auth_token, url=url, fields=fields, signature=signature)
