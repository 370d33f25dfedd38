"""What a mail is: the three kinds of machine mail, stop words, and humans (inbox.md, "Door in")."""

import pytest

from hub.channels.mail_parsing import MailKind, parse_mail
from tests.channels.raw import dsn, raw_mail


@pytest.mark.parametrize(
    ("kind", "headers", "body"),
    [
        ("message", (), "Bonjour, où est ma commande ?"),
        ("message", ("Auto-Submitted: no", "Precedence: bulk", "List-Id: <x.y>"), "Bonjour"),
        ("message", ("Subject: Re: Automatic reply: congés",), "Merci de votre retour."),
        ("message", ("Subject: Absence de livraison de ma commande",), "Rien reçu."),
        ("message", (), "Stop, ne m'envoyez plus le mauvais modèle, je veux la taille 38 comme commandée."),
        (
            "message",
            (),
            "Merci\n\n> List-Unsubscribe: <mailto:x@y>\n> Auto-Submitted: auto-replied\n> Précédence: bulk",
        ),
        ("message", (), "Mon mail est revenu avec « user unknown », pouvez-vous vérifier ?"),
        ("message", ("From: Postmaster Dupont <jean.postmaster@free.fr>",), "Bonjour"),
        ("message", ("Subject: Congés annuels du magasin ?",), "Êtes-vous ouverts ?"),
        ("message", ("From: Jean <jean.root@free.fr>",), "Bonjour"),
        ("auto_reply", ("Subject: Automatic reply: where is my order?",), "I am away."),
        ("auto_reply", ("Subject: En congés jusqu'au 12 août",), "Absent"),
        ("auto_reply", ("Auto-Submitted: auto-replied (vacation)",), "Je suis absent."),
        ("auto_reply", ("Subject: Réponse automatique : votre avis",), "Je suis absente."),
        ("auto_reply", ("Subject: Automatic reply: your order",), "I am away."),
        ("auto_reply", ("Subject: Absent du bureau jusqu'au 3 mai",), "Absent"),
        ("auto_reply", ("Subject: =?utf-8?q?Absence_du_bureau?=",), "Absent"),
        ("auto_reply", ("X-Autoreply: yes",), "Absent"),
        ("auto_reply", ("X-Autorespond: 1",), "Absent"),
        ("auto_reply", ("PRECEDENCE: Auto_Reply",), "Absent"),
        ("message", ("X-MS-Exchange-Inbox-Rules-Loop: a@b.fr",), "Un client demande sa facture"),
        ("machine", ("X-MS-Exchange-Inbox-Rules-Loop: a@b.fr", "List-Id: <x.y>"), "Lettre"),
        (
            "machine",
            ("X-MS-Exchange-Inbox-Rules-Loop: a@b.fr", "Auto-Submitted: auto-generated"),
            "Un client demande sa facture",
        ),
        (
            "auto_reply",
            ("X-MS-Exchange-Inbox-Rules-Loop: a@b.fr", "X-Auto-Response-Suppress: All"),
            "Absent",
        ),
        ("auto_reply", ("X-MS-Exchange-Inbox-Rules-Loop: a@b.fr", "Return-Path: <>"), "Absent"),
        ("auto_reply", ("X-Loop: comptoir",), "Absent"),
        ("auto_reply", ("Return-Path: <>",), "Absent"),
        ("auto_reply", ("Auto-Submitted: auto-replied",), "stop"),
        ("machine", ("From: noreply@marketplace.fr", "Reply-To: dora@free.fr"), "Une question d'un client"),
        ("machine", ("From: ne-pas-repondre@site.fr",), "Formulaire"),
        ("machine", ("Auto-Submitted: auto-generated",), "Facture"),
        ("machine", ("X-Precedence: BULK",), "Lettre"),
        ("machine", ("List-Unsubscribe: <https://x.fr>",), "Lettre"),
        ("machine", ("Feedback-ID: 1:2",), "Lettre"),
        ("machine", ("X-Auto-Response-Suppress: All",), "Ticket"),
        ("machine", ("Return-Path: <>", "From: notification@site.fr"), "Formulaire"),
        ("message", (), "Cancel please"),
        ("message", (), "Résilier"),
        ("message", (), "End"),
        ("message", (), "Quit"),
        ("message", (), "Remove"),
        ("stop", (), "STOP"),
        ("stop", (), "ARRÊT"),
        ("stop", (), "Désinscription"),
        ("stop", (), "Stop svp, merci\n\nEnvoyé de mon iPhone"),
        ("stop", (), "Arrêt.\n\nLe 3 févr. 2026 à 10:00, Boutique <a@b.fr> a écrit :\n> Nos offres"),
        ("stop", (), "Désabonnez-moi"),
        ("stop", ("Subject: unsubscribe",), ""),
        (
            "report",
            ("From: MAILER-DAEMON@x.fr", "Subject: failure notice", "X-Failed-Recipients: a@b.fr"),
            "x",
        ),
        ("report", ("Auto-Submitted: no", "X-Failed-Recipients: a@b.fr"), "x"),
    ],
)
def test_kind(kind: str, headers: tuple[str, ...], body: str) -> None:
    mail = parse_mail(raw_mail(*headers, body=body))
    assert (mail.kind, mail.error) == (kind, None)


def test_the_envelope_says_more_than_the_header() -> None:
    assert parse_mail(raw_mail(), return_path="").kind is MailKind.AUTO_REPLY
    assert parse_mail(raw_mail("Return-Path: <>"), return_path="dora@free.fr").kind is MailKind.MESSAGE


def test_our_own_mail_coming_back_triggers_nothing() -> None:
    raw = raw_mail("Message-ID: <t1.m2@hub.boutique.fr>")
    assert parse_mail(raw, own_domains=frozenset({"hub.boutique.fr"})).kind is MailKind.AUTO_REPLY
    looped = raw_mail("X-MS-Exchange-Inbox-Rules-Loop: lyon@hub.boutique.fr")
    assert parse_mail(looped, own_domains=frozenset({"hub.boutique.fr"})).kind is MailKind.AUTO_REPLY


def test_a_report_forwarded_by_a_person_is_a_message() -> None:
    report = dsn(status="5.1.1", diagnostic="550 5.1.1 User unknown").decode()
    body = f"Regardez ce retour\n--F\nContent-Type: message/rfc822\n\n{report}\n--F--\n"
    raw = raw_mail(
        "Content-Type: multipart/mixed; boundary=F", body=f"--F\nContent-Type: text/plain\n\n{body}"
    )
    mail = parse_mail(raw)
    assert mail.kind is MailKind.MESSAGE
    assert [attachment.type for attachment in mail.attachments] == ["message/rfc822"]
