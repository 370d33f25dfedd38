"""The letters of the plans: each says what plans.md asks of it, with and without what may be missing."""

import re

import pytest

from hub.channels.sms_text import measure, with_stop_mention
from hub.content.blocks import Block, BlockKind
from hub.content.catalog import SOURCES, find_about, find_place, get_builtin, list_keys, read_toml
from hub.content.checks import prepare_content
from hub.content.composing import Content, compose
from hub.content.listing import Suggestion, product_values
from hub.content.rendering import MissingValue, Rendered, render
from hub.content.variables import known_variables
from hub.content.words import LANGUAGES, TemplateGroup
from hub.core.words import Purpose
from tests.content.refresh import prepare_mail, render_bare, render_known

PROMOTION, SERVICE, TRANSACTIONAL = Purpose.PROMOTION, Purpose.SERVICE, Purpose.TRANSACTIONAL
LETTERS = {
    "welcome_prospect": PROMOTION, "welcome_first_order": PROMOTION, "vip_status": PROMOTION,
    "second_purchase_standard": PROMOTION, "second_purchase_premium": PROMOTION, "welcome_sms": SERVICE,
    "anti_churn_1": PROMOTION, "anti_churn_2": PROMOTION, "anti_churn_3": PROMOTION, "anti_churn_sms": PROMOTION,
    "birthday": PROMOTION, "birthday_reminder": PROMOTION, "birthday_last_call": PROMOTION,
    "birthday_sms": PROMOTION,
    "basket_adviser": PROMOTION, "basket_phone": PROMOTION, "basket_known": PROMOTION,
    "basket_reassure": PROMOTION, "basket_second": PROMOTION, "basket_second_sms": PROMOTION,
    "basket_third": PROMOTION,
    "cross_sell": PROMOTION, "up_sell": PROMOTION, "cross_sell_reminder": PROMOTION, "replenishment": PROMOTION,
    "reactivation_offer": PROMOTION, "reactivation_why": SERVICE, "reactivation_notice": SERVICE,
    "churn_rescue": PROMOTION, "churn_news": PROMOTION,
    "order_placed": TRANSACTIONAL, "order_paid": TRANSACTIONAL, "order_shipped": TRANSACTIONAL,
    "order_ready": TRANSACTIONAL, "order_delivered": TRANSACTIONAL,
}  # fmt: skip
BASKETS = [key for key in LETTERS if key.startswith("basket_")]
DISCOUNT = re.compile(
    r"remise|réduction|code|promo|offre|offert|%|discount|voucher|\boff\b|offer", re.IGNORECASE
)
WHY_URL = "https://relation.verel.example/why/kd83hq7"
STOP = {"fr": "STOP : répondez STOP", "en": "STOP: reply STOP"}
in_both = pytest.mark.parametrize("language", [str(language) for language in LANGUAGES])


NO_PRODUCT = {f"product_{number}_name": "" for number in (1, 2, 3)}


def filled(key: str, language: str, **values: str) -> Rendered:
    """The letter with its examples, some of them replaced or ("") taken away."""
    mail = get_builtin(key, language)
    return render(prepare_mail(mail), mail.examples() | values)


def test_every_letter_of_the_plans_is_there_for_what_it_is_for() -> None:
    assert {key: Purpose(get_builtin(key, "fr").purpose) for key in LETTERS} == LETTERS
    refusable = {key for key in LETTERS if get_builtin(key, "fr").has_unsubscribe}
    assert LETTERS.keys() - refusable == {
        "reactivation_notice", "order_placed", "order_paid", "order_shipped", "order_ready", "order_delivered",
    }  # fmt: skip


def test_every_delivered_mail_has_its_place_and_a_sentence_in_both_languages() -> None:
    places = [find_place(key) for key in list_keys()]
    assert len(set(places)) == len(places)
    assert {group for group, _ in places} == set(TemplateGroup)
    for key in list_keys():
        for language in LANGUAGES:
            assert re.fullmatch(r"\S.{20,140}[.?]", find_about(key, language)), key
    assert find_place("own_letter") == (None, 0)
    assert find_about("own_letter", "fr") == ""


def test_french_is_typeset_and_calm() -> None:
    for key in LETTERS:
        texts = read_toml(SOURCES / key / "fr.toml")
        assert not [
            name for name, words in texts.items() if "!" in re.sub(r"\[\[![a-z0-9_]+\]\]", "", words)
        ], key
        assert not [name for name, words in texts.items() if "'" in words and name != "sms"], key


@in_both
@pytest.mark.parametrize("key", BASKETS)
def test_a_basket_letter_lists_the_basket_and_offers_nothing(key: str, language: str) -> None:
    assert not {v.name for v in get_builtin(key, language).variables if v.name.startswith("promo_")}
    mail = render_known(key, language)
    for words in (mail.subject, mail.text, mail.sms_text):
        assert DISCOUNT.search(words) is None, words
    items = get_builtin(key, language).examples()["basket_items"].split("\n")
    assert all(item in mail.text and item in mail.html for item in items)
    assert "https://www.verel.example/panier" in mail.text
    with pytest.raises(MissingValue):
        filled(key, language, basket_items="")


@in_both
def test_the_second_basket_letter_says_when_the_basket_is_cleared(language: str) -> None:
    for key in ("basket_second", "basket_second_sms"):
        day = get_builtin(key, language).examples()["basket_cleared_on"]
        mail = render_known(key, language)
        assert day in mail.text
        assert key == "basket_second" or day in mail.sms_text
        with pytest.raises(MissingValue):
            filled(key, language, basket_cleared_on="")


@in_both
@pytest.mark.parametrize(
    "key",
    ["anti_churn_1", "anti_churn_2", "anti_churn_3", "anti_churn_sms", "churn_rescue", "reactivation_why"],
)
def test_tell_us_why_is_a_link_or_a_reply(key: str, language: str) -> None:
    known, unknown = filled(key, language, why_url=WHY_URL), filled(key, language, why_url="")
    assert WHY_URL in known.text
    assert WHY_URL in known.html
    assert WHY_URL not in known.sms_text, "a signed link would take a segment by itself"
    assert not known.sms_text or {"fr": "pourquoi", "en": "why"}[language] in known.sms_text
    asks = {"fr": "répondez à ce message", "en": "reply to this message"}[language]
    assert asks in unknown.text
    copy = render(
        prepare_mail(get_builtin(key, language)), {**get_builtin(key, language).examples()}, is_copy=True
    )
    assert WHY_URL not in copy.html, "in the copy that staff see the link is dead"


@in_both
def test_a_reminder_of_a_code_leaves_only_with_the_code_and_its_last_day(language: str) -> None:
    for key in ("birthday_reminder", "birthday_last_call", "birthday_sms"):
        for name in ("promo_code", "promo_ends_on"):
            assert get_builtin(key, language).examples()[name] in render_known(key, language).text
            with pytest.raises(MissingValue):
                filled(key, language, **{name: ""})


@in_both
def test_an_anniversary_that_is_no_birthday_is_called_what_it_is(language: str) -> None:
    wish = {"fr": "Bon anniversaire", "en": "Happy birthday"}[language]
    assert wish in filled("birthday", language, anniversary_of="").text
    named = filled("birthday", language, anniversary_of="votre inscription")
    assert wish not in named.text
    assert "votre inscription" in named.text


@in_both
def test_an_offer_that_has_no_code_does_not_speak_of_one(language: str) -> None:
    words = {"fr": r"\bcode\b|\boffre\b", "en": r"\bcode\b|\boffer\b"}[language]
    for key in (
        "anti_churn_1",
        "anti_churn_2",
        "anti_churn_3",
        "birthday",
        "reactivation_offer",
        "churn_rescue",
        "anti_churn_sms",
    ):
        mail = filled(key, language, promo_code="", promo_terms="", promo_ends_on="")
        assert re.search(words, f"{mail.subject} {mail.text} {mail.sms_text}", re.IGNORECASE) is None, (
            mail.text
        )


@in_both
def test_what_recommends_has_something_to_recommend(language: str) -> None:
    for key in ("cross_sell", "up_sell", "cross_sell_reminder", "replenishment"):
        with pytest.raises(MissingValue):
            filled(key, language, product_1_name="")
        one = filled(key, language, product_2_name="", product_3_name="")
        assert get_builtin(key, language).examples()["product_1_name"] in one.text


@in_both
def test_the_notice_gives_the_day_and_the_order_letters_nothing_but_the_order(language: str) -> None:
    day = get_builtin("reactivation_notice", language).examples()["erasure_on"]
    notice = render_bare("reactivation_notice", language)
    assert notice.text.count(day) >= 2
    for state in ("placed", "paid", "shipped", "ready"):
        names = {v.name for v in get_builtin(f"order_{state}", language).variables}
        assert not {name for name in names if name.startswith(("promo_", "product_", "shop_"))}
        assert "order_day" not in names, "nothing is handed over yet"
        assert "CMD-20418" in render_bare(f"order_{state}", language).text


@in_both
def test_every_sms_fits_two_segments_of_the_cheap_alphabet(language: str) -> None:
    for key, purpose in LETTERS.items():
        long = {
            "chain_name": "La Maison des Lumières",
            "store_name": "Saint-Germain-en-Laye",
            "store_address": "",
        }
        names = {v.name: "https://relation.lumieres.example/l/t4Kq9ZbW2mXr7L" for v in get_builtin(key, language).variables
                 if v.name.endswith("_url")}  # fmt: skip
        mail = filled(key, language, **(long | names))
        if mail.sms_text:
            mention = STOP[language] if purpose is PROMOTION else ""
            told = measure(with_stop_mention(mail.sms_text, mention))
            assert (told.encoding, told.segment_count <= 2) == ("gsm7", True), (key, told, mail.sms_text)
    assert {key for key in LETTERS if render_known(key, language).sms_text} >= {
        "welcome_sms", "anti_churn_sms", "birthday_sms", "basket_second_sms", "order_ready", "order_shipped",
    }  # fmt: skip


def test_a_basket_block_is_there_with_its_items_and_links_only_where_it_can() -> None:
    fields = {"title": "Vos articles", "label": "Le reprendre"}
    blocks = (Block("a", BlockKind.BASKET, fields), Block("b", BlockKind.ORDER, {"title": "La commande"}))
    variables = known_variables("own_x", "fr")
    sure = {variable.name: variable.example for variable in variables if variable.is_required}
    content = Content("fr", "Objet", "", blocks, "", variables, has_unsubscribe=False)
    template = prepare_content(content, compose(content), key="own_x", purpose=PROMOTION)
    bare = render(template, sure)
    assert "Vos articles" not in bare.text + bare.html
    assert "La commande" not in bare.text + bare.html
    some = render(template, sure | {"basket_items": "Lampe", "order_number": "CMD-1"})
    assert "Lampe" in some.text
    assert "CMD-1" in some.html
    assert "Le reprendre" not in some.text + some.html
    full = render(
        template, sure | {"basket_items": "Lampe", "basket_total": "9 €", "basket_url": "https://a.example/"}
    )
    assert "Total 9 €" in full.text
    assert full.html.count("https://a.example/") == 1


def test_products_become_numbered_values() -> None:
    given = [
        Suggestion(" "),
        Suggestion("Lampe  Alba", 3900, "https://a.example/"),
        *[Suggestion("Abat-jour")] * 4,
    ]
    values = product_values(given, currency="EUR", language="fr")
    assert values == {
        "product_1_name": "Lampe Alba",
        "product_1_price": "39,00\u00a0€",
        "product_1_url": "https://a.example/",
        "product_2_name": "Abat-jour",
        "product_3_name": "Abat-jour",
    }
    assert product_values([], currency="EUR", language="en") == {}


@in_both
@pytest.mark.parametrize("key", ["second_purchase_standard", "second_purchase_premium"])
def test_a_second_purchase_without_products_promises_none(key: str, language: str) -> None:
    shown, bare = render_known(key, language), filled(key, language, **NO_PRODUCT)
    promise = re.compile(r"voici une sélection|quelques idées|here is a selection|a few ideas", re.IGNORECASE)
    assert promise.search(shown.text)
    assert not any(promise.search(words) for words in (bare.subject, bare.text, bare.html))


@in_both
def test_the_reminder_speaks_of_the_delivery_once(language: str) -> None:
    words = {"fr": "Livraison.", "en": "Delivery."}[language]
    for free in ("Gratuite.", ""):
        text = filled("basket_known", language, free_delivery_terms=free).text
        assert (text.count(words), free in text) == (1, True)
