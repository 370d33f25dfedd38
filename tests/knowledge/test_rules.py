"""Variables, checks and Markdown, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import Invalid
from hub.core.words import Language
from hub.knowledge import rules
from hub.knowledge.markdown import to_html, to_text


def test_variables_are_filled() -> None:
    text = "{{customer.salutation}}, votre commande {{ order.number }} part de {{store.name}}."
    values = {"customer.salutation": "Bonjour Anne", "order.number": "A-1", "store.name": "Lyon"}
    assert rules.fill(text, values, Language.FRENCH) == ("Bonjour Anne, votre commande A-1 part de Lyon.", ())


def test_a_missing_value_stays_in_sight() -> None:
    french, missing = rules.fill("Commande {{order.number}}.", {"order.number": "  "}, Language.FRENCH)
    assert (french, missing) == ("Commande [à compléter : numéro de commande].", ("order.number",))
    assert "[to complete: order number]" in rules.fill("{{order.number}}", {}, Language.ENGLISH)[0]


def test_what_was_left_to_be_completed_is_named() -> None:
    holes = "".join(rules.fill("{{order.number}} {{store.name}}", {}, language)[0] for language in Language)
    with pytest.raises(Invalid) as raised:
        rules.check_completed(f"Bonjour, {holes}")
    assert (
        raised.value.values["names"] == "numéro de commande, nom du magasin, order number, name of the store"
    )
    rules.check_completed("Commande [A-1], à compléter : rien.")


def test_a_value_with_braces_is_not_filled_again() -> None:
    assert (
        rules.fill("{{customer.name}}", {"customer.name": "{{agent.name}}"}, Language.FRENCH)[0]
        == "{{agent.name}}"
    )


def test_an_unknown_variable_is_refused() -> None:
    with pytest.raises(Invalid, match=r"customer\.age"):
        rules.check_reply(title="Âge", body="Vous avez {{customer.age}} ans.")


def test_every_variable_has_its_words() -> None:
    assert all(set(words) == set(Language) for words in rules.VARIABLES.values())


@pytest.mark.parametrize(("title", "body"), [("", "x"), ("x", " "), ("x" * 161, "x"), ("x", "x" * 40_001)])
def test_an_article_without_title_or_text_is_refused(title: str, body: str) -> None:
    with pytest.raises(Invalid):
        rules.check_article(title=title, summary="", body=body)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![a](https://far.example/pixel.png)",
        '<a href="https://x" onclick="x">a</a>',
    ],
)
def test_markdown_cannot_carry_anything_active(source: str) -> None:
    html = to_html(source)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "<a onclick" not in html


def test_headings_stay_below_the_pages_own() -> None:
    assert to_html("# Titre") == "<h2>Titre</h2>\n"


def test_the_text_of_an_article_reads_like_a_mail() -> None:
    source = "## Titre\n\nUn **mot** et [un lien](https://verel.example/a).\n\n- un\n- deux\n\nFin & suite."
    assert to_text(source) == (
        "Titre\n\nUn mot et un lien (https://verel.example/a).\n\n- un\n- deux\n\nFin & suite."
    )


@given(st.text())
def test_any_source_gives_a_page_and_a_text_property(source: str) -> None:
    assert isinstance(to_html(source), str)
    assert "<script" not in to_html(source)
    assert isinstance(to_text(source), str)
