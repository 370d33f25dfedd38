"""What the SMS editor says of a text: its segments, its price, and the same text in the cheap alphabet."""

from hub.channels.sms_text import SmsMeasure, price_micros, replace_forcing
from hub.channels.twilio_settings import read_prices

HOME_PREFIX = "+33"


def sms_price_micros(sms: SmsMeasure, prices: str) -> int | None:
    """What one such SMS costs in France, in millionths of the currency; None when no price is set (SMS_PRICES)."""
    return price_micros(sms.segment_count, read_prices(prices), HOME_PREFIX)


def plain_sms(text: str) -> str:
    """The text with every character that forces the dear alphabet replaced, where it can be."""
    return replace_forcing(text)
