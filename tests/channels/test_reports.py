"""Delivery reports: DSN, ARF, MDN and free text; class by status and text."""

import json

import pytest

from hub.channels.mail_parsing import MailKind, ReportClass, parse_mail
from hub.channels.mail_parsing.report_class import classify_diagnostic, find_reply_code, find_status
from tests.channels.raw import dsn, raw_mail


def test_dsn_gives_recipient_status_and_the_mail_it_is_about() -> None:
    mail = parse_mail(dsn(status="5.1.1", diagnostic="550 5.1.1 <emil@orange.fr>: User unknown"))
    report = mail.report
    assert report is not None
    assert mail.kind is MailKind.REPORT
    assert (report.recipient, report.status, report.report_class) == ("emil@orange.fr", "5.1.1", "hard")
    assert report.original_message_id == "<survey-42@boutique.fr>"
    assert report.sent_to == ("bounce+abc123@boutique.fr",)


@pytest.mark.parametrize(
    ("expected", "diagnostic"),
    [
        ("hard", "550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. LPN416"),
        ("hard", "550 5.1.1 <a@laposte.net>: Recipient address rejected: User unknown"),
        ("hard", "550 5.5.3 <a@free.fr>: Recipient address rejected: user inconnu"),
        ("hard", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        ("hard", "550 5.4.1 Recipient address rejected: Access denied"),
        ("hard", "Host or domain name not found. Name service error for name=gmial.con: Host not found"),
        ("hard", "550 5.1.6 recipient no longer on server"),
        ("hard", "L'adresse de messagerie que vous avez entrée est introuvable"),
        ("hard", "556 5.1.10 nullMX"),
        ("soft", "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417"),
        ("soft", "452-4.2.2 The email account that you tried to reach is over quota"),
        ("soft", "451 4.7.1 Greylisting in action, please come back later"),
        ("soft", "550 5.2.1 The email account that you tried to reach is disabled"),
        ("soft", "550 5.2.1 User Unknown"),
        ("soft", "Host not found, try again"),
        ("soft", "550 Unknown user a (in reply to end of DATA command)"),
        ("sender", "550-5.7.26 This mail is unauthenticated: SPF and DKIM did not pass"),
        ("sender", "421 Trop de connexions, veuillez verifier votre configuration. OFR004_104"),
        ("sender", "550 5.7.1 your IP address is listed at zen.spamhaus.org"),
        ("sender", "550 5.7.25 reverse DNS does not match"),
        ("sender", "553 5.1.8 Domain of sender address does not exist"),
        ("sender", "550 Unroutable sender address"),
        ("sender", "554 5.7.1 Relay access denied"),
        ("content", "550 spam detected ; spam message refused"),
        ("content", "552 5.3.4 Message size exceeds fixed limit"),
        ("content", "550 5.7.0 virus found"),
    ],
)
def test_class_by_text_and_status(expected: str, diagnostic: str) -> None:
    found = classify_diagnostic(diagnostic, find_status(diagnostic), find_reply_code(diagnostic))
    assert found == expected


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("delayed", "4.4.1", "soft"),
        ("delivered", "2.0.0", "delivered"),
        ("failed", "5.1.1", "hard"),
        ("failed", "4.4.7", "soft"),
    ],
)
def test_action_and_status_without_words(action: str, status: str, expected: str) -> None:
    report = parse_mail(dsn(status=status, diagnostic="?", action=action)).report
    assert report is not None
    assert report.report_class == expected


def test_words_in_the_returned_mail_do_not_decide() -> None:
    body = (
        "Hi. This is the qmail-send program at x.fr.\nI'm afraid I wasn't able to deliver your message.\n\n"
        "<emil@orange.fr>:\n552 mailbox full\n\n--- Below this line is a copy of the message.\n\n"
        "Return-Path: <a@b.fr>\nMessage-ID: <7@b.fr>\n\nuser unknown, no such user here\n"
    )
    raw = raw_mail("From: MAILER-DAEMON@x.fr", "Subject: failure notice", "Return-Path: <>", body=body)
    report = parse_mail(raw).report
    assert report is not None
    assert (report.recipient, report.report_class, report.original_message_id) == (
        "emil@orange.fr",
        "soft",
        "<7@b.fr>",
    )


def test_each_recipient_of_a_free_text_is_judged_by_its_own_lines() -> None:
    body = (
        "I'm afraid I wasn't able to deliver your message.\n\n<full@x.fr>:\n552 5.2.2 Mailbox full\n\n"
        "<gone@x.fr>:\n550 5.1.1 User unknown\n"
    )
    raw = raw_mail("From: MAILER-DAEMON@x.fr", "Subject: failure notice", body=body)
    report = parse_mail(raw).report
    assert report is not None
    assert (report.recipient, report.report_class) == ("full@x.fr", "soft")


def test_french_free_text() -> None:
    body = "Votre message n'a pas pu être remis à emil@orange.fr : le destinataire n'existe pas.\n"
    raw = raw_mail(
        "From: postmaster@mail.fr", "Subject: Non remis : Votre avis", "Return-Path: <>", body=body
    )
    report = parse_mail(raw).report
    assert report is not None
    assert (report.recipient, report.report_class) == ("emil@orange.fr", ReportClass.HARD)


def test_complaint() -> None:
    body = (
        "--A\nContent-Type: text/plain\n\nThis is an abuse report.\n--A\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: abuse\nUser-Agent: X/1\nOriginal-Rcpt-To: <emil@orange.fr>\n\n--A\n"
        "Content-Type: message/rfc822\n\nTo: emil@orange.fr\nMessage-ID: <9@b.fr>\n\nx\n--A--\n"
    )
    raw = raw_mail("Content-Type: multipart/report; report-type=feedback-report; boundary=A", body=body)
    mail = parse_mail(raw)
    assert mail.report is not None
    assert (mail.kind, mail.report.recipient, mail.report.report_class) == (
        "report",
        "emil@orange.fr",
        "complaint",
    )
    assert mail.report.original_message_id == "<9@b.fr>"


def test_read_receipt() -> None:
    body = (
        "--A\nContent-Type: text/plain\n\nLu.\n--A\nContent-Type: message/disposition-notification\n\n"
        "Final-Recipient: rfc822; emil@orange.fr\nOriginal-Message-ID: <5@b.fr>\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n\n--A--\n"
    )
    raw = raw_mail(
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=A", body=body
    )
    report = parse_mail(raw).report
    assert report is not None
    assert (report.report_class, report.original_message_id) == ("read", "<5@b.fr>")


@pytest.mark.parametrize(
    ("notice", "found"),
    [
        (
            {
                "notificationType": "Delivery",
                "delivery": {"recipients": ["a@b.fr"], "smtpResponse": "250 ok"},
            },
            (ReportClass.DELIVERED, "a@b.fr", "250 ok"),
        ),
        (
            {
                "notificationType": "Bounce",
                "bounce": {
                    "bounceType": "Permanent",
                    "bounceSubType": "General",
                    "bouncedRecipients": [{"emailAddress": "a@b.fr", "diagnosticCode": "550 no"}],
                },
            },
            (ReportClass.HARD, "a@b.fr", "550 no"),
        ),
        (
            {"notificationType": "Bounce", "bounce": {"bounceType": "Transient", "bouncedRecipients": [7]}},
            (ReportClass.SOFT, "7", ""),
        ),
        ({"eventType": "Complaint", "complaint": None}, (ReportClass.COMPLAINT, None, "")),
        (
            {
                "eventType": "DeliveryDelay",
                "deliveryDelay": {
                    "delayType": "TransientCommunicationFailure",
                    "delayedRecipients": [
                        {"emailAddress": "a@b.fr", "status": "4.4.1", "diagnosticCode": "421 no line"}
                    ],
                },
                "mail": {"messageId": "x"},
            },
            (ReportClass.SOFT, "a@b.fr", "421 no line"),
        ),
        (
            {"eventType": "DeliveryDelay", "deliveryDelay": {"delayType": "MailboxFull"}, "mail": {}},
            (ReportClass.SOFT, None, "MailboxFull"),
        ),
        (
            {"eventType": "Reject", "reject": {"reason": "Bad content"}, "mail": {"messageId": "x"}},
            (ReportClass.CONTENT, None, "Bad content"),
        ),
        (
            {"eventType": "Rendering Failure", "failure": {"errorMessage": "no 'x'"}, "mail": {}},
            (ReportClass.CONTENT, None, "no 'x'"),
        ),
        ({"eventType": "Send", "send": {}, "mail": {"messageId": "x"}}, (ReportClass.AUTO, None, "")),
        (
            {
                "notificationType": "Bounce",
                "bounce": {"bounceType": "Permanent", "bounceSubType": ["General"], "bouncedRecipients": []},
            },
            (ReportClass.SOFT, None, ""),
        ),
    ],
)
@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_notice_of_amazon_that_comes_by_mail_is_a_report(
    notice: dict[str, object], found: tuple[object, ...], is_wrapped: bool
) -> None:
    """By the protocol "email" as it is, by "email-json" inside of a notification."""
    if is_wrapped:
        notice = {"Type": "Notification", "MessageId": "1", "Message": json.dumps(notice)}
    raw = raw_mail(
        "From: <no-reply@sns.amazonaws.com>", body=json.dumps(notice) + "\n\n--\nTo stop: https://x"
    )
    mail = parse_mail(raw)
    report = mail.report
    assert (mail.kind, mail.error) == (MailKind.REPORT, None)
    assert report is not None
    assert (report.report_class, report.recipient, report.diagnostic) == found
    person = parse_mail(raw_mail(body=json.dumps(notice)))
    assert person.kind is MailKind.MESSAGE
