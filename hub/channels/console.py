"""The quiet twin of every wire: writes to the log instead of sending; for machines where no provider is set."""

import logging
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Self

from hub.channels.base import Envelope, Receipt

_log = logging.getLogger(__name__)


class ConsoleTransport:
    """A `Transport` that sends nothing and takes everything; personal data stays out of the log."""

    def __init__(self, *, machine_now: Callable[[], datetime]) -> None:
        self._machine_now = machine_now

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, envelope: Envelope) -> Receipt:
        """Log that a message would have left."""
        _log.info(
            "no provider is set: message kept back",
            extra={"key": str(envelope.key), "channel": envelope.channel, "text_chars": len(envelope.text)},
        )
        return Receipt(
            key=envelope.key, reference=f"console-{envelope.key.hex}", accepted_at=self._machine_now()
        )
