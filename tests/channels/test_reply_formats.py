"""Replies as mail programs of many countries write them: the new words stay in front, the rest is folded, nothing is lost."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.channels.mail_parsing import parse_mail
from hub.channels.mail_parsing.quotes import split_reply
from tests.channels.raw import raw_mail
from tests.channels.reply_samples import (
    ATTRIBUTIONS,
    CONVERSATIONS,
    DISCLAIMERS,
    HEADER_BLOCKS,
    NOT_QUOTES,
    SIGNATURES,
)

REPLY = "Bonjour,\n\nMerci pour votre réponse, j'attends le colis.\n\nDora Petit"
BEFORE = "Bonjour Dora,\nvotre colis part demain.\n\nBoutique Lyon"
QUOTED = textwrap.indent(BEFORE, "> ", lambda _: True)
PIECES = [
    *ATTRIBUTIONS.values(),
    *HEADER_BLOCKS.values(),
    *SIGNATURES,
    *DISCLAIMERS,
    *NOT_QUOTES.values(),
    QUOTED,
    BEFORE,
]


def _wrapped(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def _check(text: str, reply: str) -> None:
    kept, folded = split_reply(text)
    assert kept.split() == reply.split()
    assert sorted(f"{kept}\n{folded}".split()) == sorted(text.split())


@pytest.mark.parametrize("client", ATTRIBUTIONS)
def test_what_a_program_announces_is_folded(client: str) -> None:
    announced = ATTRIBUTIONS[client]
    _check(f"{REPLY}\n\n{announced}\n\n{QUOTED}\n", REPLY)
    _check(f"{REPLY}\n\n{announced}\n\n{BEFORE}\n", REPLY)
    _check(f"{REPLY}\n\n> {announced}\n> \n{QUOTED}\n", REPLY)
    _check(f"{announced}\n\n{QUOTED}\n\n{REPLY}\n", REPLY)
    for width in (50, 72):
        _check(f"{REPLY}\n\n{_wrapped(announced, width)}\n{QUOTED}\n", REPLY)


@pytest.mark.parametrize("client", HEADER_BLOCKS)
def test_the_head_of_a_quoted_mail_is_folded_with_it(client: str) -> None:
    _check(f"{REPLY}\n\n{HEADER_BLOCKS[client]}\n\n{BEFORE}\n", REPLY)
    _check(f"{REPLY}\n\n{'_' * 32}\n{HEADER_BLOCKS[client]}\n\n{BEFORE}\n", REPLY)


@pytest.mark.parametrize("line", SIGNATURES)
def test_what_a_phone_puts_below_is_folded(line: str) -> None:
    _check(f"{REPLY}\n\n{line}\n", REPLY)
    _check(f"{REPLY}\n\n{line}\n\n> {ATTRIBUTIONS['apple fr']}\n> \n{QUOTED}", REPLY)


@pytest.mark.parametrize("notice", DISCLAIMERS)
def test_the_notice_of_a_company_is_folded(notice: str) -> None:
    _check(f"{REPLY}\n\n{_wrapped(notice, 70)}\n", REPLY)


@pytest.mark.parametrize("case", NOT_QUOTES)
def test_what_only_looks_like_a_quote_stays(case: str) -> None:
    assert split_reply(NOT_QUOTES[case])[0] == NOT_QUOTES[case]


@pytest.mark.parametrize("case", CONVERSATIONS)
def test_conversations(case: str) -> None:
    _check(*CONVERSATIONS[case])


def test_quotes_of_html_mails_are_folded() -> None:
    outlook = (
        "<p>Merci beaucoup.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>De&nbsp;:</b> Boutique &lt;a@b.fr&gt;<br>"
        "<b>Envoyé&nbsp;:</b> mardi 3 février 2026 14:05<br><b>À&nbsp;:</b> Dora<br><b>Objet&nbsp;:</b> RE: x</p></div><p>Votre colis part.</p>"
    )
    gmail = (
        '<div dir="ltr">Merci beaucoup.</div><br><div class="gmail_quote"><div class="gmail_attr">Le mar. 3 févr. 2026 à 14:05, Boutique &lt;'
        '<a href="mailto:a@b.fr">a@b.fr</a>&gt; a écrit&nbsp;:<br></div><blockquote class="gmail_quote"><p>Votre colis part.</p></blockquote></div>'
    )
    yahoo = (
        '<div>Merci beaucoup.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>Le mardi 3 février 2026 à 14:05:10 UTC+1, Boutique '
        "&lt;a@b.fr&gt; a écrit :</div><div><br></div><div>Votre colis part.</div></div>"
    )
    for html in (outlook, gmail, yahoo):
        mail = parse_mail(raw_mail("Content-Type: text/html; charset=utf-8", body=html))
        assert mail.reply_text == "Merci beaucoup."
        assert "Votre colis part." in mail.quoted_text


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=8),
    st.sampled_from(["\n", "\n\n", "\n\n\n"]),
)
def test_property_visible_and_folded_are_the_original(pieces: list[str], gap: str) -> None:
    text = gap.join(pieces).replace("\r", " ")
    kept, folded = split_reply(text)
    assert sorted(f"{kept}\n{folded}".split()) == sorted(text.split())
