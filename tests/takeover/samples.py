"""Exports in the formats of Zammad, Freshdesk and mbox, as small as they can show every case. Data only."""

import io
import json
import zipfile
from typing import Any

ZAMMAD_USERS: list[dict[str, Any]] = [
    {"id": 1, "login": "-", "firstname": "-", "lastname": "", "email": "", "roles": ["Admin"]},
    {"id": 2, "login": "ada@verel.example", "firstname": "Ada", "lastname": "Martin",
     "email": "ada@verel.example", "roles": ["Agent"], "created_at": "2024-01-01T08:00:00.000Z"},
    {"id": 3, "login": "dora@client.example", "firstname": "Dora", "lastname": "Lefèvre", "organization": None,
     "email": "Dora@Client.example", "mobile": "06 12 34 56 78", "phone": "", "roles": ["Customer"],
     "created_at": "2025-02-01T08:00:00.000Z"},
    {"id": 4, "login": "broken", "firstname": "Emil", "lastname": "Sans", "email": "emil-at-client",
     "roles": ["Customer"], "created_at": "2025-02-01T08:00:00.000Z"},
]  # fmt: skip
ZAMMAD_TICKETS: list[dict[str, Any]] = [
    {"id": 11, "number": "22011", "title": "Lampe cassée", "group_id": 5, "group": "Ventes::Lyon Part-Dieu",
     "state_id": 4, "state": "closed", "priority_id": 3, "priority": "3 high", "customer_id": 3,
     "customer": "dora@client.example", "owner_id": 2, "owner": "ada@verel.example",
     "created_at": "2025-11-03T09:00:00.000Z", "updated_at": "2025-11-04T10:00:00.000Z",
     "close_at": "2025-11-04T10:00:00.000Z", "tags": ["casse"]},
    {"id": 12, "number": "22012", "title": "Où est mon colis ?", "group_id": 6, "group": "Service Web",
     "state_id": 2, "state": "open", "priority_id": 2, "priority": "2 normal", "customer_id": 4,
     "customer": "broken", "owner_id": 1, "owner": "-", "created_at": "2026-03-01T09:00:00.000Z",
     "updated_at": "2026-03-01T09:00:00.000Z", "close_at": None},
    {"id": 13, "number": "22013", "title": "Sans date", "group": "Service Web", "state": "open",
     "customer_id": 3, "created_at": None},
    {"id": 14, "number": "22014", "title": "Vide", "group": "Service Web", "state": "open", "customer_id": 3,
     "created_at": "2026-03-01T09:00:00.000Z", "updated_at": "2026-03-01T09:00:00.000Z"},
]  # fmt: skip
ZAMMAD_ARTICLES: list[dict[str, Any]] = [
    {"id": 101, "ticket_id": 11, "type": "email", "sender": "Customer", "from": "Dora Lefèvre <dora@client.example>",
     "to": "lyon@verel.example", "subject": "Lampe cassée", "body": "<p>Bonjour,</p><p>ma lampe est <b>cassée</b>.<script>x</script></p>",
     "content_type": "text/html", "internal": False, "message_id": "<a1@client.example>", "created_by_id": 3,
     "created_at": "2025-11-03T09:00:00.000Z",
     "attachments": [{"id": 900, "filename": "photo.png", "size": "12", "preferences": {}},
                     {"id": 901, "filename": "perdue.png", "size": "12", "preferences": {}}]},
    {"id": 102, "ticket_id": 11, "type": "note", "sender": "Agent", "from": "Ada Martin", "body": "Garantie vérifiée.",
     "content_type": "text/plain", "internal": True, "created_by_id": 2, "created_at": "2025-11-03T09:30:00.000Z"},
    {"id": 103, "ticket_id": 11, "type": "email", "sender": "Agent", "from": "Ada Martin via Verel <lyon@verel.example>",
     "body": "Nous la remplaçons.", "content_type": "text/plain", "internal": False, "message_id": "a2@verel.example",
     "created_by_id": 2, "created_at": "2025-11-03T10:00:00.000Z"},
    {"id": 104, "ticket_id": 12, "type": "web", "sender": "Customer", "from": "Emil Sans", "body": "Rien reçu.",
     "content_type": "text/plain", "internal": False, "created_by_id": 4, "created_at": "2026-03-01T09:00:00.000Z"},
    {"id": 105, "ticket_id": 13, "type": "web", "sender": "Customer", "body": "?", "content_type": "text/plain",
     "internal": False, "created_by_id": 3, "created_at": "2026-03-01T09:00:00.000Z"},
]  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20

FRESHDESK: dict[str, Any] = {
    "tickets": [
        {"id": 31, "subject": "Facture", "description": "<div>Je voudrais ma <b>facture</b></div>",
         "description_text": "Je voudrais ma facture", "status": 4, "priority": 4, "source": 2, "requester_id": 501,
         "responder_id": 601, "group_id": 701, "tags": ["facture"], "created_at": "2026-02-27T09:00:00Z",
         "updated_at": "2026-03-01T10:00:00Z", "stats": {"resolved_at": "2026-03-01T10:00:00Z", "closed_at": None},
         "attachments": [{"id": 801, "name": "bon.pdf", "content_type": "application/pdf", "size": 9,
                          "attachment_url": "https://s3.example/bon.pdf"}]},
        {"id": 32, "subject": "Étrange", "description_text": "x", "status": 99, "requester_id": 501,
         "created_at": "2026-02-27T09:00:00Z"},
    ],
    "conversations": [
        {"id": 41, "ticket_id": 31, "body": "<p>La voici.</p>", "body_text": "La voici.", "incoming": False,
         "private": False, "user_id": 601, "created_at": "2026-02-27T10:00:00Z", "attachments": []},
        {"id": 42, "ticket_id": 31, "body": "<p>Client pressé</p>", "body_text": "Client pressé", "incoming": False,
         "private": True, "user_id": 601, "created_at": "2026-02-27T10:05:00Z", "attachments": []},
        {"id": 43, "ticket_id": 31, "body": "<p>Merci</p>", "body_text": "Merci", "incoming": True,
         "private": False, "user_id": 501, "from_email": "dora@client.example", "created_at": "2026-02-28T10:00:00Z"},
    ],
    "contacts": [{"id": 501, "name": "Dora Lefèvre", "email": "dora@client.example", "phone": None,
                  "mobile": "+33612345678", "created_at": "2025-01-01T00:00:00Z"}],
    "agents": [{"id": 601, "contact": {"name": "Ada Martin", "email": "ada@verel.example"}}],
    "groups": [{"id": 701, "name": "Lille"}],
}  # fmt: skip
FRESHDESK_ACCOUNT: list[dict[str, Any]] = [
    {"helpdesk_ticket": {"display_id": 51, "id": 9001, "subject": "Retour", "description": "Je rends la table",
                         "description_html": "<div>Je rends la table</div>", "status": 2, "status_name": "Open",
                         "priority": 1, "source": 1, "requester": {"id": 77, "name": "Zoé Roy", "email": "zoe@client.example"},
                         "created_at": "2026-02-01T10:00:00+01:00", "updated_at": "2026-02-01T10:00:00+01:00",
                         "notes": [{"helpdesk_note": {"id": 9002, "body": "Bien reçu", "body_html": "<p>Bien reçu</p>",
                                                      "incoming": False, "private": False, "user_id": 5,
                                                      "created_at": "2026-02-01T11:00:00+01:00"}}]}},
]  # fmt: skip
FRESHDESK_CSV = (
    "Ticket ID,Subject,Status,Priority,Source,Type,Agent,Group,Created time,Due by Time,Resolved time,Closed time,"
    "Last update time,Tags,Full name,Email,Work phone,Mobile phone\r\n"
    '61,"Horaires, dimanche",Closed,Low,Phone,,Ada Martin,Lyon Part-Dieu,2025-10-01 09:00:00,,2025-10-01 10:00:00,'
    "2025-10-01 10:00:00,2025-10-01 10:00:00,,Fay Noir,fay@client.example,,\r\n"
)

MBOX = b"""From dora@client.example Mon Mar  2 09:00:00 2026
From: =?utf-8?q?Dora_Lef=C3=A8vre?= <dora@client.example>
To: lyon-part-dieu@hub.example
Subject: Ma commande
Message-ID: <m1@client.example>
Date: Mon, 02 Mar 2026 09:00:00 +0100
Content-Type: text/plain; charset=utf-8

Bonjour, o\xc3\xb9 en est ma commande ?
>From ici, rien.

From ada@verel.example Mon Mar  2 10:00:00 2026
From: Ada Martin <ada@verel.example>
To: dora@client.example
Subject: Re: Ma commande
Message-ID: <m2@verel.example>
In-Reply-To: <m1@client.example>
Date: Mon, 02 Mar 2026 10:00:00 +0100
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Elle part demain.
--b
Content-Type: application/pdf; name=suivi.pdf
Content-Disposition: attachment; filename=suivi.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQgeA==
--b--

From dora@client.example Mon Mar  2 11:00:00 2026
From: dora@client.example
To: lyon-part-dieu@hub.example
Subject: Re: Ma commande
Message-ID: <m3@client.example>
References: <m1@client.example> <m2@verel.example>
Date: Mon, 02 Mar 2026 11:00:00 +0100

Merci bien

From MAILER-DAEMON Mon Mar  2 12:00:00 2026
From: MAILER-DAEMON@client.example
To: ada@verel.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <d1@client.example>
Date: Mon, 02 Mar 2026 12:00:00 +0100
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=r

--r
Content-Type: text/plain

Undelivered.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; x.example

Final-Recipient: rfc822; emil@client.example
Action: failed
Status: 5.1.1
--r--

From fay@client.example Wed Jan  8 12:00:00 2025
From: Fay <fay@client.example>
To: autre@verel.example
Subject: Ancien
Message-ID: <f1@client.example>
Date: Wed, 08 Jan 2025 12:00:00 +0100

Bonjour
"""


def packed(**members: Any) -> bytes:
    """A zip archive; `__` in a name is a folder, JSON for what is not bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            is_raw = isinstance(content, bytes)
            path = name.replace("__", "/") if is_raw else f"{name}.json"
            archive.writestr(path, content if is_raw else json.dumps(content))
    return target.getvalue()


def zammad_zip() -> bytes:
    return packed(
        tickets=ZAMMAD_TICKETS,
        ticket_articles=ZAMMAD_ARTICLES,
        users=ZAMMAD_USERS,
        **{"attachments__11__101__900__photo.png": PNG},
    )
