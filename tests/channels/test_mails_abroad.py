"""Machine mail in eight languages, calendars, files inside texts, charsets said inside HTML, and quotes with a name above."""

import pytest

from hub.channels.mail_parsing import parse_mail
from hub.channels.mail_parsing.quotes import split_reply
from hub.channels.mail_parsing.uuencoded import cut_files
from hub.channels.mail_parsing.words import MailKind, ReportClass

REFUSED = {
    "No se puede entregar: pedido": "Error de entrega a estos destinatarios:\n\na@ex.example\nNo se encontró la dirección.",
    "Niet bezorgd: bestelling": "De bezorging is mislukt bij deze geadresseerden:\n\na@ex.example\nkan niet worden gevonden",
    "Não Entregue: encomenda": "Falha na entrega a estes destinatários:\n\na@ex.example\nNão foi possível encontrar o endereço.",
    "Nie można dostarczyć: paczka": "Dostarczenie do adresatów nie powiodło się:\n\na@ex.example\nNie znaleziono adresu.",
}


def _mail(head: str, text: str = "x", content_type: str = "text/plain; charset=utf-8") -> bytes:
    return f"To: shop@ours.example\n{head}\nContent-Type: {content_type}\n\n{text}".encode()


@pytest.mark.parametrize("subject", REFUSED)
def test_reports_of_exchange_without_a_machine_readable_part(subject: str) -> None:
    mail = parse_mail(
        _mail(f"From: Microsoft Outlook <postmaster@ex.example>\nSubject: {subject}", REFUSED[subject])
    )
    assert mail.report is not None
    assert (mail.report.recipient, mail.report.report_class) == ("a@ex.example", ReportClass.HARD)


@pytest.mark.parametrize(
    "head",
    [
        "From: MAILER-DAEMON@mx.example\nSubject: ???",
        "From: postmaster@ex.example\nReturn-Path: <>\nSubject: ???",
        "From: X <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@ex.example>\nSubject: ???",
    ],
)
def test_nobody_but_a_mail_system_writes_from_there(head: str) -> None:
    assert parse_mail(_mail(head)).kind is MailKind.REPORT


@pytest.mark.parametrize(
    ("sender", "subject", "text"),
    [
        ("no-reply@parcels.example", "Zustellung: Ihr Paket", "Ihr Paket konnte nicht zugestellt werden."),
        ("noreply@parcels.example", "Niet bezorgd: uw pakket", "Uw pakket is niet bezorgd."),
        ("nicht-antworten@parcels.example", "Ihr Paket", "Es kommt."),
        ("nie-odpowiadaj@parcels.example", "Paczka", "Jedzie."),
        ("niet-beantwoorden@parcels.example", "Pakket", "Onderweg."),
    ],
)
def test_a_parcel_that_was_not_delivered_is_no_report(sender: str, subject: str, text: str) -> None:
    assert parse_mail(_mail(f"From: {sender}\nSubject: {subject}", text)).kind is MailKind.MACHINE


@pytest.mark.parametrize(
    "subject",
    [
        "Automatisch antwoord: bestelling",
        "Automatyczna odpowiedź: paczka",
        "Odpowiedź automatyczna: paczka",
        "Automatiskt svar: order",
        "Automatická odpověď: objednávka",
    ],
)
def test_automatic_replies_by_their_subject_alone(subject: str) -> None:
    assert parse_mail(_mail(f"From: a@ex.example\nSubject: {subject}")).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Afwezig: bestelling",
        "Poza biurem: paczka",
        "Fora do escritório: encomenda",
        "AUTO: Ann Low is out of the office (returning 11/03/2026)",
        "AUTO: Ann Low ist außer Haus",
        "[Auto] Message d'absence",
        "Yahoo! Auto Response",
    ],
)
def test_absence_notes_that_one_more_sign_bears_out(subject: str) -> None:
    assert (
        parse_mail(_mail(f"From: a@ex.example\nPrecedence: bulk\nSubject: {subject}")).kind
        is MailKind.AUTO_REPLY
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Afwezig bij levering",
        "Auto : siège bébé",
        "Zustellung verzögert?",
        "Absence du livreur",
        "Abwesenheit bei Lieferung?",
    ],
)
def test_people_who_use_such_words(subject: str) -> None:
    assert parse_mail(_mail(f"From: a@ex.example\nSubject: {subject}", "Hallo")).kind is MailKind.MESSAGE


@pytest.mark.parametrize(
    ("words", "kind"), [("", MailKind.AUTO_REPLY), ("J'aurai dix minutes de retard.", MailKind.MESSAGE)]
)
def test_a_calendar_that_answers_without_words(words: str, kind: MailKind) -> None:
    body = (
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
        "--b\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--b--"
    )
    mail = parse_mail(
        _mail("From: a@ex.example\nSubject: Accepté : visite", body, "multipart/alternative; boundary=b")
    )
    assert (mail.kind, [each.name for each in mail.attachments]) == (kind, ["invite.ics"])


def test_files_inside_the_text_become_attachments() -> None:
    mail = parse_mail(_mail("From: a@ex.example\nSubject: x", "Bonjour\n\nbegin 644 a.txt\n#0V%T\n`\nend\n"))
    assert (mail.text, [(each.name, each.content) for each in mail.attachments]) == (
        "Bonjour",
        [("a.txt", b"Cat")],
    )
    for text in ("I begin 644 x\nand end\n", "begin 644 x\nlower case\nend\n"):
        assert cut_files(text) == (text, [])


def test_html_says_its_charset_itself() -> None:
    head = b"From: a@ex.example\nSubject: x\nContent-Type: text/html\n\n"
    page = '<html><head><meta charset="koi8-r"></head><body>заказ</body></html>'.encode("koi8-r")
    assert parse_mail(head + page).text == "заказ"


def test_a_text_that_only_stands_in_for_html_is_not_what_was_written() -> None:
    body = (
        "--b\nContent-Type: text/plain\n\nYour mail client does not support HTML\n"
        "--b\nContent-Type: text/html\n\n<p>Bonjour</p>\n--b--"
    )
    mail = parse_mail(_mail("From: a@ex.example\nSubject: x", body, "multipart/alternative; boundary=b"))
    assert mail.text == "Bonjour"


def test_an_attribution_with_the_name_on_a_line_of_its_own() -> None:
    announced = "Loja Lisboa\n<loja@ours.example> escreveu (segunda, 12/10/2026 à(s) 14:03):"
    kept, folded = split_reply(f"Obrigada.\n\nMarie\n\n{announced}\n\n> Olá\n")
    assert (kept, folded) == ("Obrigada.\n\nMarie", f"{announced}\n\n> Olá")


ANNOUNCED = {
    "libero": "Il lunedì, 12 ottobre 2026, 02:03PM +02:00 da Loja Lisboa loja@ours.example:",
    "tuta": "12 oct. 2026, 14:03 de loja@ours.example :",
    "horde": "Quoting Loja Lisboa <loja@ours.example>:",
    "sapo": "Citando Loja Lisboa <loja@ours.example>:",
    "groupwise": ">>> Loja Lisboa <loja@ours.example> 12.10.2026 14:03 >>>",
    "notes": "-----Loja Lisboa <loja@ours.example> a écrit : -----",
    "seznam": "---------- Původní e-mail ----------",
}


@pytest.mark.parametrize("program", ANNOUNCED)
def test_what_rarer_programs_announce_is_folded(program: str) -> None:
    announced = ANNOUNCED[program]
    for quoted in ("> Olá\n> Loja", "Olá\nLoja"):
        kept, folded = split_reply(f"Merci.\n\nMarie\n\n{announced}\n\n{quoted}\n")
        assert (kept, folded) == ("Merci.\n\nMarie", f"{announced}\n\n{quoted}")


def test_the_link_below_a_programs_line_is_folded_with_it() -> None:
    text = "Merci.\n\nGaranti sans virus. www.ex.example\n<https://www.ex.example/sig>"
    assert split_reply(text)[0] == "Merci."
    assert split_reply("Voici :\nhttps://www.ex.example/a")[0] == "Voici :\nhttps://www.ex.example/a"


def test_rulers_in_a_text_end_nothing() -> None:
    text = "Bonjour\n-----\nTaille 38\n-----\nMerci"
    assert split_reply(f"{text}\n\n> Bonjour") == (text, "> Bonjour")
    assert split_reply("Bonjour\n\n*****\nMarie\n*****\n")[0] == "Bonjour"


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("AVVISO DI MANCATA CONSEGNA: ordine", MailKind.REPORT),
        ("POSTA CERTIFICATA: ordine", MailKind.MESSAGE),
    ],
)
def test_receipts_of_certified_mail(subject: str, kind: MailKind) -> None:
    head = f"From: posta-certificata@pec.example\nReply-To: a@ex.example\nSubject: {subject}"
    assert parse_mail(_mail(head, "Buongiorno")).kind is kind


def test_plain_words_below_a_text_in_base64() -> None:
    head = b"From: a@ex.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    assert parse_mail(head + b"w6l0w6kgw6AgTsOubWVz\n--\nla liste\n").text == "été à Nîmes\n--\nla liste"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"\n"])
def test_nothing_that_stands_before_the_headers_hides_them(before: bytes) -> None:
    mail = parse_mail(before + b"From: a@ex.example\nSubject: hi\n\nx")
    assert (mail.from_address, mail.subject, mail.text, mail.error) == ("a@ex.example", "hi", "x", None)


def test_a_type_that_is_none_is_text() -> None:
    assert parse_mail(b"From: a@ex.example\nContent-Type: text\n\nBonjour").text == "Bonjour"
