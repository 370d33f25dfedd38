"""What servers of many makes say and what it means: typical sentences in our own words, none of them from a sample."""

import pytest

from hub.channels.mail_parsing import parse_mail
from hub.channels.mail_parsing.inspect import describe_mail

DSN = """From: MAILER-DAEMON@mx.example
To: b+abc@hub.example
Subject: {subject}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}

--b
Content-Type: message/delivery-status
Content-Transfer-Encoding: 8bit

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; camille@client.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

--b--
"""
PLAIN = """From: {sender}
To: b+abc@hub.example
Subject: {subject}
Return-Path: <>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{words}
"""
HARD, SOFT, SENDER, CONTENT = "hard", "soft", "sender", "content"
DIAGNOSTICS = [
    # Postfix
    (HARD, "5.1.1", "550 5.1.1 <camille@client.example>: Recipient address rejected: User unknown in virtual mailbox table"),
    (HARD, "5.1.1", "550 5.1.1 <camille@client.example>: Recipient address rejected: User unknown in relay recipient table"),
    (HARD, "5.1.0", "550 5.1.0 Address rejected camille@client.example"),
    (SENDER, "5.7.1", "554 5.7.1 <mail.hub.example[192.0.2.1]>: Client host rejected: Access denied"),
    (SENDER, "5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org"),
    (SENDER, "5.7.1", "554 5.7.1 <camille@client.example>: Relay access denied"),
    (SENDER, "4.7.25", "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]"),
    (SENDER, "5.1.8", "553 5.1.8 <b+abc@hub.example>: Sender address rejected: Domain not found"),
    (SOFT, "4.2.0", "450 4.2.0 <camille@client.example>: Recipient address rejected: Greylisted, see http://postgrey.example/help"),
    (SOFT, "4.4.1", "connect to mx.client.example[192.0.2.9]:25: Connection timed out"),
    (SOFT, "5.2.2", "552 5.2.2 <camille@client.example>: The mailbox is over its quota"),
    (CONTENT, "5.3.4", "552 5.3.4 Message size exceeds fixed limit"),
    (HARD, "5.4.4", "Host or domain name not found. Name service error for name=client.example type=MX: Host not found"),
    (SOFT, "5.4.6", "mail for client.example loops back to myself"),
    # Exim
    (HARD, "5.0.0", "550 Unrouteable address"),
    (HARD, "5.0.0", "550 No Such User Here"),
    (SENDER, "5.0.0", "550-Verification failed for <b+abc@hub.example> 550 Sender verify failed"),
    (SOFT, "5.0.0", "all hosts have been failing for a long time and were last tried after this message arrived"),
    (SOFT, "5.0.0", "retry timeout exceeded"),
    (CONTENT, "5.0.0", "552 message size exceeds maximum permitted"),
    (SOFT, "5.0.0", "mailbox is full (MTA-imposed quota exceeded while writing to file /var/mail/camille)"),
    # Exchange and Microsoft 365
    (HARD, "5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
    (HARD, "5.1.1", "550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found"),
    (HARD, "5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [XX0EUR.prod.protection.outlook.com]"),
    (HARD, "5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."),
    (SENDER, "5.7.1", "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150)."),
    (SENDER, "5.7.606", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]"),
    (SENDER, "5.7.509", "550 5.7.509 Access denied, sending domain [hub.example] does not pass DMARC verification and has a DMARC policy of reject."),
    (SENDER, "5.7.133", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group"),
    (SENDER, "5.7.193", "550 5.7.193 UnifiedGroupAgent; Delivery failed because the sender isn't a group member or external senders aren't permitted to send to this group"),
    (SOFT, "5.2.2", "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException; Failed to process message due to a permanent exception"),
    (SOFT, "5.2.1", "550 5.2.1 Mailbox disabled, not accepting messages"),
    (SOFT, "4.4.7", "550 4.4.7 QUEUE.Expired; message expired"),
    (SOFT, "5.4.14", "554 5.4.14 Hop count exceeded - possible mail loop ATTR34"),
    (CONTENT, "5.2.3", "550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient"),
    (SENDER, "5.7.64", "550 5.7.64 TenantAttribution; Relay Access Denied"),
    (SOFT, "4.7.500", "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)"),
    (HARD, "5.4.310", "550 5.4.310 DNS domain client.example does not exist [Message=InfoDomainNonexistent]"),
    # Gmail
    (HARD, "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. NoSuchUser - gsmtp"),
    (SOFT, "5.2.1", "550-5.2.1 The email account that you tried to reach is disabled. DisabledUser - gsmtp"),
    (SOFT, "4.2.2", "452-4.2.2 The recipient's inbox is out of storage space and inactive. OverQuotaTemp - gsmtp"),
    (SOFT, "5.2.2", "552-5.2.2 The recipient's inbox is out of storage space and inactive. OverQuotaPerm - gsmtp"),
    (SENDER, "5.7.26", "550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM."),
    (SENDER, "4.7.28", "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address. To protect our users, mail has been temporarily rate limited"),
    (SENDER, "5.7.25", "550-5.7.25 The IP address sending this message does not have a PTR record setup, or the corresponding forward DNS entry does not match the sending IP."),
    (CONTENT, "5.7.0", "552-5.7.0 This message was blocked because its content presents a potential security issue. BlockedMessage - gsmtp"),
    (SOFT, "4.2.1", "450-4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered."),
    # Yahoo
    (HARD, "5.0.0", "554 delivery error: dd This user doesn't have a yahoo.example account (camille@client.example) [0] - mta4001.mail.example"),
    (HARD, "5.0.0", "552 1 Requested mail action aborted, mailbox not found"),
    (SOFT, "5.0.0", "554 delivery error: dd Sorry, your message to camille@client.example cannot be delivered. This mailbox is disabled (554.30)."),
    (SENDER, "5.7.9", "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.example/error-codes DMARC"),
    (SENDER, "4.7.0", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1"),
    # Orange, Free, SFR, La Poste, OVH
    (HARD, "5.1.1", "550 5.1.1 Adresse d'au moins un destinataire invalide. Invalid recipient. OFR_416 [416]"),
    (SOFT, "5.2.2", "552 5.2.2 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]"),
    (SENDER, "5.7.1", "550 5.7.1 Service refuse. Veuillez essayer plus tard. service refused, please try later. OFR_506 [506]"),
    (SENDER, "5.2.0", "550 5.2.0 Mail rejete. Mail rejected. OFR_506 [506]"),
    (SENDER, "4.7.1", "421 4.7.1 Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]"),
    (HARD, "5.1.1", "550 5.1.1 <camille@client.example>: utilisateur inconnu"),
    (SOFT, "4.2.2", "452 4.2.2 La boîte aux lettres du destinataire est pleine"),
    (SOFT, "5.2.1", "550 5.2.1 Ce compte est fermé temporairement ou désactivé (compte inactif)"),
    (HARD, "5.1.1", "550 5.1.1 Boîte aux lettres inexistante pour cette adresse"),
    (SENDER, "5.7.1", "554 5.7.1 Votre serveur est sur liste noire, adresse IP 192.0.2.1 bloquée"),
    (CONTENT, "5.7.1", "554 5.7.1 Message refusé : contenu indésirable"),
    (CONTENT, "5.3.4", "552 5.3.4 La taille du message dépasse la limite autorisée"),
    # qmail, sendmail, Courier, Domino, GroupWise
    (HARD, "5.1.1", "Sorry, no mailbox here by that name. (#5.1.1)"),
    (SOFT, "5.0.0", "I'm not going to try again; this message has been in the queue too long."),
    (HARD, "5.1.2", "Sorry, I couldn't find any host named client.example. (#5.1.2)"),
    (HARD, "5.1.1", "550 5.1.1 <camille@client.example>... User unknown"),
    (SOFT, "5.0.0", "554 5.0.0 Service unavailable: mail quota of the recipient exceeded"),
    (SENDER, "5.7.1", "550 5.7.1 <camille@client.example>... Relaying denied. IP name lookup failed [192.0.2.1]"),
    (HARD, "5.0.0", "550 camille@client.example... No such user (not listed in Domino Directory)"),
    (HARD, "5.0.0", "User camille (camille@client.example) not listed in public Name & Address Book"),
    (SOFT, "5.0.0", "The message could not be delivered because the recipient's mailbox database is over quota"),
    # German, Spanish, Italian, Japanese
    (HARD, "5.1.1", "550 5.1.1 Empfänger unbekannt"),
    (SOFT, "5.2.2", "552 5.2.2 Das Postfach des Empfängers ist voll"),
    (HARD, "5.0.0", "550 Dieses Postfach existiert nicht"),
    (SENDER, "5.7.1", "554 5.7.1 Absender abgelehnt: Ihre IP-Adresse steht auf einer Sperrliste"),
    (HARD, "5.1.1", "550 5.1.1 El usuario no existe en este servidor"),
    (SOFT, "5.2.2", "552 5.2.2 El buzón del destinatario está lleno"),
    (HARD, "5.1.1", "550 5.1.1 Destinatario sconosciuto"),
    (SOFT, "5.2.2", "552 5.2.2 La casella del destinatario è piena"),
    (HARD, "5.1.1", "550 5.1.1 宛先のメールアドレスは存在しません"),
    (SOFT, "5.2.2", "552 5.2.2 受信者のメールボックスが容量を超えています"),
    # the number says one thing, the words another
    (SOFT, "5.7.1", "550 5.7.1 The recipient's mailbox is full"),
    (SOFT, "5.0.0", "550 5.0.0 account over quota"),
    (SOFT, "5.1.1", "550 5.1.1 mailbox quota exceeded for this user"),
    (CONTENT, "5.1.1", "550 5.1.1 message rejected for policy reasons"),
    (CONTENT, "5.1.1", "554 5.1.1 Message rejected due to spam content"),
    (SENDER, "5.1.1", "550 5.1.1 your IP address is listed in a blocklist"),
    (SENDER, "5.1.1", "550 5.1.1 Sender domain does not resolve, access denied"),
    (HARD, "5.7.1", "550 5.7.1 in reply to RCPT TO: no such recipient"),
    (HARD, "5.0.0", "550 5.0.0 no such user"),
    (SOFT, "4.0.0", "450 4.0.0 temporary failure, giving up after 5 days"),
    (SOFT, "4.1.1", "450 4.1.1 <camille@client.example>: Recipient address rejected: unverified address, try again later"),
    (HARD, "5.2.1", "550 5.2.1 in reply to RCPT TO command: user account has been deleted"),
    (SENDER, "5.2.0", "550 5.2.0 rejected because of the reputation of your server"),
    (HARD, "5.1.6", "551 5.1.6 The recipient has moved; please use the new address"),
    (HARD, "5.1.10", "556 5.1.10 The domain client.example does not accept mail (null MX)"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "status", "diagnostic"), DIAGNOSTICS)
def test_a_diagnostic_in_a_report_means(expected: str, status: str, diagnostic: str) -> None:
    raw = DSN.format(
        subject="Undelivered Mail Returned to Sender",
        words="I could not deliver your message.",
        action="failed",
        status=status,
        diagnostic=diagnostic,
    )
    report = parse_mail(raw.encode()).report
    assert report is not None
    assert report.report_class.value == expected


TEXTS = [
    (HARD, "Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  camille@client.example\n    Unrouteable address\n"),
    (SOFT, "Warning: message delayed 24 hours", "A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours on the queue.\n\n  camille@client.example\n    Delay reason: Connection timed out\n\nNo action is required on your part.\n"),
    (HARD, "failure notice", "Hi. This is the qmail-send program at mx.client.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<camille@client.example>:\nSorry, no mailbox here by that name. vpopmail (#5.1.1)\n"),
    (SOFT, "failure notice", "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<camille@client.example>:\nUser has exceeded the quota of the mailbox (#5.2.2)\n"),
    (HARD, "Non remis : vos lampes", "Votre message n'a pas pu être remis au destinataire suivant :\n\n<camille@client.example>\n\nLe destinataire est inconnu sur ce serveur.\n"),
    (SOFT, "Échec de la remise", "Votre message n'a pas pu être remis à camille@client.example :\nla boîte du destinataire est pleine.\n"),
    (HARD, "Undeliverable: lamps", "Delivery has failed to these recipients or groups:\n\ncamille@client.example\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.\n"),
    (SENDER, "Undeliverable: lamps", "Delivery has failed to these recipients or groups:\n\ncamille@client.example\nYour message wasn't delivered because the recipient's email provider rejected it: your server's IP address is on a block list.\n"),
    (HARD, "Unzustellbar: Lampen", "Ihre Nachricht konnte nicht zugestellt werden an:\n\n<camille@client.example>\n\nDer Empfänger ist unbekannt.\n"),
    (HARD, "エラー通知", "下記の宛先にメールを送信できませんでした。\n\n<camille@client.example>\n宛先が存在しません。\n"),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "subject", "words"), TEXTS)
def test_a_report_in_plain_words_means(expected: str, subject: str, words: str) -> None:
    raw = PLAIN.format(sender="Mail Delivery System <mailer-daemon@mx.example>", subject=subject, words=words)
    report = parse_mail(raw.encode()).report
    assert report is not None
    assert report.report_class.value == expected


COMPLAINT = """From: feedback@isp.example
To: fbl@hub.example
Subject: FW: Vos lampes
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an abuse report.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: isp/1.0
Version: 1
Original-Rcpt-To: camille@client.example

--b
Content-Type: message/rfc822

Message-ID: <abc@hub.example>
To: camille@client.example
Subject: Vos lampes

Bonjour
--b--
"""


def seen(raw: str) -> str:
    """`report.class` of `flask mail inspect`."""
    report = describe_mail(parse_mail(raw.encode()))["report"]
    return str(report["class"])


def test_inspect_tells_every_class() -> None:
    def failed(diagnostic: str, status: str = "5.0.0", action: str = "failed") -> str:
        given = {"action": action, "status": status, "diagnostic": diagnostic}
        return seen(DSN.format(subject="Undelivered", words="Not delivered.", **given))

    assert failed("550 no such user") == "hard"
    assert failed("552 mailbox full") == "soft"
    assert failed("554 your IP is listed at a blocklist") == "sender"
    assert failed("552 message too large") == "content"
    assert failed("250 ok", status="2.0.0", action="delivered") == "delivered"
    assert failed("550 something that nobody understands") == "auto"
    assert seen(COMPLAINT.format(kind="abuse")) == "complaint"
    assert seen(COMPLAINT.format(kind="fraud")) == "complaint"
    assert seen(COMPLAINT.format(kind="auth-failure")) == "sender"
    assert seen(COMPLAINT.format(kind="not-spam")) == "auto"


SENDER_WORDS = [
    "550 l'adresse de l'expéditeur est inconnue",
    "550 domaine de l'expéditeur inexistant",
    "550 Absender unbekannt",
    "550 la dirección del remitente no existe",
    "550 mittente sconosciuto",
    "553 sender address does not exist",
    "550 sending host name unknown",
    "550 invalid domain in From header",
]


@pytest.mark.parametrize("diagnostic", SENDER_WORDS)
def test_what_is_said_of_the_sender_never_condemns_the_receiver(diagnostic: str) -> None:
    raw = DSN.format(subject="Undelivered", words="", action="failed", status="5.1.0", diagnostic=diagnostic)
    report = parse_mail(raw.encode()).report
    assert report is not None
    assert report.report_class.value == "sender"


def test_unknown_with_try_again_later_is_not_believed() -> None:
    for diagnostic in ("550 user unknown, try again later", "450 unknown user, temporarily rejected"):
        raw = DSN.format(subject="x", words="", action="failed", status="5.1.1", diagnostic=diagnostic)
        report = parse_mail(raw.encode()).report
        assert report is not None
        assert report.report_class.value == "soft"
