"""Which provider reads how, whether it is set up, and the header that carries our reference through it."""

import json
from collections.abc import Callable
from datetime import datetime

from hub.channels.mail_hooks import brevo, mailgun, postmark, ses
from hub.channels.mail_hooks.base import LINK_NAME, HookRequest, HookSettings, ProviderEvent

_READERS: dict[str, Callable[[HookRequest, HookSettings, datetime], list[ProviderEvent]]] = {
    "ses": ses.read,
    "mailgun": mailgun.read,
    "brevo": brevo.read,
    "postmark": postmark.read,
}


def is_set_up(provider: str, settings: HookSettings) -> bool:
    """Whether the settings hold what proves that this provider reports."""
    secrets = {
        "ses": settings.ses_topic_arn,
        "mailgun": settings.mailgun_signing_key,
        "brevo": settings.brevo_secret,
        "postmark": settings.postmark_secret,
    }
    return bool(secrets.get(provider))


def read_hook(
    provider: str, request: HookRequest, settings: HookSettings, *, machine_now: datetime
) -> list[ProviderEvent]:
    """The events of a request that proves to be the provider's.

    Raises Refused, Unreadable, Unreachable. SES alone may call Amazon, for a certificate or a confirmation.
    """
    return _READERS[provider](request, settings, machine_now)


def linking_headers(settings: HookSettings, token: str) -> dict[str, str]:
    """The header each provider that is set up gives back in its events; they remove it from the mail."""
    headers = {
        "ses": ("X-SES-MESSAGE-TAGS", f"{LINK_NAME}={token}"),
        "mailgun": ("X-Mailgun-Variables", json.dumps({LINK_NAME: token})),
        "brevo": ("X-Mailin-custom", f"{LINK_NAME}:{token}"),
        "postmark": (f"X-PM-Metadata-{LINK_NAME}", token),
    }
    return dict(header for provider, header in headers.items() if is_set_up(provider, settings))
