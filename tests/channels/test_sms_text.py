"""SMS text: the alphabet, the segments against an independent count, the replacements, the price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.sms_text import (
    GSM_BASIC,
    GSM_EXTENSION,
    Encoding,
    measure,
    price_micros,
    replace_forcing,
    with_stop_mention,
)

# The basic character set as the table of 3GPP TS 23.038, 6.2.1 gives it: Unicode code points in code order.
TABLE = bytes.fromhex(
    "0040 00A3 0024 00A5 00E8 00E9 00F9 00EC 00F2 00C7 000A 00D8 00F8 000D 00C5 00E5"
    "0394 005F 03A6 0393 039B 03A9 03A0 03A8 03A3 0398 039E 00C6 00E6 00DF 00C9"
    "0020 0021 0022 0023 00A4 0025 0026 0027 0028 0029 002A 002B 002C 002D 002E 002F"
    "0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003A 003B 003C 003D 003E 003F"
    "00A1 0041 0042 0043 0044 0045 0046 0047 0048 0049 004A 004B 004C 004D 004E 004F"
    "0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005A 00C4 00D6 00D1 00DC 00A7"
    "00BF 0061 0062 0063 0064 0065 0066 0067 0068 0069 006A 006B 006C 006D 006E 006F"
    "0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007A 00E4 00F6 00F1 00FC 00E0"
).decode("utf-16-be")
EXTENSION = {0x0C, 0x5E, 0x7B, 0x7D, 0x5C, 0x5B, 0x7E, 0x5D, 0x7C, 0x20AC}
TEXTS = st.text(
    st.one_of(st.sampled_from(TABLE), st.sampled_from([chr(each) for each in EXTENSION]), st.characters()),
    max_size=500,
)
PLAIN_TEXTS = st.text(st.sampled_from(GSM_BASIC + GSM_EXTENSION), max_size=700)


def test_alphabet_is_the_standard_table() -> None:
    assert list(GSM_BASIC) == list(TABLE)
    assert {ord(each) for each in GSM_EXTENSION} == EXTENSION
    assert len(set(GSM_BASIC)) == 127


def cut(text: str) -> tuple[Encoding, list[bytes]]:
    """The segments by really cutting the bytes: septets one a byte, or UTF-16; nothing is cut inside a character."""
    is_gsm = all(each in TABLE or ord(each) in EXTENSION for each in text)
    if is_gsm:
        pieces = [b"\x1b\x00" if ord(each) in EXTENSION else b"\x01" for each in text]
        single, joined = 160, 153
    else:
        pieces = [each.encode("utf-16-be", "surrogatepass") for each in text]
        single, joined = 140, 134
    whole = b"".join(pieces)
    if len(whole) <= single:
        return (Encoding.GSM7 if is_gsm else Encoding.UCS2), [whole] if text else []
    parts = [b""]
    for piece in pieces:
        if len(parts[-1]) + len(piece) <= joined:
            parts[-1] += piece
        else:
            parts.append(piece)
    return (Encoding.GSM7 if is_gsm else Encoding.UCS2), parts


@given(TEXTS | PLAIN_TEXTS)
def test_segments_are_those_of_an_independent_count(text: str) -> None:
    encoding, parts = cut(text)
    found = measure(text)
    assert (found.encoding, found.segment_count) == (encoding, len(parts))
    width = 1 if encoding is Encoding.GSM7 else 2
    room = {(True, 1): 160, (True, 2): 70}.get((len(parts) <= 1, width)) or (153 if width == 1 else 67)
    assert found.remaining == room - (len(parts[-1]) // width if parts else 0)


@given(TEXTS)
def test_suggestion_never_costs_more_than_it_forces(text: str) -> None:
    found = measure(text)
    assert set(found.forcing_characters) == {
        each for each in text if each not in TABLE and ord(each) not in EXTENSION
    }
    if found.suggestion is not None:
        assert found.suggestion != text
        assert set(measure(found.suggestion).forcing_characters) <= set(found.forcing_characters) | set(
            replace_forcing(text)
        )
        assert replace_forcing(found.suggestion) == found.suggestion


@pytest.mark.parametrize(
    ("text", "encoding", "count", "remaining"),
    [
        ("", Encoding.GSM7, 0, 160),
        ("a" * 160, Encoding.GSM7, 1, 0),
        ("a" * 161, Encoding.GSM7, 2, 145),
        ("a" * 306, Encoding.GSM7, 2, 0),
        ("€" * 80, Encoding.GSM7, 1, 0),
        ("a" * 152 + "€" + "a" * 10, Encoding.GSM7, 2, 141),
        ("ê" * 70, Encoding.UCS2, 1, 0),
        ("ê" * 71, Encoding.UCS2, 2, 63),
        ("😀" * 35, Encoding.UCS2, 1, 0),
        ("😀" * 36, Encoding.UCS2, 2, 61),
    ],
)
def test_known_counts(text: str, encoding: Encoding, count: int, remaining: int) -> None:
    found = measure(text)
    assert (found.encoding, found.segment_count, found.remaining) == (encoding, count, remaining)


@pytest.mark.parametrize(
    ("dear", "cheap"),
    [
        ("Nous fêtons Noël", "Nous fetons Noel"),
        ("l’été «chaud»…", 'l\'été "chaud"...'),
        ("10\u202f000\u00a0€", "10 000 €"),
        ("cœur – garçon", "coeur - garcon"),
        ("e\u0301te\u0301", "été"),
        ("zéro\u200blargeur", "zérolargeur"),
    ],
)
def test_one_click_makes_a_french_text_cheap(dear: str, cheap: str) -> None:
    found = measure(dear)
    assert found.encoding is Encoding.UCS2
    assert found.suggestion == cheap
    assert measure(cheap).encoding is Encoding.GSM7


def test_what_has_no_substitute_stays_and_is_named() -> None:
    found = measure("Bravo 🎉 à tous")
    assert found.forcing_characters == ("🎉",)
    assert found.suggestion is None


def test_stop_mention_is_counted_and_said_once() -> None:
    text = with_stop_mention("a" * 150, "STOP : répondez STOP")
    assert text.endswith("\nSTOP : répondez STOP")
    assert measure(text).segment_count == 2
    assert with_stop_mention(text, "STOP : répondez STOP") == text
    assert with_stop_mention("Promo", "") == "Promo"


@pytest.mark.parametrize(
    "text",
    [
        "Samedi NON STOP 9h-20h",
        "Soldes NON-STOP: 9h-20h",
        "NON STOP : 36 111 articles a -20%",
        "Promo STOP aux prix fous",
        "STOP ! -50% ce week-end",
        "STOP: c'est la fin des soldes",
        "Stop au gaspillage : -30%",
        "Nonstop to 20h",
    ],
)
def test_the_word_alone_does_not_say_how_to_stop(text: str) -> None:
    assert with_stop_mention(text, "STOP : répondez STOP") == f"{text}\nSTOP : répondez STOP"


@pytest.mark.parametrize(
    "text",
    [
        "Promo. STOP au 36111",
        "Promo STOP SMS au 36 111",
        "Sale. STOP to 36111",
        "Promo STOP:36111",
        "Promo. Stop: reply STOP",
        "Promo. Répondez STOP",
        "Promo. Pour ne plus recevoir : envoyez STOP au 36111",
    ],
)
def test_a_text_that_says_how_to_stop_says_it_once(text: str) -> None:
    assert with_stop_mention(text, "STOP : répondez STOP") == text


def test_price_by_the_longest_prefix() -> None:
    prices = {"+33": Decimal("0.0798"), "+3375": Decimal("0.1")}
    assert price_micros(2, prices, "+33612345678") == 159_600
    assert price_micros(1, prices, "+33751234567") == 100_000
    assert price_micros(1, prices, "+4915112345678") is None
