"""What a mail is: the three kinds of machine mail, stop words, and humans (inbox.md, "Door in")."""

import pytest

from hub.channels.mail_parsing import MailKind, parse_mail
from hub.channels.mail_parsing.kinds import is_absence_note
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
        ("machine", ("X-Loop: another hub",), "Absent"),
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


OURS = frozenset({"hub.boutique.fr"})


@pytest.mark.parametrize(
    "header",
    [
        "Message-ID: <t12.34.abcdefghijklmnop@hub.boutique.fr>",
        "Message-ID: <8b54a3a0-3b1f-4b62-9d0b-6c8d4a9e1f20.abcdefghijklmnop@HUB.boutique.fr>",
        "X-Loop: hub.boutique.fr",
        "X-MS-Exchange-Inbox-Rules-Loop: lyon@hub.boutique.fr",
    ],
)
def test_our_own_mail_coming_back_triggers_nothing(header: str) -> None:
    mail = parse_mail(raw_mail(header), own_domains=OURS)
    assert (mail.kind, mail.kind_without_ticket) == (MailKind.AUTO_REPLY, MailKind.AUTO_REPLY)


def test_an_id_of_our_domain_that_is_none_of_ours_is_that_of_a_form_of_the_site() -> None:
    mail = parse_mail(raw_mail("Message-ID: <form-9@hub.boutique.fr>"), own_domains=OURS)
    assert (mail.kind, mail.kind_reasons) == (MailKind.MACHINE, ("our own domain in the Message-ID",))


HUMAN = [
    ("a person's mailing tool", ("Precedence: bulk",), "machine"),
    ("Yahoo and Outlook add a way out", ("List-Unsubscribe: <mailto:u@yahoo.fr>",), "machine"),
    ("Exchange, on a person's mail", ("X-Auto-Response-Suppress: All", "Auto-Submitted: no"), "message"),
    ("Exchange, without the word", ("X-Auto-Response-Suppress: All", "In-Reply-To: <1@x.fr>"), "machine"),
    ("Outlook: no receipts please", ("X-Auto-Response-Suppress: DR, RN, NRN",), "message"),
    ("a form sent by a mail provider", ("Feedback-ID: 12:form:sp", "Reply-To: dora@free.fr"), "machine"),
    ("a form with an id of our domain", ("Message-ID: <form-9@hub.boutique.fr>",), "machine"),
    ("a list at work forwards it", ("X-Loop: service@entreprise.fr",), "machine"),
    ("a subject of one word", ("Subject: Absence",), "machine"),
    ("a subject in English", ("Subject: Out of office chair, damaged on arrival",), "message"),
    ("a complaint about one", ("Subject: Réponse automatique reçue deux fois",), "machine"),
    ("back from holidays", ("Subject: En vacances du 3 au 9, livraison à décaler",), "machine"),
    ("and from Exchange", ("Subject: Absence", "X-Auto-Response-Suppress: All"), "machine"),
    ("and from a provider", ("Subject: En congés", "Feedback-ID: 1:2"), "machine"),
    ("an empty envelope", ("Return-Path: <>",), "machine"),
    ("a rule of Exchange forwards it", ("X-MS-Exchange-Inbox-Rules-Loop: dora@free.fr",), "message"),
    ("a person says so", ("Auto-Submitted: no", "Subject: Out of office", "Precedence: bulk"), "message"),
    ("a reply to an absence note", ("Subject: RE: Automatic reply: commande",), "message"),
    ("nothing in a header", ("X-Loop: no", "X-Autoreply: no", "Precedence: "), "message"),
]


@pytest.mark.parametrize(("headers", "kind"), [row[1:] for row in HUMAN], ids=[row[0] for row in HUMAN])
def test_a_person_whose_mail_has_odd_headers_is_not_taken_for_an_auto_reply(
    headers: tuple[str, ...], kind: str
) -> None:
    assert parse_mail(raw_mail(*headers), own_domains=OURS).kind_without_ticket == kind


@pytest.mark.parametrize(
    "headers",
    [
        ("Subject: Absence", "Return-Path: <>"),
        ("Subject: Absence", "Auto-Submitted: auto-generated"),
        ("Subject: En vacances jusqu'au 12", "Precedence: junk"),
        ("Subject: Automatic reply: your order", "X-Auto-Response-Suppress: All"),
        ("Subject: Out of office", "X-Auto-Response-Suppress: OOF, AutoReply"),
        ("Subject: Réponse automatique", "From: noreply@client.fr"),
        ("Subject: Re: Ma commande", "Auto-Submitted: auto-replied"),
        ("Subject: Auto reply: Ma commande",),
        ("Subject: Réponse automatique : Ma commande",),
        ("X-Apple-Action: VACATION",),
        ("X-Autoreply: yes",),
        ("X-Autorespond: Re: Ma commande",),
        ("Precedence: auto_reply",),
        ("X-Autogenerated: Reply",),
    ],
)
def test_two_signs_or_a_strong_one_make_an_auto_reply_wherever_it_goes(headers: tuple[str, ...]) -> None:
    mail = parse_mail(raw_mail(*headers), own_domains=OURS)
    assert (mail.kind, mail.kind_without_ticket) == (MailKind.AUTO_REPLY, MailKind.AUTO_REPLY)


@pytest.mark.parametrize("header", ["Subject: Absence", "Subject: Out of office", "Return-Path: <>"])
def test_one_weak_sign_makes_an_auto_reply_only_in_a_ticket(header: str) -> None:
    mail = parse_mail(raw_mail(header))
    assert (mail.kind, mail.kind_without_ticket) == (MailKind.AUTO_REPLY, MailKind.MACHINE)
    stop = parse_mail(raw_mail(header, body="STOP"))
    assert stop.kind_without_ticket is MailKind.STOP


@pytest.mark.parametrize(
    ("subject", "is_note"),
    [
        ("Out of office chair", False),
        ("Out of the office desks: when again?", False),
        ("Out of office furniture catalogue", False),
        ("Out of office", True),
        ("Out of Office: Re: Votre commande", True),
        ("Out of office Jean Dupont", True),
        ("Out of the office until 12 March", True),
        ("Out of Office AutoReply: your chair", True),
        ("Out of office - chair of the board", True),
    ],
)
def test_what_is_sold_for_an_office_is_no_absence(subject: str, is_note: bool) -> None:
    """In a ticket too, where one weak sign is enough."""
    assert is_absence_note(subject, is_answer=True) is is_absence_note(subject, is_answer=False) is is_note
    kind = parse_mail(raw_mail(f"Subject: {subject}")).kind
    assert (kind is MailKind.AUTO_REPLY) is is_note


def test_a_report_forwarded_by_a_person_is_a_message() -> None:
    report = dsn(status="5.1.1", diagnostic="550 5.1.1 User unknown").decode()
    body = f"Regardez ce retour\n--F\nContent-Type: message/rfc822\n\n{report}\n--F--\n"
    raw = raw_mail(
        "Content-Type: multipart/mixed; boundary=F", body=f"--F\nContent-Type: text/plain\n\n{body}"
    )
    mail = parse_mail(raw)
    assert mail.kind is MailKind.MESSAGE
    assert [attachment.type for attachment in mail.attachments] == ["message/rfc822"]
