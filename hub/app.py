"""The application: every blueprint, its prefix and who may enter, in one table."""

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from config import HERE, Config, load
from hub.blueprints import (
    access,
    api,
    api_doors,
    chat,
    chats,
    contact,
    counter,
    customers,
    delivery,
    duplicates,
    errors,
    health,
    help_centre,
    home,
    hooks,
    imports,
    inbox,
    knowledge,
    loyalty,
    messages,
    notices,
    pages,
    plan_editor,
    plan_files,
    plan_publishing,
    plan_replay,
    plan_results,
    plans,
    privacy,
    products,
    properties,
    public,
    quality,
    questionnaire_links,
    questionnaire_pages,
    questionnaire_sending,
    questionnaires,
    reviews,
    routing,
    segments,
    session,
    settings,
    setup,
    signups,
    statistics_doors,
    surveys,
    templates,
    tracking,
    values,
    visits,
)
from hub.blueprints.access import Door, Entry
from hub.blueprints.cookies import PageSession
from hub.blueprints.questionnaire_results import WAYS as RESULTS
from hub.blueprints.questionnaire_results import blueprint as questionnaire_results
from hub.core.db import db
from hub.hallway import set_up_hallway
from hub.staff.words import Permission

__all__ = ["DOORS", "create_app", "set_up_hallway"]

DOORS: tuple[Door, ...] = (
    Door(health.blueprint, None, Entry.PUBLIC),
    Door(public.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(contact.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(questionnaire_pages.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(chat.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(visits.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(tracking.blueprint, None, Entry.PUBLIC, is_csrf_exempt=True),
    Door(hooks.blueprint, "/hooks", Entry.PUBLIC, is_csrf_exempt=True),
    Door(home.blueprint, None, Entry.SIGNED_IN),
    Door(setup.blueprint, "/setup", Entry.PUBLIC),
    Door(session.blueprint, "/session", Entry.PUBLIC, session.WAYS),
    Door(
        inbox.blueprint,
        "/inbox",
        Permission.READ_TICKETS,
        dict.fromkeys(inbox.ANSWERING, Permission.ANSWER_TICKETS)
        | dict.fromkeys(inbox.KEEPING_TAGS, Permission.EDIT_ROUTING),
    ),
    Door(notices.blueprint, "/notices", Permission.READ_TICKETS),
    Door(
        customers.blueprint,
        "/customers",
        Permission.READ_CUSTOMERS,
        {
            **dict.fromkeys(customers.ANSWERING, Permission.ANSWER_TICKETS),
            "lift_suppression": Permission.EDIT_SETTINGS,
        },
    ),
    Door(
        duplicates.blueprint,
        "/customers/duplicates",
        Permission.EDIT_CUSTOMERS,
        dict.fromkeys(duplicates.SETTING, Permission.EDIT_SETTINGS),
    ),
    Door(imports.blueprint, "/customers/imports", Permission.EDIT_CUSTOMERS, large=frozenset({"begin"})),
    Door(products.blueprint, "/products", Permission.EDIT_CUSTOMERS),
    Door(
        values.blueprint,
        "/values",
        Permission.READ_SEGMENTS,
        dict.fromkeys(values.EDITING, Permission.EDIT_SEGMENTS),
    ),
    Door(
        segments.blueprint,
        "/segments",
        Permission.READ_SEGMENTS,
        dict.fromkeys(segments.EDITING, Permission.EDIT_SEGMENTS),
    ),
    Door(properties.blueprint, "/properties", Permission.EDIT_SEGMENTS, properties.WAYS),
    Door(privacy.blueprint, "/privacy", Permission.KEEP_PRIVACY),
    Door(quality.blueprint, "/quality", Permission.EDIT_CUSTOMERS),
    Door(counter.blueprint, "/counter", Permission.ANSWER_TICKETS),
    Door(delivery.blueprint, "/delivery", Permission.LOOK_UP_ORDERS),
    Door(
        plans.blueprint, "/plans", Permission.READ_PLANS, dict.fromkeys(plans.EDITING, Permission.EDIT_PLANS)
    ),
    Door(plan_editor.blueprint, "/plans", Permission.EDIT_PLANS),
    Door(plan_replay.blueprint, "/plans", Permission.READ_PLANS, plan_replay.WAYS),
    Door(plan_publishing.blueprint, "/plans", Permission.EDIT_PLANS),
    Door(plan_results.blueprint, "/plans", Permission.READ_STATISTICS),
    Door(questionnaire_results, "/questionnaires", Permission.READ_STATISTICS, RESULTS),
    Door(plan_files.blueprint, "/plans", Permission.EDIT_SEGMENTS),
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
    questionnaire_sending.DOOR,
    Door(questionnaire_links.blueprint, "/questionnaires", Permission.READ_SURVEYS, questionnaire_links.WAYS),
    Door(
        chats.blueprint,
        "/chats",
        Permission.READ_MESSAGES,
        dict.fromkeys(chats.EDITING, Permission.EDIT_MESSAGES),
    ),
    Door(
        surveys.blueprint,
        "/surveys",
        Permission.READ_SURVEYS,
        dict.fromkeys(surveys.EDITING, Permission.EDIT_SURVEYS),
    ),
    Door(
        questionnaires.blueprint,
        "/questionnaires",
        Permission.EDIT_SURVEYS,
        dict.fromkeys(questionnaires.READING, Permission.READ_SURVEYS),
    ),
    Door(reviews.blueprint, "/reviews", Permission.MODERATE_REVIEWS, reviews.WAYS),
    Door(knowledge.blueprint, "/knowledge", Permission.READ_KNOWLEDGE, knowledge.WAYS),
    Door(help_centre.blueprint, "/help", Entry.PUBLIC, is_csrf_exempt=True),
    *statistics_doors.DOORS,
    Door(routing.blueprint, "/routing", Permission.EDIT_ROUTING),
    Door(settings.blueprint, "/settings", Permission.EDIT_SETTINGS, large=frozenset({"takeovers"})),
    api_doors.DOOR,
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
    app.session_interface = PageSession()
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


def _demo_doors(config: Config) -> tuple[Door, ...]:
    if not config.demo:
        return ()
    from hub.demo import shop as demo  # the last of the demo's doors; the others are on the same blueprint

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
