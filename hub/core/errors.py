"""Errors with a sentence for a person; doors translate the sentence and choose the HTTP status."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """One part of a body to correct, in the words of who checked it."""

    field: str
    words: str


class HubError(Exception):
    """`text` is an English msgid with %(name)s places, filled from `values` (and `field`) after translation."""

    status = 400
    code = "error"
    fields: Sequence[Wrong] = ()
    """All that is wrong with a body, `field` the first of it."""

    def __init__(self, text: str, *, field: str | None = None, **values: object) -> None:
        self.text = text
        self.values = values | {"field": field} if field is not None and "%(field)s" in text else values
        super().__init__(text % self.values if self.values else text)
        self.field = field


class Invalid(HubError):
    """The input cannot be used; `field` names the part to correct."""

    status = 422
    code = "invalid"


class NotFound(HubError):
    status = 404
    code = "not_found"


class Forbidden(HubError):
    status = 403
    code = "forbidden"


class Conflict(HubError):
    """Somebody or something else was faster, or the state does not allow it."""

    status = 409
    code = "conflict"


class Stale(Conflict):
    """What the caller had seen (If-Match) is not what is there any more."""

    status = 412
    code = "stale"


class Gone(HubError):
    """A link that was good once."""

    status = 410
    code = "gone"


class TooLarge(HubError):
    status = 413
    code = "too_large"


class TooMany(HubError):
    """So many requests in a short time that it cannot be a person."""

    status = 429
    code = "too_many_requests"
