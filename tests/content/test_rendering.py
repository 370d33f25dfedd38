"""Filling a template: nothing injected, nothing empty, nothing unknown, sections kept or dropped as a whole."""

from html import unescape

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.content.catalog import get_builtin
from hub.content.rendering import (
    BadTemplate,
    MissingValue,
    PreparedTemplate,
    Rendered,
    Spec,
    UnsafeLink,
    is_safe_link,
    prepare,
    render,
)
from hub.content.words import VariableKind
from tests.content.refresh import ALL, prepare_mail

TEXT, LINES, QUOTE, LINK, ACT = VariableKind
NASTY = st.text(max_size=200) | st.sampled_from(
    [
        '"><script>alert(1)</script>',
        "<!--end store_name--><!--if x-->",
        "[[unsubscribe_url]]",
        "' onmouseover='alert(1)",
        "</td></tr></table>",
        "&lt;b&gt;",
        "a\r\nBcc: everyone@example.com",
        "\u202eevil\u2066",
        "\ud800",
    ]
)


def make(
    html: str, *specs: Spec, subject: str = "Subject", text: str = "text", language: str = "fr"
) -> PreparedTemplate:
    return prepare(
        version_id=1,
        key="test",
        language=language,
        purpose="service",
        automatic="",
        specs=specs,
        subject=subject,
        html_source=html,
        text_source=text,
    )


def skeleton(html: str) -> list[tuple[str, list[str]]]:
    """Every element with the names of its attributes; line breaks belong to the values."""
    page = BeautifulSoup(html, "html.parser")
    tags = [tag for tag in page.find_all(True) if isinstance(tag, Tag) and tag.name != "br"]
    return [(tag.name, sorted(tag.attrs)) for tag in tags]


REPLY = prepare_mail(get_builtin("reply", "fr"))
EXAMPLES = get_builtin("reply", "fr").examples()
SKELETON = skeleton(render(REPLY, EXAMPLES).html)


@settings(deadline=None)
@given(
    value=NASTY, name=st.sampled_from(["reply_text", "quoted_text", "agent_name", "store_name", "subject"])
)
def test_no_value_changes_the_structure(value: str, name: str) -> None:
    got = render(REPLY, EXAMPLES | {name: f"a{value}z"})
    assert skeleton(got.html) == SKELETON
    assert "\n" not in got.subject
    got.html.encode("utf-8")
    got.text.encode("utf-8")


@settings(deadline=None)
@given(value=st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=80))
def test_values_come_back_as_they_were(value: str) -> None:
    template = make("<p>[[name]]</p>", Spec("name", TEXT, is_required=False, fallback="-"), text="[[name]]")
    got = render(template, {"name": value})
    wanted = value.strip() or "-"
    assert unescape(got.html.removeprefix("<p>").removesuffix("</p>")) == wanted
    assert got.text == wanted


@settings(deadline=None)
@given(value=NASTY)
def test_a_link_that_is_let_through_stays_in_its_attribute(value: str) -> None:
    template = make(
        '<a href="[[url]]">x</a>', Spec("url", LINK, is_required=True, fallback=""), text="[[url]]"
    )
    address = f"https://shop.example/{value}".strip()
    if not is_safe_link(address):
        return
    got = render(template, {"url": address})
    assert skeleton(got.html) == [("a", ["href"])]
    assert len(got.text.split()) == 1


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//shop.example/",
        "/relative",
        "https://",
        "https:///x",
        "ftp://shop.example/",
        "https://a b.example/",
        "https://user:pass@shop.example/",
        "https://shop.example:99999/",
        "https://[broken/",
        'https://shop.example/"onclick=',
        "mailto:a@b.example",
        "https://shop.example/" + "a" * 2000,
    ],
)
def test_unsafe_links(address: str) -> None:
    assert not is_safe_link(address)


@pytest.mark.parametrize(
    "address", ["http://localhost:8000/a/x/3", "https://shop.example/é?a=1&b=2#c", "http://127.0.0.1/x"]
)
def test_safe_links(address: str) -> None:
    assert is_safe_link(address)


@pytest.mark.parametrize(("key", "language"), ALL)
def test_each_missing_required_value_is_named(key: str, language: str) -> None:
    mail = get_builtin(key, language)
    template = prepare_mail(mail)
    for variable in mail.variables:
        if not variable.is_required:
            continue
        for missing in ("", "  \n", None):
            values = {k: v for k, v in mail.examples().items() if k != variable.name}
            if missing is not None:
                values[variable.name] = missing
            with pytest.raises(MissingValue) as caught:
                render(template, values)
            assert caught.value.variable == variable.name
            assert variable.name in str(caught.value)


@pytest.mark.parametrize(("key", "language"), ALL)
def test_each_optional_value_can_be_left_out(key: str, language: str) -> None:
    mail = get_builtin(key, language)
    template = prepare_mail(mail)
    full = render(template, mail.examples())
    for variable in mail.variables:
        if not variable.is_required:
            got = render(template, mail.examples() | {variable.name: ""})
            assert got != full, variable.name
            assert "[[" not in got.html + got.text + got.subject


def fill(html: str, **values: str) -> str:
    specs = (
        Spec("a", TEXT, is_required=False, fallback=""),
        Spec("b", TEXT, is_required=False, fallback=""),
        Spec("c", TEXT, is_required=False, fallback="C"),
    )
    return render(make(html, *specs), values).html


def test_sections() -> None:
    source = "<!--if a-->A[[a]]<!--if b-->B[[b]]<!--end b--><!--end a--><!--unless a-->no<!--end a-->[[c]]"
    assert fill(source) == "noC"
    assert fill(source, a="1") == "A1C"
    assert fill(source, a="1", b="2", c="3") == "A1B23"
    assert fill(source, b="2") == "noC"


def test_a_section_of_several_names_needs_one_of_them() -> None:
    source = "<!--if a|b-->any<!--end a|b-->"
    assert fill(source) == ""
    assert fill(source, b="2") == "any"


@pytest.mark.parametrize(
    "source",
    [
        "[[unknown]]",
        "[[a]]",
        "<!--if a-->[[b]]<!--end a-->",
        "<!--if a-->",
        "<!--end a-->",
        "<!--if a--><!--if b--><!--end a--><!--end b-->",
        "<!--unless a-->[[a]]<!--end a-->",
        "<!--if a|b-->[[a]]<!--end a|b-->",
        "<!--if zzz-->x<!--end zzz-->",
    ],
)
def test_templates_that_could_leave_a_hole_are_refused(source: str) -> None:
    with pytest.raises(BadTemplate):
        fill(source)


def test_kinds() -> None:
    kinds = [Spec(kind.value, kind, is_required=True, fallback="") for kind in (TEXT, LINES, QUOTE)]
    source = "[[text]]|[[lines]]|[[quote]]"
    value = " one\r\ntwo\tand\n\nthree "
    got = render(make(source, *kinds, text=source), dict.fromkeys(("text", "lines", "quote"), value))
    marked = "one<br>\ntwo\tand<br>\n<br>\nthree"
    assert got.html == f"one two and three|{marked}|{marked}"
    assert got.text == "one two and three|one\ntwo\tand\n\nthree|> one\n> two\tand\n>\n> three"


def test_the_copy_for_staff_carries_no_link_that_acts() -> None:
    mail = get_builtin("survey", "fr")
    got = render(prepare_mail(mail), mail.examples(), is_copy=True)
    for part in got:
        assert "/a/" not in part
        assert "/unsubscribe/" not in part
    assert got.html.count('href="#"') == 5
    with pytest.raises(UnsafeLink):
        render(prepare_mail(mail), mail.examples() | {"satisfied_url": "javascript:x"}, is_copy=True)


def test_rendering_is_repeatable() -> None:
    mail = get_builtin("thanks", "en")
    template = prepare_mail(mail)
    assert isinstance(render(template, mail.examples()), Rendered)
    assert render(template, mail.examples()) == render(template, mail.examples())


def test_the_sms_is_filled_and_its_values_stay_in_gsm() -> None:
    template = prepare(
        version_id=1,
        key="x",
        language="fr",
        purpose="service",
        automatic="",
        specs=(Spec("name", VariableKind.TEXT, True, ""), Spec("moment", VariableKind.TEXT, False, "")),
        subject="s",
        html_source="h",
        text_source="t",
        sms_source="[[name]] : prêt<!--if moment--> [[moment]]<!--end moment-->",
    )
    filled = render(template, {"name": "Benoît", "moment": "aujourd’hui avant 17\u00a0h"})
    assert filled.sms_text == "Benoit : prêt aujourd'hui avant 17 h"
    assert render(template, {"name": "Anne"}).sms_text == "Anne : prêt"


def test_a_template_without_sms_text_gives_none() -> None:
    template = prepare(
        version_id=1,
        key="x",
        language="fr",
        purpose="service",
        automatic="",
        specs=(),
        subject="s",
        html_source="h",
        text_source="t",
    )
    assert render(template, {}).sms_text == ""
