"""What a text would cost before it is written: its segments with the values of a sample customer, its price by number."""

from hub.channels.sms_text import measure, price_micros, with_stop_mention
from hub.content.rendering import MissingValue, PreparedTemplate, render
from hub.content.samples import SampleKey, list_samples
from hub.content.variables import known_variables
from hub.core.words import Purpose
from hub.outbox import rules, wires


def expected_segments(version: PreparedTemplate, purpose: Purpose) -> int:
    """Segments of the text with all values there; 1 for one that cannot be written."""
    samples = list_samples(known_variables(version.key, version.language), version.language)
    full = next(each for each in samples if each.key is SampleKey.FULL)
    try:
        found = render(version, full.values)
    except MissingValue:
        return 1
    words = found.sms_text or found.text.strip()
    if purpose in rules.ADVERTISING:
        words = with_stop_mention(words, wires.stop_mention(version.language))
    return max(measure(words).segment_count, 1)


def expected_price_micros(segment_count: int, recipient: str) -> int | None:
    """In millionths of the currency of the account; None when no price is set for the number (SMS_PRICES)."""
    account = wires.phone_settings()
    return price_micros(segment_count, account.prices, recipient) if account else None
