"""The application: every blueprint, its prefix and who may enter, in one table."""

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from config import HERE, Config, load
from hub import jobs
from hub.blueprints import (
    access,
    api,
    api_consents,
    contact,
    customers,
    errors,
    health,
    help_centre,
    home,
    hooks,
    inbox,
    knowledge,
    loyalty,
    messages,
    pages,
    plans,
    public,
    session,
    settings,
    setup,
    signups,
    statistics,
    surveys,
    templates,
    tracking,
)
from hub.blueprints.access import Door, Entry
from hub.channels.dkim_signing import read_key
from hub.channels.email import Security, SmtpSettings, check_authorities
from hub.channels.mail_hooks import HookSettings
from hub.channels.registry import ChannelSettings
from hub.channels.twilio_client import TwilioSettings
from hub.channels.twilio_settings import read_contents, read_prices
from hub.core import bell, clock, files, log, signing, site
from hub.core.db import db
from hub.outbox import hook_settings, sender_setup, wires
from hub.staff.words import ApiScope, Permission

DOORS: tuple[Door, ...] = (
    Door(health.blueprint, None, Entry.PUBLIC),
    Door(public.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(contact.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(tracking.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(hooks.blueprint, "/hooks", Entry.PUBLIC, is_csrf_exempt=True),
    Door(home.blueprint, None, Entry.SIGNED_IN),
    Door(setup.blueprint, "/setup", Entry.PUBLIC),
    Door(
        session.blueprint,
        "/session",
        Entry.PUBLIC,
        {
            "profile": Entry.SIGNED_IN,
            "save_profile": Entry.SIGNED_IN,
            "sign_out": Entry.SIGNED_IN,
            "switch_person": Entry.SIGNED_IN,
            "enter_pin": Entry.SIGNED_IN,
            "save_pin": Entry.SIGNED_IN,
            "save_password": Entry.SIGNED_IN,
        },
    ),
    Door(
        inbox.blueprint,
        "/inbox",
        Permission.READ_TICKETS,
        dict.fromkeys(inbox.ANSWERING, Permission.ANSWER_TICKETS),
    ),
    Door(
        customers.blueprint,
        "/customers",
        Permission.READ_CUSTOMERS,
        {
            "edit": Permission.ANSWER_TICKETS,
            "save": Permission.ANSWER_TICKETS,
            "record_consent": Permission.ANSWER_TICKETS,
            "lift_suppression": Permission.EDIT_SETTINGS,
            "confirm_erasing": Permission.EDIT_SETTINGS,
            "erase": Permission.EDIT_SETTINGS,
        },
    ),
    Door(
        plans.blueprint,
        "/plans",
        Permission.READ_PLANS,
        {"switch": Permission.EDIT_PLANS, "choose_pool": Permission.EDIT_PLANS},
    ),
    Door(
        templates.blueprint,
        "/templates",
        Permission.READ_MESSAGES,
        dict.fromkeys(templates.EDITING, Permission.EDIT_MESSAGES),
    ),
    Door(
        messages.blueprint,
        "/messages",
        Permission.READ_MESSAGES,
        dict.fromkeys(messages.EDITING, Permission.EDIT_MESSAGES),
    ),
    Door(
        loyalty.blueprint,
        "/promo-codes",
        Permission.READ_MESSAGES,
        dict.fromkeys(loyalty.EDITING, Permission.EDIT_MESSAGES),
    ),
    Door(
        signups.blueprint,
        "/signups",
        Permission.READ_MESSAGES,
        dict.fromkeys(signups.EDITING, Permission.EDIT_MESSAGES),
    ),
    Door(
        surveys.blueprint,
        "/surveys",
        Permission.READ_SURVEYS,
        dict.fromkeys(surveys.EDITING, Permission.EDIT_SURVEYS),
    ),
    Door(
        knowledge.blueprint,
        "/knowledge",
        Permission.READ_KNOWLEDGE,
        dict.fromkeys(knowledge.EDITING, Permission.EDIT_KNOWLEDGE),
    ),
    Door(help_centre.blueprint, "/help", Entry.PUBLIC),
    Door(statistics.blueprint, "/statistics", Permission.READ_STATISTICS),
    Door(settings.blueprint, "/settings", Permission.EDIT_SETTINGS),
    Door(
        api.blueprint,
        "/api/v1",
        Entry.MACHINE,
        {
            "openapi": Entry.PUBLIC,
            "take_order": ApiScope.ORDERS_WRITE,
            "list_tickets": ApiScope.TICKETS_READ,
            "show_ticket": ApiScope.TICKETS_READ,
            "reply": ApiScope.TICKETS_REPLY,
            "take_contact": ApiScope.CONTACTS_WRITE,
            "response_times": ApiScope.STATISTICS_READ,
            **api_consents.WAYS,
        },
        is_csrf_exempt=True,
    ),
)


class RowId(IntegerConverter):
    """A number in an address: what a row's id can be, so that a longer one is simply no address of ours."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=0, max=2**63 - 1)


HASHED_NAME = r"\.[0-9a-f]{10}\."
"""A built asset whose name carries the hash of its content may be kept for years."""


def create_app(config: Config | None = None) -> Flask:
    """Make the application of one process. Without a database address only file commands work."""
    settings_of_process = config or load()
    app = Flask(__name__, static_folder=None)
    app.url_map.converters["int"] = RowId
    app.config.update(
        SECRET_KEY=settings_of_process.secret_key,
        COMPTOIR=settings_of_process,
        SQLALCHEMY_DATABASE_URI=settings_of_process.database_url or "postgresql+psycopg://127.0.0.1:1/none",
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 8, "max_overflow": 8, "pool_recycle": 1800},
        MAX_CONTENT_LENGTH=settings_of_process.max_mail_bytes,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings_of_process.is_secure,
        PERMANENT_SESSION_LIFETIME=settings_of_process.session_hours * 3600,
        WTF_CSRF_TIME_LIMIT=settings_of_process.session_hours * 3600,
    )
    set_up_hallway(settings_of_process)
    db.init_app(app)
    Migrate(app, db, directory=str(HERE / "migrations"))
    doors = DOORS + _demo_doors(settings_of_process)
    access.guard(app, doors)
    app.extensions["api_key_check"] = api.check_key
    pages.set_up(app, settings_of_process, doors)
    errors.register(app)
    for door in doors:
        app.register_blueprint(door.blueprint, url_prefix=door.prefix)
    _register_commands(app)
    app.wsgi_app = _wrap(app, settings_of_process)  # type: ignore[method-assign]  # Flask's documented way
    return app


def set_up_hallway(config: Config) -> None:
    """What the hallway needs once per process: log, key, shelf, clock, bell."""
    log.set_up(config.log_level)
    signing.use_key(config.secret_key)
    files.use_folder(config.var_path / "files")
    site.use(base_url=config.base_url, inbound_domain=config.inbound_domain)
    clock.use(movable=config.demo)
    wires.use_transports(ChannelSettings(smtp=_smtp(config), twilio=_twilio(config)))
    hook_settings.use_hooks(_mail_hooks(config))
    sender_setup.use(sender_setup.read_setup(config))
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


def _demo_doors(config: Config) -> tuple[Door, ...]:
    if not config.demo:
        return ()
    from hub.demo import phone as demo  # the last of the demo's doors; the others are on the same blueprint

    return (Door(demo.blueprint, "/demo", Entry.PUBLIC, is_csrf_exempt=True),)


def _register_commands(app: Flask) -> None:
    from hub import cli

    cli.register(app)
    if app.config["COMPTOIR"].demo:
        from hub.demo import commands

        commands.register(app)


def _wrap(app: Flask, config: Config) -> WhiteNoise:
    behind = app.wsgi_app
    if config.trusted_proxies:
        hops = config.trusted_proxies
        behind = ProxyFix(behind, x_for=hops, x_proto=hops, x_host=hops)
    assets = HERE / "hub" / "static"
    root = str(assets) if assets.is_dir() else None
    return WhiteNoise(behind, root=root, prefix="assets/", immutable_file_test=HASHED_NAME)
