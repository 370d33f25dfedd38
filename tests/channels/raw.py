"""Raw mails made in the tests."""

import base64


def raw_mail(*headers: str, body: str = "Bonjour,\n\nOù est ma commande ?\n", defaults: bool = True) -> bytes:
    """A mail with CRLF; a header given replaces the default of the same name."""
    given = {line.split(":", 1)[0].lower() for line in headers}
    usual = [
        "From: Dora Petit <dora@free.fr>",
        "To: lyon@boutique.fr",
        "Subject: Ma commande",
        "Message-ID: <1@free.fr>",
        "Date: Tue, 10 Nov 2026 10:00:00 +0100",
        "Content-Type: text/plain; charset=utf-8",
    ]
    lines = [line for line in usual if defaults and line.split(":", 1)[0].lower() not in given]
    return ("\r\n".join((*lines, *headers)) + "\r\n\r\n" + body.replace("\n", "\r\n")).encode()


def word(text: str, charset: str = "utf-8") -> str:
    """One RFC 2047 word in base64."""
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def dsn(
    *,
    status: str,
    diagnostic: str,
    action: str = "failed",
    words: str = "",
    recipient: str = "emil@orange.fr",
) -> bytes:
    """A delivery report as Postfix writes it."""
    return f"""Return-Path: <>
From: MAILER-DAEMON@mx.boutique.fr (Mail Delivery System)
To: bounce+abc123@boutique.fr
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx>
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.boutique.fr.

<{recipient}>: {words or diagnostic}

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.boutique.fr

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--B
Content-Type: text/rfc822-headers

From: lyon@boutique.fr
To: {recipient}
Subject: Votre avis
Message-ID: <survey-42@boutique.fr>

--B--
""".encode()
