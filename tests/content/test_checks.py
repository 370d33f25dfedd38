"""What is looked at before a template is published: each fault is found, and what is delivered has none."""

from dataclasses import replace

import pytest

from hub.channels.sms_text import measure
from hub.content.blocks import Block, BlockKind
from hub.content.catalog import get_builtin
from hub.content.checks import check_content
from hub.content.composing import Content
from hub.content.findings import CheckCode, House, Report, Severity
from hub.content.queries.drafts import has_unsubscribe
from hub.content.rendering import render
from hub.content.samples import SampleKey, find_hole, list_samples
from hub.content.support import SupportTable, load_table
from hub.content.variables import known_variables, with_fallbacks
from hub.core.words import Purpose
from hub.surveys.links import box_links
from tests.content.refresh import ALL, prepare_mail
from tests.content.test_blocks import content_of

REVIEW_PAGE = "https://www.verel.example/donner-un-avis"
SPELLINGS = (
    "https://WWW.verel.example/donner-un-avis",
    "https://verel.example/donner-un-avis/",
    "https://www.verel.example/donner%2Dun-avis",
    "https://www.verel.example/donner%252Dun-avis",
    "https://www.verel.example./Donner-Un-Avis?source=mail",
    "https://www.verel.example:443/x/..//donner-un-avis/ecrire",
    "https://www%2Everel.example/donner-un-avis",
    "https://suivi.example/?vers=https://www.verel.example/donner-un-avis",
)
HOUSE = House("Maison Verel", "Maison Verel Lyon", (REVIEW_PAGE,), {"fr": "STOP au 36111"})
LEAST_SUPPORT = 92
SUBJECT = "Les nouveautés de la saison vous attendent"
FOOTER = Block("f", BlockKind.FOOTER, {"text": "Vous recevez ce message de [[chain_name]]."})


def built_table() -> SupportTable:
    table = load_table()
    assert table is not None, "npm run build (or make assets) distils the table of mail programs"
    return table


def content(*blocks: Block, subject: str = SUBJECT, sms: str = "", **fallbacks: str) -> Content:
    variables = with_fallbacks(known_variables("own_test", "fr"), fallbacks)
    return Content(
        "fr", subject, "Une ligne après l’objet.", (*blocks, FOOTER), sms, variables, has_unsubscribe=True
    )


def text(words: str, condition: str = "") -> Block:
    return Block("t", BlockKind.TEXT, {"text": words, "style": "normal"}, condition)


def button(link: str, label: str = "Voir", colour: str = "#1f4e5f", condition: str = "") -> Block:
    return Block("b", BlockKind.BUTTON, {"label": label, "link": link, "colour": colour}, condition)


def image(**fields: str) -> Block:
    known = {"source": "https://www.verel.example/i.png", "alt": "Une lampe", "link": ""}
    return Block("i", BlockKind.IMAGE, known | fields)


def look(seen: Content, purpose: Purpose = Purpose.PROMOTION) -> Report:
    return check_content(seen, key="own_test", purpose=purpose, house=HOUSE)


def codes(seen: Content, purpose: Purpose = Purpose.PROMOTION) -> set[CheckCode]:
    return {check.code for check in look(seen, purpose).checks}


@pytest.mark.parametrize(("key", "language"), ALL)
def test_a_delivered_mail_has_no_fault_and_is_drawn_nearly_everywhere(key: str, language: str) -> None:
    mail = get_builtin(key, language)
    house = replace(HOUSE, support=built_table())
    report = check_content(content_of(mail), key=key, purpose=Purpose(mail.purpose), house=house)
    assert report.checks == ()
    assert report.is_publishable
    assert report.size_bytes <= 95_000
    assert report.support is not None
    assert report.support.percent >= LEAST_SUPPORT, report.support.failures[:3]
    if report.sms:
        assert (report.sms.encoding, report.sms.segment_count <= 2) == ("gsm7", True)


def test_what_is_right_has_nothing_to_say() -> None:
    good = content(text("[[salutation]],"), text("Bonne lecture."), button("shop_url"), image())
    assert look(good).checks == ()


@pytest.mark.parametrize(
    ("blocks", "code"),
    [
        ([text("Bonjour [[store_name]],")], CheckCode.MISSING_FALLBACK),
        ([text("Bonjour [[?store_name]][[store_name]][[/store_name]], merci.")], CheckCode.HOLE),
        ([text("Écrivez [[nothing_known]].")], CheckCode.BAD_TEMPLATE),
        ([text("[[?store_name]]ouvert")], CheckCode.BAD_TEMPLATE),
        ([text("Une valeur [[ Store ]] mal écrite.")], CheckCode.LEFT_OVER),
        ([image(alt="")], CheckCode.NO_ALT),
        ([image(source="http://www.verel.example/i.png")], CheckCode.BAD_IMAGE),
        ([button("shop_url", colour="#8fa8b2")], CheckCode.CONTRAST),
        ([button("")], CheckCode.EMPTY_LINK),
        ([button("http://www.verel.example/")], CheckCode.BAD_LINK),
        ([button("https://user@evil.example/")], CheckCode.BAD_LINK),
        ([button("javascript:alert(1)")], CheckCode.BAD_LINK),
        ([button("store_name")], CheckCode.UNKNOWN_LINK),
        ([button("shop_url", label="")], CheckCode.WORDLESS_LINK),
        ([text("Voir https://www.verel.example/seul")], CheckCode.LINKS_DIFFER),
    ],
)
def test_each_fault_stops_the_publication(blocks: list[Block], code: CheckCode) -> None:
    report = look(content(*blocks))
    assert code in {check.code for check in report.errors}
    assert not report.is_publishable


def test_a_fallback_lifts_the_fault() -> None:
    greeting = text("Votre magasin [[store_name]] vous attend.")
    assert CheckCode.MISSING_FALLBACK in codes(content(greeting))
    assert codes(content(greeting, store_name="le plus proche")) == set()
    assert codes(content(replace(greeting, condition="store_name"))) == set()


@pytest.mark.parametrize(
    "block",
    [
        Block(
            "r",
            BlockKind.REVIEW,
            {"title": "Avis", "text": "Votre avis.", "label": "Écrire"},
            "!ticket_number",
        ),
        Block(
            "r",
            BlockKind.REVIEW,
            {"title": "Avis", "text": "Votre avis.", "label": "Écrire"},
            "very_satisfied_url",
        ),
        button("review_url", condition="order_number"),
        button("product_review_url", condition="order_number"),
        button(REVIEW_PAGE, condition="!ticket_number"),
        *(button(spelled, condition="order_number") for spelled in SPELLINGS),
        text("Écrivez sur WWW.Verel.example/donner-un-avis.", condition="order_number"),
        text("Merci [[?order_number]]: www.verel.example/donner-un-avis[[/order_number]]."),
        text(
            "Votre avis compte : [[?ticket_number]][[?review_url]][[review_url]][[/review_url]][[/ticket_number]]."
        ),
        text("Écrivez-nous. [[review_url]]", condition="store_name|review_url"),
    ],
)
def test_a_review_link_that_depends_on_anything_is_refused(block: Block) -> None:
    report = look(content(block), Purpose.SERVICE)
    assert not report.is_publishable
    assert {check.code for check in report.errors} & {CheckCode.REVIEW_GATING, CheckCode.MISSING_FALLBACK}


def test_other_pages_of_the_chain_may_depend_on_anything() -> None:
    for link in ("https://www.verel.example/donner", "https://avis.example/donner-un-avis", "shop_url"):
        assert codes(content(button(link, condition="order_number"))) == set()
    assert codes(content(button(SPELLINGS[0]), button("shop_url", condition="order_number"))) == set()


@pytest.mark.parametrize(
    "sms",
    [
        "Votre avis[[?order_number]] : https://WWW.verel.example/donner-un-avis[[/order_number]]",
        "Votre avis : https://www.verel.example/[[?order_number]]donner-un-avis[[/order_number]]",
    ],
)
def test_a_review_link_typed_into_an_sms_under_a_condition_is_refused(sms: str) -> None:
    assert CheckCode.REVIEW_GATING in codes(content(text("Merci."), sms=sms))


def test_a_review_link_typed_into_an_sms_for_all_is_let_through() -> None:
    assert codes(content(text("Merci."), sms=f"Votre avis : {REVIEW_PAGE}")) == set()


@pytest.mark.parametrize("fallback", [".", "-", "1", "\u200b.", "…"])
def test_a_fallback_without_a_letter_is_refused(fallback: str) -> None:
    report = look(content(text("[[salutation]],"), salutation=fallback))
    assert CheckCode.BAD_FALLBACK in {check.code for check in report.errors}
    assert not report.is_publishable


@pytest.mark.parametrize("fallback", ["\u200b", "\u200b \u2060", "\ufeff", "\u3164", "\u2800"])
def test_a_fallback_that_nobody_sees_is_none(fallback: str) -> None:
    ours = next(v.fallback for v in known_variables("own_test", "fr") if v.name == "salutation")
    seen = content(text("[[salutation]],"), salutation=fallback)
    assert [v.fallback for v in seen.variables if v.name == "salutation"] == [ours]
    missing = content(text("Votre magasin [[store_name]]."), store_name=fallback)
    assert CheckCode.MISSING_FALLBACK in codes(missing)


@pytest.mark.parametrize("written", ["Bonjour&nbsp;,", "Bonjour&#160;,", "Bonjour&#xA0;,", "Caf&eacute;"])
@pytest.mark.parametrize("place", ["text", "subject", "sms", "fallback"])
def test_a_character_written_as_in_html_is_refused(written: str, place: str) -> None:
    plain = text("Bonne lecture.")
    seen = {
        "text": content(text(written)),
        "subject": content(plain, subject=f"{written} les nouveautés sont arrivées"),
        "sms": content(plain, sms=written),
        "fallback": content(text("[[salutation]],"), salutation=written),
    }[place]
    report = look(seen)
    assert CheckCode.HTML_CODE in {check.code for check in report.errors}
    assert not report.is_publishable


@pytest.mark.parametrize("words", ["Verel & Fils ; merci.", "R&D; la suite", "A&B"])
def test_an_ampersand_between_words_is_no_code(words: str) -> None:
    assert codes(content(text(words))) == set()


@pytest.mark.parametrize("condition", ["", "review_url"])
def test_a_review_block_for_all_is_let_through(condition: str) -> None:
    fields = {"title": "Avis", "text": "Quelle que soit votre expérience.", "label": "Écrire un avis"}
    assert codes(content(Block("r", BlockKind.REVIEW, fields, condition))) == set()


@pytest.mark.parametrize(
    ("subject", "code", "severity"),
    [
        ("", CheckCode.NO_SUBJECT, Severity.ERROR),
        ("Bonjour [[order_number]], une nouveauté vous attend", CheckCode.NO_FALLBACK, Severity.ERROR),
        ("Trop court", CheckCode.TOO_SHORT, Severity.WARNING),
        (SUBJECT + " dès maintenant en magasin", CheckCode.TOO_LONG, Severity.WARNING),
        ("LES NOUVEAUTÉS DE LA SAISON SONT ARRIVÉES", CheckCode.ALL_CAPITALS, Severity.WARNING),
        ("Les nouveautés de la saison sont là !!!", CheckCode.PUNCTUATION_RUN, Severity.WARNING),
        ("Saison après saison, toutes les nouveautés", CheckCode.REPEATED_WORD, Severity.WARNING),
        ("Votre cadeau vous attend dans le magasin", CheckCode.RISK_WORD, Severity.WARNING),
        ("Un crédit pour la saison vous est proposé", CheckCode.RISK_WORD, Severity.WARNING),
    ],
)
def test_subjects(subject: str, code: CheckCode, severity: Severity) -> None:
    found = [
        check for check in look(content(text("Bonne lecture."), subject=subject)).checks if check.code is code
    ]
    assert [check.severity for check in found] == [severity]


def test_the_sender_names_the_brand() -> None:
    seen = content(text("Bonne lecture."))
    report = check_content(
        seen, key="own_test", purpose=Purpose.PROMOTION, house=replace(HOUSE, sender_name="Lyon")
    )
    assert [check.code for check in report.checks] == [CheckCode.SENDER_WITHOUT_BRAND]


def test_only_transactional_mail_may_leave_without_the_link_to_stop() -> None:
    bare = replace(content(text("Bonne lecture.")), blocks=(text("Bonne lecture."),))
    assert CheckCode.NO_UNSUBSCRIBE in codes(bare, Purpose.PROMOTION)
    assert CheckCode.NO_UNSUBSCRIBE in codes(bare, Purpose.NEWSLETTER)
    assert CheckCode.NO_UNSUBSCRIBE not in codes(bare, Purpose.TRANSACTIONAL)


def test_a_service_mail_made_here_carries_the_link_to_stop_and_an_answer_delivered_without_does_not() -> None:
    bare = replace(content(text("Bonne lecture.")), blocks=(text("Bonne lecture."),))
    assert not look(bare, Purpose.SERVICE).is_publishable
    assert CheckCode.NO_UNSUBSCRIBE in codes(bare, Purpose.SERVICE)
    assert CheckCode.NO_UNSUBSCRIBE not in codes(replace(bare, has_unsubscribe=False), Purpose.SERVICE)
    assert has_unsubscribe("own_test", Purpose.SERVICE)
    answers = ("acknowledgement", "delay_notice", "optin_confirmation", "reassurance")
    assert not any(has_unsubscribe(key, Purpose.SERVICE) for key in answers)
    assert has_unsubscribe("thanks", Purpose.SERVICE)
    assert has_unsubscribe("survey_reminder", Purpose.SERVICE)


def test_weight() -> None:
    def heavy(letters: int) -> set[CheckCode]:
        return codes(content(*(replace(text("mot " * (letters // 40)), id=f"t{n}") for n in range(10))))

    assert heavy(80_000) == set()
    assert heavy(88_000) == {CheckCode.BIG}
    assert heavy(100_000) == {CheckCode.TOO_BIG}


def test_sms() -> None:
    assert codes(content(text("Bonne lecture."), sms="[[chain_name]] : bonne fête")) == {
        CheckCode.SMS_UNICODE
    }
    assert codes(content(text("Bonne lecture."), sms="mot " * 90)) == {CheckCode.SMS_LONG}


def test_the_mention_of_stop_is_counted_where_it_is_added() -> None:
    seen = content(text("Bonne lecture."), sms="a" * 155)
    promotion, service = look(seen).sms, look(seen, Purpose.SERVICE).sms
    assert promotion is not None
    assert service is not None
    assert (promotion.segment_count, service.segment_count) == (2, 1)


def test_the_samples_miss_what_they_say_and_never_what_is_always_there() -> None:
    variables = known_variables("survey", "fr")
    sure = {v.name for v in variables if v.is_required}
    samples = {sample.key: sample.values for sample in list_samples(variables, "fr")}
    assert set(samples) == set(SampleKey)
    assert all(sure <= values.keys() for values in samples.values())
    assert samples[SampleKey.NO_TITLE]["salutation"] == "Bonjour Anne"
    assert samples[SampleKey.NO_FIRST_NAME]["salutation"] == "Bonjour Madame Lefèvre"
    assert samples[SampleKey.NO_NAME]["salutation"] == ""
    assert "store_phone" not in samples[SampleKey.NO_STORE_PHONE]
    assert "order_day" not in samples[SampleKey.EMPTY_ORDER]
    assert set(samples[SampleKey.BARE]) == sure


@pytest.mark.parametrize(
    "words",
    [
        "Bonjour\u200b ,",
        "Bonjour \u2060,",
        "Bonjour\u202f,",
        "Bonjour ,",
        "Bonjour\u00a0,",
        "Commande () reçue",
        "le  magasin",
        "Reçu le .",
    ],
)
def test_holes_are_seen(words: str) -> None:
    assert find_hole(words)


@pytest.mark.parametrize(
    "words",
    ["Bonjour,", "Ouvert : 10 h – 19 h", "Prêt ? Oui.", "- Lampe\n  https://x.example", "5 % … et plus"],
)
def test_good_typography_is_no_hole(words: str) -> None:
    assert find_hole(words) is None


def test_support_counts_what_is_used_and_names_where_it_fails() -> None:
    plain = check_content(
        content(text("Bonne lecture.")),
        key="x",
        purpose=Purpose.SERVICE,
        house=replace(HOUSE, support=built_table()),
    )
    webp = check_content(
        content(image(source="https://www.verel.example/i.webp")),
        key="x",
        purpose=Purpose.SERVICE,
        house=replace(HOUSE, support=built_table()),
    )
    assert plain.support is not None
    assert webp.support is not None
    names = {failure.title: failure.missing_in for failure in webp.support.failures}
    assert any(
        "webp" in title.casefold() and any("Outlook" in each for each in where)
        for title, where in names.items()
    )
    assert not any("webp" in failure.title.casefold() for failure in plain.support.failures)


@pytest.mark.parametrize("key", ["survey", "survey_reminder"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_sms_with_the_real_survey_links_takes_two_segments(key: str, language: str) -> None:
    links = box_links(987_654_321, "https://relation.verel.example")
    names = ("very_satisfied_url", "satisfied_url", "not_satisfied_url")
    values = get_builtin(key, language).examples() | dict(zip(names, links.values(), strict=True))
    text = render(prepare_mail(get_builtin(key, language)), values).sms_text
    sms = measure(text)
    assert (sms.encoding, sms.segment_count) == ("gsm7", 2)
