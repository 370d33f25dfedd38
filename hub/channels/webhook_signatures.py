"""Whether a webhook comes from the provider it names."""

from collections.abc import Mapping
from typing import Any

from twilio.request_validator import RequestValidator


def is_from_twilio(*, auth_token: str, url: str, fields: Mapping[str, str], signature: str) -> bool:
    """Twilio signs the public address it was given and the fields it sends; without a token nothing is from Twilio."""
    if not auth_token or not signature:
        return False
    validator: Any = RequestValidator
    return bool(validator(auth_token).validate(url, dict(fields), signature))
