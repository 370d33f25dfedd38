"""Pages of the plans' editor: a draft begun, its steps added, moved, forked and filled, its rules set, by plain posts."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy.orm import Session

from hub.blueprints.plan_editor.asking_words import (
    ASKS,
    GROUPS,
    ask_words,
    choice_words,
    exit_choice,
    param_words,
    trigger_choice,
)
from hub.blueprints.plan_editor.words import KINDS, LACKS
from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.plans import queries
from hub.plans.actions import add_builtin_plans
from hub.plans.asking import ASKED, NEEDS
from hub.plans.definitions import ASKED_BY
from hub.plans.drafts import actions
from hub.plans.drafts.queries import find_draft, get_draft
from hub.plans.drafts.rows import DraftView
from hub.plans.reading import NEEDED, OFFERED
from hub.plans.words import StepKind, Trigger
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.own_plans import make_own_plan
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain

KEY = "own_deux_lettres"
PLAN = f"/plans/{KEY}"
MAIL = {
    "channel": "email", "template": "birthday", "purpose": "promotion", "theme": "", "pool": "", "delay_days": "8",
    "delay_at": "10:00", "anchor": "entry", "expires": "3", "expires_unit": "days", "is_on": "y", "act": "save",
}  # fmt: skip


@pytest.fixture
def marketer(client: FlaskClient, session: Session, hand_clock: HandClock) -> FlaskClient:
    make_chain(session)
    publish_builtin_templates(now=TUESDAY)
    make_own_plan()
    found = log_in(client, make_agent(session, role=Role.MARKETER))
    assert found.post(f"{PLAN}/draft").status_code == 303
    return found


def draft() -> DraftView:
    return get_draft(KEY)


def keys() -> list[str]:
    return [step["key"] for step in draft().definition["steps"]]


def press(marketer: FlaskClient, act: str, **fields: str) -> str:
    """A button of the timeline; the page that follows."""
    found = marketer.post(
        f"{PLAN}/edit", data={"act": act, "seen": draft().seen, **fields}, follow_redirects=True
    )
    assert found.status_code == 200
    return found.text


def add(marketer: FlaskClient, kind: str = "send", place: str = "", **fields: Any) -> Any:
    typed = {**(MAIL if kind == "send" else {"act": "save", "anchor": "entry", "is_on": "y"}), **fields}
    return marketer.post(f"{PLAN}/edit/add?kind={kind}{place}", data={"seen": draft().seen, **typed})


def test_a_draft_is_begun_shown_and_thrown_away(marketer: FlaskClient) -> None:
    assert "Continuer le brouillon" in marketer.get(PLAN).text
    page = marketer.get(f"{PLAN}/edit").text
    assert "J+1 après l’entrée" in page
    assert "le premier message est parti" in page
    assert marketer.post(f"{PLAN}/draft/discard", data={"seen": draft().seen}).status_code == 303
    gone = marketer.get(f"{PLAN}/edit", follow_redirects=True)
    assert "n’a pas de brouillon" in gone.text
    assert find_draft(KEY) is None


def test_steps_are_moved_switched_copied_taken_out_and_brought_back(marketer: FlaskClient) -> None:
    page = press(marketer, "down:welcome")
    assert keys() == ["second_purchase", "welcome"]
    assert re.search(r'id="up-welcome" autofocus', page), (
        "it cannot go down any further: the focus stays with it"
    )
    press(marketer, "up:welcome")
    assert "passée" in press(marketer, "switch:welcome")
    assert draft().loose.definition.step("welcome").is_on is False
    press(marketer, "copy:welcome")
    assert keys() == ["welcome", "send_1", "second_purchase"]
    press(marketer, "remove:second_purchase")
    press(marketer, "remove:send_1")
    assert keys() == ["welcome"]
    press(marketer, "undo")
    assert re.search(r'id="act-undo" autofocus', press(marketer, "undo"))
    assert keys() == ["welcome", "send_1", "second_purchase"]
    assert queries.get_plan(KEY).definition.step("welcome").is_on is True


def test_a_step_is_added_where_it_was_asked_for(marketer: FlaskClient) -> None:
    kinds = marketer.get(f"{PLAN}/edit/add?after=welcome").text
    assert "Séparer en deux chemins" in kinds
    form = marketer.get(f"{PLAN}/edit/add?kind=send&after=welcome").text
    assert 'name="delay_days" type="text" value="4"' in form, "three days after the step before"
    assert add(marketer, place="&after=welcome").status_code == 303
    step = draft().loose.definition.step("send_1")
    assert (step.template, step.delay.days, step.delay.at, step.expires_minutes) == (
        "birthday",
        8,
        "10:00",
        3 * 24 * 60,
    )
    assert keys() == ["welcome", "send_1", "second_purchase"]
    page = marketer.get(f"{PLAN}/edit").text
    assert "J+8 à 10:00 après l’entrée" in page


def test_letters_to_colleagues_and_of_tickets_are_not_offered(marketer: FlaskClient) -> None:
    form = marketer.get(f"{PLAN}/edit/add?kind=send&after=welcome").text
    assert 'value="welcome_prospect"' in form
    assert not re.search(r'value="(password_reset|staff_alert|reply|optin_confirmation)"', form)


def test_a_plan_of_an_event_asks_for_its_name_in_plain_words(marketer: FlaskClient) -> None:
    name = {"name_fr": "Guide", "name_en": "Guide", "priority": "130", "control_percent": "10"}
    begun = marketer.post(
        "/plans/new", data={**name, "like": "", "trigger": "event"}, follow_redirects=True
    ).text
    assert "Précisez ce qui fait entrer les clients" in begun
    assert "entry" not in re.sub(r"<[^>]*>", "", begun)


def test_an_end_that_is_taken_out_lets_go_on_again(marketer: FlaskClient) -> None:
    assert add(marketer, "end", "&after=welcome").status_code == 303
    assert "Personne n’arrive ici" in marketer.get(f"{PLAN}/edit").text
    assert "1 étape est retirée" in press(marketer, "remove:end_1")
    assert keys() == ["welcome", "second_purchase"]


def test_the_rail_marks_plans_on_the_pages_of_the_editor(marketer: FlaskClient) -> None:
    for page in (f"{PLAN}/edit", f"{PLAN}/publish", f"{PLAN}/replay"):
        assert re.search(r'data-room="plans" aria-current="page"', marketer.get(page).text), page


def test_a_fork_has_two_ways_that_are_filled(marketer: FlaskClient) -> None:
    asked = {"when-block": "1:", "when-1-is": "phone_known"}
    assert add(marketer, "split", "&after=welcome", **asked).status_code == 303
    assert add(marketer, place="&after=split_1&way=no", template="welcome_prospect").status_code == 303
    found = draft().loose.definition
    assert found.step("split_1").otherwise == "send_1"
    assert found.step("split_1").next_key == "second_purchase"
    assert found.step_after("send_1") == found.step("second_purchase")
    page = marketer.get(f"{PLAN}/edit").text
    assert "a un numéro de téléphone" in page
    assert "Sinon" in page
    press(marketer, "remove:split_1")
    assert keys() == ["welcome", "second_purchase"]


def test_a_step_without_its_message_is_kept_and_marked(marketer: FlaskClient) -> None:
    add(marketer, place="&after=welcome", template="")
    page = marketer.get(f"{PLAN}/edit").text
    assert "Avant de pouvoir publier" in page
    assert "Choisissez le message à envoyer." in page


def test_conditions_are_built_by_buttons_alone(marketer: FlaskClient) -> None:
    """Without JavaScript: a question, a choice of two, what is wrong is said, then all is kept."""
    here = f"{PLAN}/edit/steps/second_purchase"
    shown = marketer.get(here).text
    assert 'href="/templates/second_purchase_standard" target="_blank"' in shown, "its letters can be read"
    assert 'href="/templates/second_purchase_premium"' in shown
    sent: dict[str, Any] = {**MAIL, "seen": draft().seen, "act": "add:when", "when-new": "purchased"}
    page = marketer.post(here, data=sent).text
    assert 'name="when-block" value="1:"' in page
    assert re.search(r'name="when-1-not" autofocus', page)
    assert 'selected value="birthday"' in page, "nothing typed is lost"
    sent |= {"when-block": ["1:"], "when-1-is": "purchased", "when-1-not": "1", "when-1-days": "deux"}
    page = marketer.post(here, data=sent | {"act": "any:when"}).text
    assert 'name="when-block" value="2:"' in page
    sent["when-block"] = ["1:", "2:"]
    sent["when-2-is"] = "any"
    page = marketer.post(here, data=sent | {"act": "add:when:2", "when-2-new": "basket_value"}).text
    assert 'name="when-block" value="3:2"' in page
    sent["when-block"] = ["1:", "2:", "3:2", "4:2"]
    sent |= {"when-3-is": "basket_value", "when-4-is": "weekday", "when-4-in": ["0", "4"]}
    refused = marketer.post(here, data=sent | {"act": "save"})
    assert refused.status_code == 422
    assert "veuillez donner un nombre entier de 1 à 3650" in refused.text
    assert "Remplissez au moins l’un de ces champs" in refused.text
    assert 'value="deux"' in refused.text
    sent |= {"when-1-days": "4", "when-3-at_least": "49,90"}
    assert marketer.post(here, data=sent | {"act": "save"}).status_code == 303
    (step,) = [each for each in draft().definition["steps"] if each["key"] == "second_purchase"]
    assert step["when"] == [
        {"is": "purchased", "not": True, "days": 4},
        {"any": [{"is": "basket_value", "at_least": 4990}, {"is": "weekday", "in": [0, 4]}]},
    ]
    page = marketer.get(here).text
    assert 'value="49.90"' in page
    assert 'value="4" checked' in page
    dropped = marketer.post(here, data=sent | {"act": "drop:when:2"}).text
    assert 'value="1:"' in dropped
    assert 'value="3:2"' not in dropped


def test_another_message_goes_to_those_who_fit(marketer: FlaskClient) -> None:
    here = f"{PLAN}/edit/steps/second_purchase"
    page = marketer.get(here).text
    assert 'name="v1-template"' in page
    sent: dict[str, Any] = {**MAIL, "seen": draft().seen, "variant": "v1", "v1-template": "birthday_reminder"}
    assert "Ajoutez une condition" in marketer.post(here, data=sent).text
    sent |= {"v1-block": "1:", "v1-1-is": "known_customer"}
    more = marketer.post(here, data=sent | {"act": "variant"}).text
    assert 'name="v2-template"' in more
    assert marketer.post(here, data=sent).status_code == 303
    step = draft().loose.definition.step("second_purchase")
    assert step.templates == ("birthday", "birthday_reminder")
    marketer.post(here, data={**MAIL, "seen": draft().seen, "act": "save"})
    assert draft().loose.definition.step("second_purchase").variants == ()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("delay_days", "-3", "de 0 à 3650"),
        ("delay_hours", "zwei", "Indiquez un nombre entier."),
        ("delay_at", "25:00", "Donnez une heure"),
        ("expires", "0", "de 1 à 3650"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    marketer: FlaskClient, field: str, value: str, sentence: str
) -> None:
    refused = add(marketer, place="&after=welcome", label="Mon étape", **{field: value})
    assert refused.status_code == 422
    page = refused.text
    assert sentence in page
    assert f'id="{field}-error"' in page
    assert "Mon étape" in page
    assert f'value="{value}"' in page


def test_the_slower_of_two_marketers_loses_nothing(marketer: FlaskClient) -> None:
    """Told of the change, with everything typed still there; the second save puts it into the draft as it is now."""
    stale = draft()
    actions.change_draft(
        version_id=stale.version_id, definition={**stale.definition, "daily_limit": 5}, seen=stale.seen, by=SYSTEM,
        now=TUESDAY,
    )  # fmt: skip
    here = f"{PLAN}/edit/steps/welcome"
    refused = marketer.post(here, data={**MAIL, "seen": stale.seen, "label": "Bonjour à vous"})
    assert refused.status_code == 409
    assert "Quelqu’un d’autre a modifié ce brouillon" in refused.text
    assert "Bonjour à vous" in refused.text
    seen = re.search(r'name="seen" value="(\w+)"', refused.text)
    assert seen
    assert marketer.post(here, data={**MAIL, "seen": seen[1], "label": "Bonjour à vous"}).status_code == 303
    assert draft().definition["daily_limit"] == 5
    assert draft().loose.definition.step("welcome").label == "Bonjour à vous"
    told = marketer.post(
        f"{PLAN}/edit", data={"act": "down:welcome", "seen": stale.seen}, follow_redirects=True
    )
    assert "votre modification n’a pas été faite" in told.text
    assert keys() == ["welcome", "second_purchase"]


def test_the_rules_of_a_plan_are_set(marketer: FlaskClient) -> None:
    here = f"{PLAN}/edit/rules"
    assert "passe sa première commande" in marketer.get(here).text
    sent: dict[str, Any] = {
        "seen": draft().seen, "act": "save", "on": ["order_paid", "churn_below"], "exits": ["purchased", "refused"],
        "purchase_days": "4", "cooldown": "2", "cooldown_unit": "days", "daily_limit": "500", "spread_days": "14",
        "horizon_days": "60", "when-block": "1:", "when-1-is": "known_customer",
    }  # fmt: skip
    refused = marketer.post(here, data=sent)
    assert refused.status_code == 422
    assert "Remplissez" in refused.text
    assert 'value="500"' in refused.text
    assert marketer.post(here, data=sent | {"churn_below-points": "-5"}).status_code == 303
    found = draft().loose.definition
    assert [each.value for each in found.entry.on] == ["order_paid", "churn_below"]
    assert dict(found.entry.params) == {"points": -5}
    assert (found.entry.cooldown_hours, found.daily_limit, found.spread_days, found.horizon_days) == (
        48,
        500,
        14,
        60,
    )
    assert [(each.reason.value, dict(each.params)) for each in found.exits] == [
        ("purchased", {"days": 4}),
        ("refused", {}),
    ]
    nobody = marketer.post(here, data=sent | {"seen": draft().seen, "on": []})
    assert "Choisissez ce qui fait entrer les clients." in nobody.text


def test_a_plan_of_the_chain_is_made_from_nothing_or_like_another(marketer: FlaskClient) -> None:
    assert "Nouveau parcours" in marketer.get("/plans/new").text
    sent = {
        "name_fr": "Anniversaire du client", "name_en": "Anniversary", "priority": "45", "control_percent": "10",
        "like": "", "trigger": "order_paid",
    }  # fmt: skip
    made = marketer.post("/plans/new", data=sent)
    assert made.headers["Location"].endswith("/plans/own_anniversaire_du_client/edit")
    page = marketer.get("/plans/own_anniversaire_du_client/edit").text
    assert "n’a pas encore d’étape" in page
    for lists_plans in ("/plans/gains", "/plans/own_anniversaire_du_client/results", "/templates/"):
        assert marketer.get(lists_plans).status_code == 200
    assert "Anniversaire du client" in marketer.get("/plans/").text
    refused = marketer.post("/plans/new", data=sent | {"control_percent": "80", "name_en": ""})
    assert refused.status_code == 422
    marketer.post("/plans/new", data=sent | {"like": KEY, "name_fr": "Copie"})
    assert [step["key"] for step in get_draft("own_copie").definition["steps"]] == [
        "welcome",
        "second_purchase",
    ]
    gone = marketer.post("/plans/own_copie/draft/discard", data={"seen": get_draft("own_copie").seen})
    assert gone.headers["Location"] == "/plans/"


def test_names_priority_and_control_share_change_at_once(marketer: FlaskClient) -> None:
    sent = {"name_fr": "Bienvenue", "name_en": "Welcome", "priority": "51", "control_percent": "80"}
    refused = marketer.post(f"{PLAN}/about", data=sent)
    assert refused.status_code == 422
    assert 'id="control_percent-error"' in refused.text
    assert marketer.post(f"{PLAN}/about", data=sent | {"control_percent": "20"}).headers["Location"] == PLAN
    plan = queries.get_plan(KEY).plan
    assert (plan.name_fr, plan.priority, plan.control_percent) == ("Bienvenue", 51, 20)


def test_who_only_reads_plans_edits_none(
    client: FlaskClient, session: Session, hand_clock: HandClock
) -> None:
    make_chain(session)
    make_own_plan()
    manager = log_in(client, make_agent(session, role=Role.MANAGER))
    assert manager.get("/plans/").status_code == 200
    assert "Nouveau parcours" not in manager.get("/plans/").text
    assert manager.post(f"{PLAN}/draft").status_code == 403
    assert manager.get(f"{PLAN}/edit").status_code == 403


def test_a_plan_begun_by_any_way_in_opens_and_says_what_it_lacks(marketer: FlaskClient) -> None:
    """A way in that must be told something is kept without it, marked, and its form says what."""
    for number, trigger in enumerate(NEEDS):
        sent = {
            "name_fr": f"Essai {number}", "name_en": "Try", "priority": "45", "control_percent": "10", "like": "",
            "trigger": trigger.value,
        }  # fmt: skip
        address = marketer.post("/plans/new", data=sent).headers["Location"]
        assert marketer.get(address).status_code == 200
        rules = marketer.get(f"{address}/rules")
        seen = get_draft(f"own_essai_{number}").seen
        refused = marketer.post(f"{address}/rules", data={"seen": seen, "act": "save", "on": trigger.value})
        needs = any(param.is_needed for param in NEEDS.get(trigger, {}).values())
        assert (rules.status_code, refused.status_code) == (200, 422 if needs else 303)


@pytest.mark.parametrize("kind", sorted(OFFERED))
def test_every_kind_of_step_has_a_form_that_keeps_it(marketer: FlaskClient, kind: StepKind) -> None:
    """Kept also when it lacks something: then the timeline says what."""
    assert marketer.get(f"{PLAN}/edit/add?kind={kind}&after=welcome").status_code == 200
    added = add(marketer, kind, "&after=welcome")
    assert added.status_code == 303, added.text
    made = next(step for step in draft().loose.definition.steps if step.key == f"{kind}_1")
    assert made.kind is kind
    assert marketer.get(f"{PLAN}/edit/steps/{made.key}").status_code == 200
    page = marketer.get(f"{PLAN}/edit").text
    lacks = [lack.name for lack in draft().loose.of_step(made.key)]
    assert ("n’est pas complète" in page) == bool(lacks)


def test_what_both_arms_get_stays_so_and_is_said(marketer: FlaskClient) -> None:
    """No form speaks of it: it stays with its step."""
    add_builtin_plans(now=TUESDAY)
    here, words = "/plans/reactivation", "le groupe témoin le reçoit aussi"
    assert marketer.post(f"{here}/draft").status_code == 303
    typed = {**MAIL, "template": "reactivation_notice", "purpose": "service", "anchor": "first_message"}
    seen = get_draft("reactivation").seen
    assert marketer.post(f"{here}/edit/steps/notice", data={"seen": seen, **typed}).status_code == 303
    found = get_draft("reactivation").loose
    notice = found.definition.step("notice")
    assert (found.lacks, notice.delay.days, notice.in_both_arms) == ((), 8, True)
    assert [marketer.get(f"{here}{path}").text.count(words) for path in ("", "/edit")] == [2, 2]


def test_everything_that_can_be_asked_has_its_words(app: Flask) -> None:
    with app.test_request_context(), force_locale("fr"):
        offered = {ask for _, asks in GROUPS for ask in asks}
        assert offered == set(ASKED) - {each for each in ASKED if not ASKED[each] and each not in ASKS}
        assert all(ask_words(ask) != ask.value for ask in offered)
        known = [(ask.value, ASKED[ask]) for ask in offered] + [(each.value, NEEDS[each]) for each in NEEDS]
        for word, params in known:
            for name, param in params.items():
                assert param_words(name, word) != name
                listed = [] if name == "trigger" else param.words
                assert all(choice_words(name, each) != each for each in listed), (word, name)
        assert all(trigger_choice(each) != each.value for each in Trigger)
        assert all(exit_choice(each) != each.value for each in ASKED_BY)
        assert set(KINDS) == set(StepKind)
        assert {name for needed in NEEDED.values() for name in needed} <= set(LACKS)


def test_no_page_of_the_editor_asks_the_database_often(marketer: FlaskClient) -> None:
    """Also of a draft with every kind of list on its page."""
    add(marketer, "split", "&after=welcome", **{"when-block": "1:", "when-1-is": "stage", "when-1-in": "new"})
    for path in (
        f"{PLAN}/edit",
        f"{PLAN}/edit/steps/second_purchase",
        f"{PLAN}/edit/rules",
        "/plans/new",
        f"{PLAN}/about",
    ):
        with counted_statements() as statements:
            assert marketer.get(path).status_code == 200
        assert len(statements) <= 12, (path, statements)
