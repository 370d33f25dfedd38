"""Settings of the phone channels that point to the double."""

from decimal import Decimal
from typing import Any

from hub.channels.twilio_client import TwilioSettings
from tests.doubles.twilio import ACCOUNT, NUMBER, TOKEN, Double


def make_settings(double: Double, **changes: Any) -> TwilioSettings:
    """An account of the double with a number for each channel."""
    known = {
        "account_sid": ACCOUNT,
        "username": ACCOUNT,
        "password": TOKEN,
        "auth_token": TOKEN,
        "public_url": "http://localhost",
        "sms_from": NUMBER,
        "whatsapp_from": NUMBER,
        "api_url": double.url,
        "timeout_seconds": 5.0,
        "prices": {"+33": Decimal("0.08")},
    }
    return TwilioSettings(**{**known, **changes})
