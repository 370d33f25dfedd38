"""Webhooks as mail providers send them: SES signed by a certificate served here, Mailgun, Brevo, Postmark."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:eu-west-3:123456789012:comptoir-mail"
CERTIFICATE = "https://sns.eu-west-3.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
MAILGUN_KEY = "key-of-the-test"
SECRET = "comptoir:a long secret"
_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Amazon:
    """Serves the certificate and takes confirmations; `asked` are the paths it was asked for."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@contextmanager
def serve_amazon() -> Iterator[Amazon]:
    amazon = Amazon()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            amazon.asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(_certificate())

        def log_message(self, *args: Any) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    amazon.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield amazon
    server.shutdown()
    server.server_close()


def _certificate() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=_KEY.public_key(),
        serial_number=1,
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    )
    return builder.sign(_KEY, SHA256()).public_bytes(Encoding.PEM)


def sns(message: dict[str, Any] | str, *, version: str = "2", **changes: str) -> dict[str, str]:
    """A message of SNS, signed after `changes`."""
    sent = {
        "Type": "Notification",
        "MessageId": hashlib.sha256(json.dumps(message).encode()).hexdigest()[:32],
        "TopicArn": TOPIC,
        "Message": message if isinstance(message, str) else json.dumps(message),
        "Timestamp": "2026-03-03T09:00:00.000Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
        **changes,
    }
    names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    if sent["Type"] == "Notification":
        names = [name for name in names if name not in {"SubscribeURL", "Token"}]
    signed = "".join(f"{name}\n{sent[name]}\n" for name in names if name in sent)
    algorithm = SHA1() if version == "1" else SHA256()  # noqa: S303 - what SNS signs with
    signature = cast(Any, _KEY).sign(signed.encode(), padding.PKCS1v15(), algorithm)
    return {**sent, "Signature": base64.b64encode(signature).decode()}


def ses_bounce(
    source: str, *, kind: str = "Permanent", diagnostic: str = "", status: str = "5.1.1"
) -> dict[str, Any]:
    """A bounce as SES publishes it; `source` is the return path of the mail."""
    recipient = {"emailAddress": "dora@client.example", "action": "failed", "status": status}
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [{**recipient, "diagnosticCode": diagnostic}],
        },
        "mail": {"source": source, "messageId": "0102-ses", "destination": ["dora@client.example"]},
    }


def mailgun(
    data: dict[str, Any], *, at: datetime, token: str = "t" * 50, key: str = MAILGUN_KEY
) -> dict[str, Any]:
    timestamp = str(int(at.timestamp()))
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": data,
    }


def basic(secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
