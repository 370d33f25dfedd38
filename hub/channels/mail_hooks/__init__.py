"""What mail providers report by webhook: each one's signature and payload, to one neutral event."""

from hub.channels.mail_hooks.base import (
    EventKind,
    HookRequest,
    HookSettings,
    ProviderEvent,
    Refused,
    Unreachable,
    Unreadable,
)
from hub.channels.mail_hooks.reading import is_set_up, linking_headers, read_hook

__all__ = [
    "EventKind",
    "HookRequest",
    "HookSettings",
    "ProviderEvent",
    "Refused",
    "Unreachable",
    "Unreadable",
    "is_set_up",
    "linking_headers",
    "read_hook",
]
