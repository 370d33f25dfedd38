"""A small application that shows every layout and part with plausible words, for the checks and for the eye."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, current_app, flash, render_template, request, send_from_directory
from flask_babel import Babel, get_locale, gettext
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from hub import translations
from hub.blueprints.pages import POLICY, asset

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
PAGES = (
    "inbox",
    "ticket",
    "empty",
    "parts",
    "charts",
    "form",
    "customer",
    "plan",
    "survey",
    "contact",
    "store",
    "sign_in",
)


class ContactForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(
        "Adresse e-mail", [DataRequired("Indiquez une adresse.")], description="La réponse y sera envoyée."
    )
    name = StringField("Nom")
    store = SelectField(
        "Magasin", choices=[SelectChoice("1", "Lyon Part-Dieu"), SelectChoice("2", "Nantes Centre")]
    )
    reason = RadioField(
        "Motif",
        [DataRequired("Choisissez un motif.")],
        choices=[SelectChoice("a", "Livraison"), SelectChoice("b", "Produit")],
    )
    words = TextAreaField("Message", [DataRequired("Écrivez votre message."), Length(max=5000)])
    copy = BooleanField("Recevoir une copie")


def make_gallery() -> Flask:
    """The application; `?lang=en` and `?demo=1` change what a page shows."""
    app = Flask("gallery", root_path=str(ROOT / "hub"), static_folder=None)
    app.config.update(SECRET_KEY="gallery", WTF_CSRF_ENABLED=False, BABEL_DEFAULT_LOCALE="fr")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(translations.FOLDER)
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "hub/templates"), FileSystemLoader(ROOT / "tests/parts/templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    Babel(
        app, locale_selector=lambda: request.args.get("lang", "fr"), timezone_selector=lambda: "Europe/Paris"
    )
    app.jinja_env.globals.update(
        asset=asset,
        menu=menu,
        acts=acts,
        viewer=viewer,
        language=lambda: str(get_locale()),
        is_demo=False,
        business_now=lambda: NOW,
    )
    app.add_url_rule(
        "/assets/<path:name>", view_func=lambda name: send_from_directory(ROOT / "hub/static", name)
    )
    app.add_url_rule("/<page>", view_func=show, methods=["GET", "POST"])
    app.config["DRAFTS"] = []
    app.add_url_rule("/draft", view_func=keep_draft, methods=["POST"])
    app.add_url_rule(
        "/presence", view_func=lambda: {"text": "Bo Marchand écrit"}, methods=["POST"], endpoint="presence"
    )
    app.add_url_rule("/new", view_func=lambda: {"count": 3, "text": "3 nouveaux"}, endpoint="new")
    app.add_url_rule("/search", view_func=search, endpoint="search")
    app.after_request(add_policy)
    return app


def add_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


def keep_draft() -> Response:
    current_app.config["DRAFTS"].append(request.form["text"])
    return Response(status=204)


def search() -> list[dict[str, str]]:
    return [{"label": f"Ticket {request.args['q']}", "href": "/ticket", "hint": "Anne Morel"}]


def show(page: str) -> str:
    form = ContactForm()
    if request.method == "POST":
        form.validate()
        vars(form.email).update(meant="anne@orange.fr", meant_field="mail")
    if page == "parts":
        flash("La réponse est partie.", "ok")
        flash("Le magasin n’a pas d’horaires. Ajoutez-les dans les réglages.", "error")
    return render_template(f"gallery/{page}.html", form=form, rows=ticket_rows(), now=NOW, **FIGURES)


def viewer() -> SimpleNamespace:
    return SimpleNamespace(
        name="Ada Lefèvre",
        home_store_name="Lyon Part-Dieu",
        has_shortcuts=True,
        may=lambda _permission: False,
    )


def menu() -> list[SimpleNamespace]:
    items = (
        ("inbox", "inbox", "Boîte"), ("customer", "users", "Clients"), ("plan", "arrow-path", "Parcours"),
        ("parts", "book-open", "Savoir"), ("charts", "chart-bar", "Statistiques"), ("form", "cog-6-tooth", "Réglages"),
    )  # fmt: skip
    return [
        SimpleNamespace(
            url=f"/{page}",
            room=page,
            icon=icon,
            label=label,
            is_current=request.path == f"/{page}",
            count=12 if page == "inbox" else None,
        )
        for page, icon, label in items
    ]


def acts() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            url="/sign_in", icon="arrows-right-left", label=gettext("Change person"), is_post=False
        ),
        SimpleNamespace(
            url="/sign_in", icon="arrow-right-start-on-rectangle", label=gettext("Log out"), is_post=True
        ),
    ]


def ticket_rows() -> list[dict[str, Any]]:
    """Nine rows of an inbox, the first one open."""
    people: tuple[tuple[str, str, str, str, str, list[tuple[str, str]]], ...] = (
        (
            "Anne Morel",
            "E-mail",
            "envelope",
            "Colis reçu ouvert",
            "Bonjour, le carton était ouvert et il manque la lampe",
            [("en retard de 10 min", "late"), ("insatisfaite", "warn")],
        ),
        (
            "Mehdi Benali",
            "SMS",
            "device-phone-mobile",
            "Horaires dimanche",
            "Êtes-vous ouverts dimanche prochain ?",
            [("réponse avant 10:30", "warn")],
        ),
        (
            "Chloé Dupont-Lajoie de la Rivière",
            "Formulaire",
            "globe-alt",
            "Échange d’une veste taille 38 contre une taille 40 en magasin",
            "La veste est trop petite, puis-je l’échanger",
            [("réponse avant 12:15", "plain"), ("nouvelle cliente", "info")],
        ),
        (
            "Paul Girard",
            "Réponse à l’enquête",
            "star",
            "Pas satisfait de la livraison",
            "Le livreur n’a pas sonné",
            [("non confirmé", "note")],
        ),
        (
            "06 12 34 56 78",
            "Téléphone",
            "phone",
            "Appel manqué",
            "Message vocal de 42 s",
            [("sans magasin", "plain")],
        ),
        (
            "Sofia Martin",
            "Comptoir",
            "building-storefront",
            "Reprise d’un ancien appareil",
            "Passée au comptoir ce matin",
            [],
        ),
        (
            "Jean O’Brien",
            "E-mail",
            "envelope",
            "Facture de février",
            "Merci de m’envoyer la facture",
            [("résolu", "ok")],
        ),
    )
    return [
        {"href": "/ticket", "name": name, "channel": channel, "channel_icon": icon, "subject": subject, "preview": preview,
         "chips": chips, "at": NOW - timedelta(minutes=37 * index), "is_unread": index in (0, 1, 4), "is_current": index == 0}
        for index, (name, channel, icon, subject, preview, chips) in enumerate(people)
    ]  # fmt: skip


def _steps() -> list[dict[str, Any]]:
    return [
        {"title": "Enquête de satisfaction", "when": "J+7 · 7 jours après la livraison", "detail": "Trois réponses, dans le mail.", "waiting": 1284, "results": [("envoyés", "18 402"), ("répondus", "31 %")], "href": "#"},
        {"title": "Remerciement", "when": "J+8 · 1 jour après la réponse", "waiting": 36, "results": [("envoyés", "4 911")]},
        {"title": "Fin", "when": "sans réponse après 30 jours", "is_end": True},
    ]  # fmt: skip


def _history() -> list[dict[str, Any]]:
    return [
        {"at": NOW, "title": "A répondu : pas satisfaite", "detail": "« Il manque la lampe »", "icon": "face-frown", "tone": "late", "href": "#"},
        {"at": NOW - timedelta(days=7), "title": "Commande 4021 livrée", "icon": "truck", "tone": "ok"},
        {"at": NOW - timedelta(days=9), "title": "Offre de printemps non envoyée", "detail": "Trop de messages cette semaine", "icon": "no-symbol", "tone": "warn"},
        {"at": NOW - timedelta(days=11), "title": "Commande 4021 payée", "icon": None},
    ]  # fmt: skip


FIGURES: dict[str, Any] = {
    "steps": _steps(),
    "history": _history(),
    "weeks": [f"S{week}" for week in range(1, 13)],
    "medians": [52, 49, 55, 47, 44, None, 41, 43, 38, 40, 35, 34],
    "last_year": [61, 60, 58, 62, 57, 55, 59, 56, 54, 57, 52, 53],
    "bins": [
        {
            "label": f"{5 * step}",
            "count": [4, 22, 61, 80, 72, 44, 31, 18, 12, 7, 5, 3][step],
            "is_late": step > 8,
        }
        for step in range(12)
    ],
    "stores": [
        {
            "label": "Lyon Part-Dieu",
            "low": 78.0,
            "value": 83.0,
            "high": 87.2,
            "text": "83 % [78 ; 87]",
            "href": "#",
        },
        {"label": "Nantes Centre", "low": 61.0, "value": 72.0, "high": 81.0, "text": "72 % [61 ; 81]"},
        {"label": "Brest", "low": 0, "value": None, "high": 0, "text": "moins de 5 réponses"},
    ],
    "waits": [
        {
            "store": "Lyon Part-Dieu",
            "count": 1284,
            "median": "34 min",
            "last": NOW,
            "total": 129900,
            "href": "#",
        },
        {
            "store": "Nantes Centre",
            "count": 311,
            "median": "51 min",
            "last": NOW - timedelta(days=1),
            "total": None,
        },
    ],
}
