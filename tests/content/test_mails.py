"""Every delivered mail: golden, readable, complete in both languages, within what clients support."""

import re

import pytest

from hub.content import rules
from hub.content.catalog import SOURCES, get_builtin, list_keys, read_toml
from hub.content.rendering import Rendered
from hub.content.words import LANGUAGES, Automatic, VariableKind
from tests.content import mail_reading as reading
from tests.content.refresh import ALL, GOLDEN, golden_files, prepare_mail, render_bare, render_known

LARGEST_BYTES = 95_000
LONGEST_LINE_BYTES = 998  # RFC 5322, 2.1.1
# Plain box, text and table properties, and Outlook's own; no layout, no radius, no background image.
KNOWN_PROPERTIES = {
    "-ms-text-size-adjust", "-webkit-text-size-adjust", "background", "background-color", "border",
    "border-bottom", "border-left", "border-top", "color", "direction", "display", "font-family",
    "font-size", "font-weight", "height", "line-height", "margin", "max-height", "max-width", "mso-hide",
    "mso-padding-alt", "overflow", "padding", "table-layout", "text-align", "text-decoration",
    "vertical-align", "width", "word-break", "word-spacing",
}  # fmt: skip
each_mail = pytest.mark.parametrize(("key", "language"), ALL)


def both(key: str, language: str) -> list[Rendered]:
    return [render_known(key, language), render_bare(key, language)]


def test_golden_files_and_the_page_are_current() -> None:
    wanted = golden_files()
    stale = [path.name for path, content in wanted.items() if path.read_text(encoding="utf-8") != content]
    assert stale == [], "read the change, then: .venv/bin/python -m tests.content.refresh"
    assert {path.name for path in GOLDEN.iterdir()} == {p.name for p in wanted if p.parent == GOLDEN}


@pytest.mark.parametrize("key", list_keys())
def test_both_languages_say_the_same_things(key: str) -> None:
    french, english = (read_toml(SOURCES / key / f"{language}.toml") for language in LANGUAGES)
    assert french.keys() == english.keys()
    for name in french:
        tokens = [sorted(re.findall(r"\[\[\w+\]\]", texts[name])) for texts in (french, english)]
        assert tokens[0] == tokens[1], name


def test_common_texts_exist_in_both_languages() -> None:
    french, english = (read_toml(SOURCES / f"common.{language}.toml") for language in LANGUAGES)
    assert french.keys() == english.keys()
    assert french["fallbacks"].keys() == english["fallbacks"].keys()


@each_mail
def test_html_and_text_agree(key: str, language: str) -> None:
    for mail in both(key, language):
        assert reading.links(mail.html) == reading.text_links(mail.text)
        addresses_gone = re.sub(r"https?://\S+", " ", mail.text)
        assert reading.visible_words(mail.html) == set(re.findall(r"\w+", addresses_gone))


@each_mail
def test_size_and_lines(key: str, language: str) -> None:
    html = render_known(key, language).html
    assert len(html.encode()) < LARGEST_BYTES
    assert max(len(line.encode()) for line in html.split("\n")) <= LONGEST_LINE_BYTES


@each_mail
def test_contrast_in_light_and_inverted(key: str, language: str) -> None:
    for shade in reading.shades(render_known(key, language).html):
        assert reading.contrast(shade.ink, shade.paper) >= 4.5, shade
        dark = reading.contrast(reading.inverted(shade.ink), reading.inverted(shade.paper))
        assert dark >= 4.5, shade


@each_mail
def test_only_what_clients_support(key: str, language: str) -> None:
    html = render_known(key, language).html
    assert reading.properties(html) <= KNOWN_PROPERTIES
    assert "var(" not in html
    assert "url(" not in html
    page = reading.parse(html)
    assert not page.find_all(["style", "link", "script", "form", "svg", "img", "picture", "video", "button"])
    assert page.html
    assert page.html["lang"] == language
    assert page.title
    assert page.title.string
    assert not page.find_all(attrs={"aria-label": True})


@each_mail
def test_boxes_and_buttons_are_large_enough(key: str, language: str) -> None:
    for anchor in reading.parse(render_known(key, language).html).find_all("a"):
        cell = anchor.find_parent("td")
        if cell is not None and cell.get("bgcolor") and reading.styles_of(anchor).get("display") == "block":
            assert int(str(cell["height"])) >= 44
            assert anchor.get_text(strip=True)


@each_mail
def test_a_mail_with_only_the_needed_values_has_no_hole(key: str, language: str) -> None:
    for mail in both(key, language):
        everything = f"{mail.subject}\n{mail.html}\n{mail.text}"
        assert "[[" not in everything
        assert not re.search(r"<!--(if|unless|end) [a-z_|]+-->", everything)
        shown = f"{mail.text}\n{'|'.join(reading.visible_blocks(mail.html))}"
        assert not re.search(r"\w ,|\(\)| {2,}(?!http)\w|: *\.|\s\.", shown.replace("\n", "|")), shown
    if key != "reply":
        hello = {"fr": "Bonjour,", "en": "Hello,"}[language]
        assert hello in render_bare(key, language).text


@each_mail
def test_preheader_is_there_and_hidden(key: str, language: str) -> None:
    for mail in both(key, language):
        page = reading.parse(mail.html)
        hidden = [div for div in page.find_all("div") if reading.styles_of(div).get("display") == "none"]
        assert len(hidden) == 1
        assert 15 <= len(hidden[0].get_text(strip=True)) <= 110
        everything = page.get_text().replace("\u00a0", " ").strip()
        assert (
            everything.removeprefix(mail.subject.replace("\u00a0", " "))
            .strip()
            .startswith(hidden[0].get_text().replace("\u00a0", " "))
        )


BREAKING = re.compile(r" [:;?!»](?!\S)|« |\bn° ")


@each_mail
def test_no_line_breaks_before_a_sign(key: str, language: str) -> None:
    """French sets a space before `: ; ? !` and inside « », never one where a line may end: in no form of a mail."""
    for mail in both(key, language):
        for text in (mail.subject, mail.text, reading.parse(mail.html).get_text()):
            assert BREAKING.search(text) is None, text


@each_mail
def test_footer(key: str, language: str) -> None:
    mail, builtin = render_known(key, language), get_builtin(key, language)
    footer = mail.text.rpartition("\n-- \n")[2]
    assert {
        "fr": ("Vous recevez", "Ce message automatique"),
        "en": ("You receive", "This automatic message"),
    }[language][0 if key != "acknowledgement" else 1] in footer
    assert "Maison Verel" in footer
    assert "17 rue Docteur-Bouchut, 69003 Lyon" in mail.text
    assert ("/unsubscribe/" in footer and "/preferences/" in footer) is builtin.has_unsubscribe
    assert builtin.has_unsubscribe or builtin.purpose in {"service", "transactional", "reply", "staff"}


@each_mail
def test_subjects_keep_the_rules(key: str, language: str) -> None:
    if key == "reply":
        return  # its subject is the ticket's
    mail = get_builtin(key, language)
    template = prepare_mail(mail)
    subject = read_toml(SOURCES / key / f"{language}.toml")["subject"]
    findings = rules.check_subject(
        subject,
        specs=template.specs,
        examples=mail.examples(),
        sender_name="Maison Verel Lyon Part-Dieu",
        chain_name="Maison Verel",
    )
    assert findings == []


@each_mail
def test_review_link_is_for_all(key: str, language: str) -> None:
    template = prepare_mail(get_builtin(key, language))
    assert rules.is_review_link_for_all(template.html)
    assert rules.is_review_link_for_all(template.text)


def test_the_acknowledgement_cannot_repeat_the_senders_words() -> None:
    for language in LANGUAGES:
        mail = get_builtin("acknowledgement", language)
        assert mail.automatic is Automatic.REPLIED
        names = {variable.name for variable in mail.variables}
        assert not {name for name in names if re.search("subject|text|words|body|quoted|message", name)}
        assert not {v.name for v in mail.variables if v.kind is VariableKind.QUOTE}


def test_only_an_agents_reply_is_not_automatic() -> None:
    people = {key for key in list_keys() if get_builtin(key, "fr").automatic is Automatic.NO}
    assert people == {"reply"}
