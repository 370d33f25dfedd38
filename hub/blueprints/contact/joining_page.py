"""What a sign-up form shows: its fields in the reader's words, what was typed, what must be corrected."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from flask import render_template, url_for
from flask_babel import get_locale, gettext

from hub.blueprints.errors import sentence_of
from hub.blueprints.meant import find_meant, taken
from hub.blueprints.pages import POLICY
from hub.core import clock, site
from hub.core.errors import HubError
from hub.core.words import Language
from hub.customers.hygiene.findings import Field
from hub.signups.queries import FormPage
from hub.signups.sites import read_sites
from hub.signups.submitting import make_nonce
from hub.signups.words import FieldKind, FormKind, Mode
from hub.stores.queries import get_chain, list_stores

TYPES = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel", FieldKind.BIRTH_ON: "date"}
COMPLETES = {
    FieldKind.EMAIL: "email",
    FieldKind.PHONE: "tel",
    FieldKind.FIRST_NAME: "given-name",
    FieldKind.LAST_NAME: "family-name",
    FieldKind.POSTCODE: "postal-code",
    FieldKind.BIRTH_ON: "bday",
}
CHECKED = {
    FieldKind.EMAIL: Field.MAIL,
    FieldKind.PHONE: Field.PHONE,
    FieldKind.FIRST_NAME: Field.FIRST_NAME,
    FieldKind.LAST_NAME: Field.LAST_NAME,
}
"""What is asked about when something else was probably meant."""
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Asked:
    """One field of the page. `options` makes it a select, `is_long` a text of several lines."""

    name: str
    label: str
    value: str
    is_required: bool
    error: str = ""
    type: str = "text"
    autocomplete: str = ""
    options: tuple[tuple[str, str], ...] = ()
    is_long: bool = False
    meant: str = ""
    meant_field: str = ""


@dataclass(frozen=True)
class Tick:
    """One box: a consent, or the rules of a contest."""

    name: str
    label: str
    is_on: bool
    error: str = ""


def language_now() -> Language:
    return Language.ENGLISH if str(get_locale()) == Language.ENGLISH else Language.FRENCH


def draw(
    form: FormPage,
    *,
    given: Mapping[str, str],
    errors: Mapping[str, HubError],
    action: str,
    is_embedded: bool = False,
    is_preview: bool = False,
    meant: Mapping[str, str] = NOTHING,
) -> str:
    """The page of a form. `action` is where it is posted; nowhere when it is only looked at. `meant`: what it asks."""
    texts = form.content.text(language_now())
    said = {name: sentence_of(error) for name, error in errors.items()}
    nonce = make_nonce(form.id, salt=secrets.token_hex(12), machine_now=clock.machine_now())
    return render_template(
        "signups/public.html",
        frame="signups/_bare.html" if is_embedded else "layouts/public.html",
        form=form,
        texts=texts,
        fields=[_asking(item, meant) for item in fields_of(form, given, said)],
        consents=_consents_of(form, given),
        rules=_rules_of(form, given, said),
        nonce=nonce if "form" in errors else given.get("nonce") or nonce,
        action=action,
        errors=said,
        is_preview=is_preview,
        graph=open_graph(form),
    )


def meant_of(given: Mapping[str, str]) -> dict[str, str]:
    """What was probably meant, by the form's own fields; not what was asked before and kept."""
    found = find_meant({field: given.get(name, "") for name, field in CHECKED.items()})
    return {name: found[field] for name, field in CHECKED.items() if field in found}


def taken_of(given: Mapping[str, str]) -> dict[str, str]:
    """The suggestion that was pressed, by the form's own fields."""
    found = taken({field: given.get(name, "") for name, field in CHECKED.items()})
    return {str(name): found[field] for name, field in CHECKED.items() if field in found}


def _asking(item: Asked, meant: Mapping[str, str]) -> Asked:
    if item.name not in meant:
        return item
    return replace(item, meant=meant[item.name], meant_field=CHECKED[FieldKind(item.name)])


def fields_of(form: FormPage, given: Mapping[str, str], said: Mapping[str, str]) -> list[Asked]:
    """Standard fields in their order, then the questions."""
    asked = []
    for kind in FieldKind:
        mode = form.content.mode(kind)
        if mode is Mode.OFF:
            continue
        asked.append(
            Asked(
                name=kind.value,
                label=field_words()[kind],
                value=given.get(kind, ""),
                is_required=mode is Mode.REQUIRED,
                error=said.get(kind, ""),
                type=TYPES.get(kind, "text"),
                autocomplete=COMPLETES.get(kind, ""),
                options=_stores() if kind is FieldKind.STORE else (),
            )
        )
    return asked + _questions_of(form, given, said)


def _questions_of(form: FormPage, given: Mapping[str, str], said: Mapping[str, str]) -> list[Asked]:
    return [
        Asked(
            name=f"q{number}",
            label=question.words(language_now()),
            value=given.get(f"q{number}", ""),
            is_required=question.is_required,
            error=said.get(f"q{number}", ""),
            is_long=True,
        )
        for number, question in enumerate(form.content.questions)
    ]


def _stores() -> tuple[tuple[str, str], ...]:
    return (("", gettext("No store in particular")), *((str(row.id), row.name) for row in list_stores()))


def _consents_of(form: FormPage, given: Mapping[str, str]) -> list[Tick]:
    return [
        Tick(f"c{number}", line.words(language_now()), bool(given.get(f"c{number}")))
        for number, line in enumerate(form.content.consents)
    ]


def _rules_of(form: FormPage, given: Mapping[str, str], said: Mapping[str, str]) -> Tick | None:
    if not form.content.rules_url:
        return None
    label = gettext("I have read and accept the rules of the contest.")
    if form.kind is not FormKind.CONTEST:
        label = gettext("I have read and accept the conditions.")
    return Tick("rules", str(label), bool(given.get("rules")), said.get("rules", ""))


def field_words() -> dict[FieldKind, str]:
    """What a form may ask, in the reader's words."""
    return {
        FieldKind.EMAIL: gettext("Mail address"),
        FieldKind.PHONE: gettext("Mobile phone"),
        FieldKind.FIRST_NAME: gettext("First name"),
        FieldKind.LAST_NAME: gettext("Last name"),
        FieldKind.POSTCODE: gettext("Post code"),
        FieldKind.BIRTH_ON: gettext("Date of birth"),
        FieldKind.STORE: gettext("Your store"),
        FieldKind.QUESTION: gettext("Question"),
    }


def open_graph(form: FormPage) -> dict[str, str]:
    """What a shared link shows (ogp.me)."""
    texts = form.content.text(language_now())
    found = {
        "og:type": "website",
        "og:title": texts.title,
        "og:description": texts.intro,
        "og:url": site.base_url() + url_for("contact.join", slug=form.slug),
        "og:site_name": get_chain().name,
        "og:locale": "en_GB" if language_now() is Language.ENGLISH else "fr_FR",
        "og:image": form.content.image_url,
    }
    return {name: value for name, value in found.items() if value}


def frame_policy() -> str:
    """The content policy of an embedded form: the chain's own sites may show it in a frame, nobody else."""
    chain = get_chain()
    sites = " ".join(("'self'", *read_sites(chain.settings, chain.website_url or "")))
    return POLICY.replace("frame-ancestors 'self'", f"frame-ancestors {sites}")
