"""Subjects, the review link and the headers of automatic mail."""

import pytest

from hub.content.rendering import Spec, prepare
from hub.content.rules import SubjectFault, automatic_headers, check_subject, is_review_link_for_all
from hub.content.words import VariableKind

SPECS = (
    Spec("first_name", VariableKind.TEXT, is_required=False, fallback=""),
    Spec("hello", VariableKind.TEXT, is_required=False, fallback="Bonjour"),
    Spec("order", VariableKind.TEXT, is_required=True, fallback=""),
    Spec("review_url", VariableKind.LINK, is_required=False, fallback=""),
    Spec("score", VariableKind.TEXT, is_required=False, fallback=""),
)
EXAMPLES = {"first_name": "Dora", "hello": "Bonjour Dora", "order": "CMD-20418"}


def faults(subject: str, sender: str = "Maison Verel Lyon") -> set[SubjectFault]:
    findings = check_subject(
        subject, specs=SPECS, examples=EXAMPLES, sender_name=sender, chain_name="Maison Vérel"
    )
    return {finding.fault for finding in findings}


@pytest.mark.parametrize(
    ("subject", "fault"),
    [
        ("Trop court", SubjectFault.TOO_SHORT),
        ("Un sujet qui dit beaucoup trop de choses à la fois", SubjectFault.TOO_LONG),
        ("TOUT EN CAPITALES POUR ÊTRE BIEN VU ICI", SubjectFault.ALL_CAPITALS),
        ("Votre avis nous importe, répondez donc !!", SubjectFault.PUNCTUATION_RUN),
        ("Votre avis nous importe, qu’en dites ?!", SubjectFault.PUNCTUATION_RUN),
        ("Votre avis compte et votre mot aussi ici", SubjectFault.REPEATED_WORD),
        ("La livraison est gratuite cette semaine", SubjectFault.RISK_WORD),
        ("Un crédit vous attend dans notre magasin", SubjectFault.RISK_WORD),
        ("Votre cadeau vous attend dans le magasin", SubjectFault.RISK_WORD),
        ("[[first_name]], votre avis sur cette commande", SubjectFault.NO_FALLBACK),
    ],
)
def test_subject_faults(subject: str, fault: SubjectFault) -> None:
    assert faults(subject) == {fault}


@pytest.mark.parametrize(
    "subject",
    [
        "Votre avis sur la commande [[order]]",
        "[[hello]], votre avis nous est utile",
        "Le créditeur passera demain au magasin 12",
        "Prix, délai, conseil : dites-le au magasin",
    ],
)
def test_good_subjects(subject: str) -> None:
    assert faults(subject) == set()


def test_the_sender_names_the_brand() -> None:
    assert faults("Votre avis sur la commande [[order]]", "Lyon Part-Dieu") == {
        SubjectFault.SENDER_WITHOUT_BRAND
    }


def is_for_all(html: str) -> bool:
    template = prepare(
        version_id=1,
        key="x",
        language="fr",
        purpose="service",
        automatic="",
        specs=SPECS,
        subject="x",
        html_source=html,
        text_source="x",
    )
    return is_review_link_for_all(template.html)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<!--if review_url-->[[review_url]]<!--end review_url-->", True),
        ("<!--if score-->bad<!--end score--><!--if review_url-->[[review_url]]<!--end review_url-->", True),
        ("<!--if score--><!--if review_url-->[[review_url]]<!--end review_url--><!--end score-->", False),
        ("<!--unless score--><!--if review_url-->[[review_url]]<!--end review_url--><!--end score-->", False),
        ("<!--if review_url--><!--if score-->[[review_url]]<!--end score--><!--end review_url-->", False),
    ],
)
def test_review_gating_is_refused(html: str, expected: bool) -> None:
    assert is_for_all(html) is expected


def test_automatic_headers() -> None:
    headers = automatic_headers("auto-replied", loop_mark="comptoir.example")
    assert headers["Auto-Submitted"] == "auto-replied"
    assert headers["X-Loop"] == "comptoir.example"
    assert headers["Precedence"] == "bulk"
    assert not {"All", "NDR", "DR"} & set(headers["X-Auto-Response-Suppress"].split(", "))
    assert automatic_headers("", loop_mark="x") == {}
