"""What a process needs once before anything else: log, key, shelf, clock, bell, live events, and its wires to the world."""

from config import Config
from hub import jobs
from hub.channels.dkim_signing import read_key
from hub.channels.email import Security, SmtpSettings, check_authorities
from hub.channels.mail_hooks import HookSettings
from hub.channels.registry import ChannelSettings
from hub.channels.twilio_client import TwilioSettings
from hub.channels.twilio_settings import read_contents, read_prices
from hub.core import bell, clock, files, live, log, signing, site
from hub.customers.hygiene import mail_servers
from hub.knowledge import meaning
from hub.mailroom import ways_setup
from hub.mailroom.ways_setup import WaysSetup
from hub.outbox import bridge, hook_settings, pushing, sender_setup, wires
from hub.webhooks import setup as webhook_setup
from hub.webhooks.queries import has_listener


def set_up_hallway(config: Config) -> None:
    """What the hallway needs once per process: log, key, shelf, clock, bell."""
    log.set_up(config.log_level)
    signing.use_key(config.secret_key)
    files.use_folder(config.var_path / "files")
    site.use(base_url=config.base_url, inbound_domain=config.inbound_domain)
    clock.use(movable=config.demo)
    live.connect(config.redis_url, address=config.events_url)
    wires.use_transports(ChannelSettings(smtp=_smtp(config), twilio=_twilio(config), has_bridge=True))
    bridge.use_listener(has_listener)
    hook_settings.use_hooks(_mail_hooks(config))
    ways_setup.use(_mail_ways(config))
    sender = sender_setup.read_setup(config)
    sender_setup.use(sender)
    mail_servers.use(sender.dns)
    webhook_setup.use(may_be_private=config.webhooks_private)
    meaning.use(is_wanted=config.knowledge_model)
    pushing.use(may_be_private=config.webhooks_private)
    if config.redis_url:
        bell.connect(config.redis_url, queue_of=jobs.QUEUE_OF)


SECURITIES: dict[str, Security] = {"none": "none", "starttls": "starttls", "tls": "tls"}


def _smtp(config: Config) -> SmtpSettings | None:
    """Where mail leaves; None on a machine that must not send: its messages wait. Raises KeyError on a bad word.

    Raises SigningFault or OSError when a key or certificate that is asked for cannot be used: better no mail at all
    than mails that leave unsigned or a server that nobody has verified.
    """
    key = read_key(domain=config.dkim_domain, selector=config.dkim_selector, key_file=config.dkim_key_file)
    if config.smtp_ca_file:
        check_authorities(config.smtp_ca_file)
    if config.smtp_host is None:
        return None
    return SmtpSettings(
        host=config.smtp_host,
        port=config.smtp_port,
        security=SECURITIES[config.smtp_security],
        username=config.smtp_user or "",
        password=config.smtp_password or "",
        timeout_seconds=config.smtp_timeout_seconds,
        ca_file=config.smtp_ca_file,
        dkim=key,
    )


def _twilio(config: Config) -> TwilioSettings | None:
    """The account of SMS and WhatsApp; None without one: their messages wait. Raises ValueError on a bad setting."""
    username = config.twilio_api_key or config.twilio_account_sid
    password = config.twilio_api_secret if config.twilio_api_key else config.twilio_auth_token
    if not (config.twilio_account_sid and username and password):
        return None
    return TwilioSettings(
        account_sid=config.twilio_account_sid,
        username=username,
        password=password,
        auth_token=config.twilio_auth_token or "",
        public_url=config.base_url,
        messaging_service_sid=config.twilio_messaging_service_sid or "",
        sms_from=config.twilio_sms_from or "",
        whatsapp_from=config.twilio_whatsapp_from or "",
        api_url=config.twilio_api_url,
        timeout_seconds=config.twilio_timeout_seconds,
        prices=read_prices(config.sms_prices),
        currency=config.sms_currency,
        contents=read_contents(config.twilio_contents),
        stop_mentions={"fr": config.sms_stop_mention, "en": config.sms_stop_mention_en},
    )


def _mail_ways(config: Config) -> WaysSetup:
    """What a mail may bring along, and how mailboxes are polled. Raises OSError when a certificate cannot be read."""
    if config.imap_ca_file:
        check_authorities(config.imap_ca_file)
    return WaysSetup(
        most_bytes=config.max_mail_bytes,
        most_files=config.max_mail_files,
        ca_file=config.imap_ca_file,
        timeout_seconds=config.imap_timeout_seconds,
        poll_seconds=config.imap_poll_seconds,
        may_be_private=config.webhooks_private,
    )


def _mail_hooks(config: Config) -> HookSettings:
    """Who may report by webhook, and how they prove it."""
    return HookSettings(
        ses_topic_arn=config.ses_topic_arn,
        sns_url=config.sns_url,
        mailgun_signing_key=config.mailgun_signing_key,
        brevo_secret=config.brevo_webhook_secret,
        brevo_networks=config.brevo_webhook_networks,
        postmark_secret=config.postmark_webhook_secret,
        postmark_networks=config.postmark_webhook_networks,
    )
