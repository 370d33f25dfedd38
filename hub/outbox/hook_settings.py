"""Which mail providers report to this installation, handed in once by the application."""

from hub.channels import mail_hooks
from hub.channels.mail_hooks import HookSettings
from hub.outbox import addresses


class _Kept:
    settings = HookSettings()


def use_hooks(settings: HookSettings) -> None:
    """Called once when the application is made. Without it no provider is set up."""
    _Kept.settings = settings


def hooks() -> HookSettings:
    return _Kept.settings


def reference_headers(uuid: str) -> dict[str, str]:
    """Header lines by which the providers that are set up give our message back."""
    if _Kept.settings == HookSettings():
        return {}
    return mail_hooks.linking_headers(_Kept.settings, addresses.reference_of(uuid))
