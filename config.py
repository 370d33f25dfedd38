"""Every setting, read once from the environment into one frozen Config; nothing else reads it."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one process.

    `database_url` and `redis_url` are None when no server is given and the embedded ones are not running.
    `base_url` is the public address without a trailing slash. Sizes are in bytes, times in seconds.
    """

    database_url: str | None
    redis_url: str | None
    secret_key: str
    var_path: Path
    demo: bool
    base_url: str
    inbound_domain: str
    mailbox_host: str
    mailbox_port: int
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_password: str | None
    smtp_security: str
    smtp_timeout_seconds: float
    smtp_ca_file: str | None
    dkim_domain: str | None
    dkim_selector: str | None
    dkim_key_file: str | None
    twilio_account_sid: str | None
    twilio_auth_token: str | None
    twilio_api_key: str | None
    twilio_api_secret: str | None
    twilio_messaging_service_sid: str | None
    twilio_sms_from: str | None
    twilio_whatsapp_from: str | None
    twilio_api_url: str
    twilio_timeout_seconds: float
    twilio_contents: str
    sms_prices: str
    sms_currency: str
    sms_stop_mention: str
    sms_stop_mention_en: str
    dns_checks: bool
    dns_resolver: str | None
    mail_host: str | None
    sink_host: str
    sink_port: int
    max_mail_bytes: int
    max_takeover_bytes: int
    max_mail_files: int
    imap_ca_file: str | None
    imap_timeout_seconds: float
    imap_poll_seconds: float
    trusted_proxies: int
    log_level: str
    session_hours: int
    ses_topic_arn: str
    sns_url: str
    mailgun_signing_key: str
    brevo_webhook_secret: str
    brevo_webhook_networks: tuple[str, ...]
    postmark_webhook_secret: str
    postmark_webhook_networks: tuple[str, ...]
    survey_nonce_min_seconds: float
    survey_filter_ranges: str
    knowledge_model: bool
    webhooks_private: bool
    events_host: str
    events_port: int
    events_url: str

    @property
    def is_secure(self) -> bool:
        """Whether the public address is HTTPS, which decides the cookie flags."""
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] | None = None) -> Config:
    """Read the environment (or the mapping given) once. Raises ValueError when a number is not one."""
    env = _joined(os.environ) if environ is None else environ
    var = Path(env.get("COMPTOIR_VAR", str(HERE / "var")))
    embedded = _embedded_addresses(var)
    return Config(
        database_url=_sqlalchemy_url(env.get("DATABASE_URL")) or embedded.get("database_url"),
        redis_url=env.get("REDIS_URL") or embedded.get("redis_url"),
        secret_key=env.get("SECRET_KEY") or _kept_secret(var),
        var_path=var,
        demo=env.get("COMPTOIR_DEMO", "").lower() in TRUE_WORDS,
        base_url=env.get("BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
        inbound_domain=env.get("INBOUND_DOMAIN", "hub.example"),
        mailbox_host=env.get("MAILBOX_HOST", "127.0.0.1"),
        mailbox_port=int(env.get("MAILBOX_PORT", "2525")),
        smtp_host=env.get("SMTP_HOST") or None,
        smtp_port=int(env.get("SMTP_PORT", "587")),
        smtp_user=env.get("SMTP_USER") or None,
        smtp_password=env.get("SMTP_PASSWORD") or None,
        smtp_security=env.get("SMTP_SECURITY", "starttls"),
        smtp_timeout_seconds=float(env.get("SMTP_TIMEOUT_SECONDS", "30")),
        smtp_ca_file=env.get("SMTP_CA_FILE") or None,
        **_dkim(env),
        **_twilio(env),
        dns_checks=env.get("DNS_CHECKS", "").lower() in TRUE_WORDS,
        dns_resolver=env.get("DNS_RESOLVER") or None,
        mail_host=env.get("MAIL_HOST") or None,
        sink_host=env.get("SINK_HOST", "127.0.0.1"),
        sink_port=int(env.get("SINK_PORT", "2526")),
        **_mail_ways(env),
        trusted_proxies=int(env.get("TRUSTED_PROXIES", "0")),
        log_level=env.get("LOG_LEVEL", "INFO").upper(),
        session_hours=int(env.get("SESSION_HOURS", "12")),
        **_mail_hooks(env),
        survey_nonce_min_seconds=float(env.get("SURVEY_NONCE_MIN_SECONDS", "1")),
        survey_filter_ranges=env.get("SURVEY_FILTER_RANGES", ""),
        knowledge_model=env.get("KNOWLEDGE_MODEL", "on").lower() in TRUE_WORDS,
        webhooks_private=env.get("WEBHOOKS_PRIVATE", env.get("COMPTOIR_DEMO", "")).lower() in TRUE_WORDS,
        **_events(env),
    )


def _dkim(env: Mapping[str, str]) -> dict[str, Any]:
    """With which key mails are signed, when no relay does it."""
    return {
        "dkim_domain": env.get("DKIM_DOMAIN") or None,
        "dkim_selector": env.get("DKIM_SELECTOR") or None,
        "dkim_key_file": env.get("DKIM_KEY_FILE") or None,
    }


def _twilio(env: Mapping[str, str]) -> dict[str, Any]:
    """The account of SMS and WhatsApp; none of them is needed to send mail."""
    return {
        "twilio_account_sid": env.get("TWILIO_ACCOUNT_SID") or None,
        "twilio_auth_token": env.get("TWILIO_AUTH_TOKEN") or None,
        "twilio_api_key": env.get("TWILIO_API_KEY") or None,
        "twilio_api_secret": env.get("TWILIO_API_SECRET") or None,
        "twilio_messaging_service_sid": env.get("TWILIO_MESSAGING_SERVICE_SID") or None,
        "twilio_sms_from": env.get("TWILIO_SMS_FROM") or None,
        "twilio_whatsapp_from": env.get("TWILIO_WHATSAPP_FROM") or None,
        "twilio_api_url": env.get("TWILIO_API_URL", "https://api.twilio.com"),
        "twilio_timeout_seconds": float(env.get("TWILIO_TIMEOUT_SECONDS", "20")),
        "twilio_contents": env.get("TWILIO_CONTENTS", "{}"),
        "sms_prices": env.get("SMS_PRICES", ""),
        "sms_currency": env.get("SMS_CURRENCY", "EUR"),
        "sms_stop_mention": env.get("SMS_STOP_MENTION", "STOP : répondez STOP"),
        "sms_stop_mention_en": env.get("SMS_STOP_MENTION_EN", "STOP: reply STOP"),
    }


def _mail_ways(env: Mapping[str, str]) -> dict[str, Any]:
    """What a mail may bring along, and how mailboxes are polled."""
    return {
        "max_mail_bytes": int(env.get("MAX_MAIL_BYTES", str(25 * 1024 * 1024))),
        "max_takeover_bytes": int(env.get("MAX_TAKEOVER_BYTES", str(2 * 1024 * 1024 * 1024))),
        "max_mail_files": int(env.get("MAX_MAIL_FILES", "100")),
        "imap_ca_file": env.get("IMAP_CA_FILE") or None,
        "imap_timeout_seconds": float(env.get("IMAP_TIMEOUT_SECONDS", "20")),
        "imap_poll_seconds": float(env.get("IMAP_POLL_SECONDS", "60")),
    }


def _mail_hooks(env: Mapping[str, str]) -> dict[str, Any]:
    """What proves that a mail provider reports; a provider without it is not set up."""
    return {
        "ses_topic_arn": env.get("SES_TOPIC_ARN", ""),
        "sns_url": env.get("SNS_URL", "").rstrip("/"),
        "mailgun_signing_key": env.get("MAILGUN_SIGNING_KEY", ""),
        "brevo_webhook_secret": env.get("BREVO_WEBHOOK_SECRET", ""),
        "brevo_webhook_networks": _list(env.get("BREVO_WEBHOOK_NETWORKS")),
        "postmark_webhook_secret": env.get("POSTMARK_WEBHOOK_SECRET", ""),
        "postmark_webhook_networks": _list(env.get("POSTMARK_WEBHOOK_NETWORKS")),
    }


def _events(env: Mapping[str, str]) -> dict[str, Any]:
    """Where the process of the live events listens, and where browsers find it.

    An installation with a public address says where its proxy hands streams on; without that, pages only poll.
    """
    port = int(env.get("EVENTS_PORT", "8001"))
    near = "" if env.get("BASE_URL") else f"http://127.0.0.1:{port}"
    return {
        "events_host": env.get("EVENTS_HOST", "127.0.0.1"),
        "events_port": port,
        "events_url": env.get("EVENTS_URL", near).rstrip("/"),
    }


def _list(text: str | None) -> tuple[str, ...]:
    """Words separated by commas."""
    return tuple(filter(None, (word.strip() for word in (text or "").split(","))))


def _sqlalchemy_url(url: str | None) -> str | None:
    """Servers are usually named `postgres://`; SQLAlchemy wants the driver in the scheme."""
    if not url:
        return None
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def inherited(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a child process: ours, with `changes`."""
    return {**os.environ, **(changes or {})}


def _joined(env: Mapping[str, str]) -> Mapping[str, str]:
    """A command in another terminal joins the demo that runs in this checkout, unless told where to work.

    The supervisor keeps `var/demo/environment.json` as long as the demo runs.
    """
    var = HERE / "var"
    if {"COMPTOIR_VAR", "DATABASE_URL"} & env.keys() or (var / "addresses.json").exists():
        return env
    try:
        return {**json.loads((var / "demo" / "environment.json").read_text()), **env}
    except (OSError, ValueError):
        return env


def _embedded_addresses(var: Path) -> dict[str, str]:
    """The embedded servers write their addresses when they start and remove them when they stop."""
    try:
        found: dict[str, str] = json.loads((var / "addresses.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def _kept_secret(var: Path) -> str:
    """One secret per checkout, so that signed links survive a restart when no SECRET_KEY is given."""
    path = var / "secret_key"
    try:
        return path.read_text().strip() or secrets.token_hex(32)
    except OSError:
        secret = secrets.token_hex(32)
    try:
        var.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        return path.read_text().strip() if path.exists() else secret
    with os.fdopen(handle, "w") as file:
        file.write(secret)
    return secret
