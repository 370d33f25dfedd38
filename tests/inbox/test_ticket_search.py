"""Filters in words, typos and suggestions against real tickets, always within the one scope rule."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.core.words import Channel, Language
from hub.inbox.actions import IncomingFile, add_note, add_tag, assign, change_priority, reply, solve
from hub.inbox.models import Ticket
from hub.inbox.queries import (
    TicketFilters,
    count_views,
    find_tickets,
    list_tickets,
    read_asking,
    suggest_words,
)
from hub.inbox.vocabulary import has_due, work_words
from hub.inbox.words import InboxView, ListSort, Priority
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.inbox import actor_of, make_house, make_reason, make_received, viewer_of
from tests.makers.staff import make_agent
from tests.makers.stores import make_store

LYON, LILLE = "lyon-part-dieu@hub.example", "lille@hub.example"


class Scene:
    """Seven tickets: four in Lyon, two in Lille, one in the central queue."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.lyon = make_house(session)
        self.lille = make_store(session, "Lille Grand Place", code="LIL", mailbox="lille", town="Lille")
        self.reason = make_reason(session, "late_delivery")
        self.reason.name_fr = "Retard de livraison"
        self.ada = make_agent(session, store_ids=(self.lyon.id,))
        self.bo = make_agent(session, "Bo Petit", store_ids=(self.lille.id,))
        self.head = make_agent(session, "Cleo Marchand", role=Role.HEAD_OFFICE)
        self.views = {
            "ada": viewer_of(self.ada, self.lyon.id),
            "bo": viewer_of(self.bo, self.lille.id),
            "region": viewer_of(
                make_agent(session, "Ines Roux", role=Role.REGION_MANAGER), self.lyon.id, self.lille.id
            ),
            "head": viewer_of(self.head),
        }
        self.ids = [
            self._receive(place, *row)
            for place, row in enumerate(
                [
                    ("Lampe cassée", "Anne Martin", "L'abat-jour est fêlé depuis hier", LYON, {}),
                    ("Facture", "Paul Martin", "Le jour où l'abat est tombé", LYON, {}),
                    ("Canapé", "Zoé Lefèvre", "Commande C-123 en retard", LYON, {"channel": Channel.FORM}),
                    ("Merci", "Luc Roux", "Tout est parfait", LYON, {}),
                    ("Retour de lampe", "Lise Noir", "Je renvoie la lampe", LILLE, {}),
                    ("Bougie", "Anne Martinez", "Une bougie manque", LILLE, {}),
                    ("Partenariat", "Agence", "Notre offre", "", {}),
                ]
            )
        ]

    def _receive(
        self, place: int, subject: str, name: str, text: str, to: str, more: dict[str, object]
    ) -> int:
        got = make_received(
            TUESDAY,
            subject=subject,
            from_name=name,
            from_address=f"p{place}@client.example",
            text=text,
            recipients=(to,) if to else (),
            mail_message_id=f"<{place}@x>",
            attachments=(IncomingFile("photo.jpg", "image/jpeg", 3, "0" * 64, None),) if place == 0 else (),
            **more,
        )
        assert got.ticket_id
        return got.ticket_id

    def find(self, search: str, who: str = "head", **filters: object) -> list[str]:
        asked = TicketFilters(view=InboxView.ALL, search=search, **filters)  # type: ignore[arg-type]
        return sorted(row.subject for row in list_tickets(asked, self.views[who]).rows)


@pytest.fixture
def scene(session: Session, hand_clock: HandClock) -> Scene:
    return Scene(session)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("magasin:lyon lampe", ["Lampe cassée"]),
        ("store:LIL", ["Bougie", "Retour de lampe"]),
        ('magasin:"Lille Grand Place" -bougie', ["Retour de lampe"]),
        ("magasin:lille-grand-place lampe", ["Retour de lampe"]),
        ("magasin:aucun", ["Partenariat"]),
        ("est:sans-magasin", ["Partenariat"]),
        ("magasin:lyon magasin:lille lampe", ["Lampe cassée", "Retour de lampe"]),
        ("-magasin:lyon lampe", ["Retour de lampe"]),
        ("canal:formulaire", ["Canapé"]),
        ("client:martin", ["Bougie", "Facture", "Lampe cassée"]),
        ('client:"anne martin"', ["Bougie", "Lampe cassée"]),
        ("client:p1@client.example", ["Facture"]),
        ("commande:C-123", ["Canapé"]),
        ("a:pièce-jointe", ["Lampe cassée"]),
        ("has:file", ["Lampe cassée"]),
        ('"abat-jour est fêlé"', ["Lampe cassée"]),
        ("abat jour", ["Facture", "Lampe cassée"]),
        ('"jour abat"', []),
        ('"Jour est fêlé"', ["Lampe cassée"]),
        ('"abat-jour est fê"', []),  # a phrase is of whole words
        ("lampe -casse", ["Retour de lampe"]),
        ("avant:2026-03-03 magasin:lyon", []),
        ("après:03/03/2026 lampe", ["Lampe cassée", "Retour de lampe"]),
    ],
)
def test_each_filter_in_words(scene: Scene, search: str, found: list[str]) -> None:
    assert scene.find(search) == found


def test_what_people_did_is_found_by_words(scene: Scene) -> None:
    by, ids = actor_of(scene.ada), scene.ids
    solve(ticket_id=ids[3], reason_id=scene.reason.id, by=by, now=TUESDAY)
    assign(ticket_id=ids[1], assignee_id=scene.ada.id, by=by, now=TUESDAY)
    change_priority(ticket_id=ids[2], priority=Priority.URGENT, by=by, now=TUESDAY)
    add_note(ticket_id=ids[2], text="Rappeler", by=by, now=TUESDAY)
    add_tag(ticket_id=ids[0], name="VIP", by=by, now=TUESDAY, may_make=True)
    reply(ticket_id=ids[0], text="Bonjour", by=by, now=TUESDAY)
    scene.session.execute(update(Ticket).where(Ticket.id == ids[4]).values(missed_at=TUESDAY))
    assert scene.find("état:résolu") == ["Merci"]
    assert scene.find("motif:retard") == scene.find("reason:late_delivery") == ["Merci"]
    assert scene.find("assigné:moi", "ada") == scene.find("assignee:ada") == ["Facture"]
    assert scene.find("assigné:moi", "head") == []
    assert scene.find("priorité:urgente") == ["Canapé"]
    assert scene.find("a:note") == ["Canapé"]
    assert scene.find("étiquette:vip") == ["Lampe cassée"]
    assert "Lampe cassée" not in scene.find("-étiquette:vip")
    assert scene.find("a:réponse") == ["Lampe cassée"]
    assert scene.find("est:en-retard") == ["Retour de lampe"]
    assert scene.find("état:ouvert magasin:lyon assigné:personne") == ["Canapé", "Lampe cassée"]
    assert len(scene.find("assigné:personne")) == 6


def test_every_list_count_and_search_keeps_to_the_scope(scene: Scene) -> None:
    """An agent, a region's manager, the head office: each finds what is theirs, and the central queue is the last's."""
    seen = {who: scene.find("", who) for who in scene.views}
    assert [len(seen[who]) for who in ("ada", "bo", "region", "head")] == [4, 2, 6, 7]
    for who, viewer in scene.views.items():
        for search in (
            "lampe",
            "est:à-répondre",
            "magasin:lyon",
            "magasin:lille",
            "magasin:aucun",
            "-zzz",
            "client:anne",
        ):
            assert set(scene.find(search, who)) <= set(seen[who]), (who, search)
        assert count_views(viewer)[InboxView.OPEN] == len(seen[who])
        assert count_views(viewer)[InboxView.UNATTRIBUTED] == (1 if who == "head" else 0)
    assert scene.find("magasin:lille", "ada") == []


@pytest.mark.parametrize(
    ("search", "sentence", "nearest"),
    [
        ("magasin:lion", "No store is called “%(value)s”.", "Lyon Part-Dieu"),
        ("motif:retrad", "No contact reason is called “%(value)s”.", "Retard de livraison"),
        ("état:ouvret", "“%(filter)s:” does not know “%(value)s”.", "ouvert"),
        ("assigné:xyz", "Nobody of the staff is called “%(value)s”.", None),
        ("étiquette:rien", "No tag is called “%(value)s”.", None),
        ("avant:demain", "“%(value)s” is no date. Please write it as 2026-11-01 or 01/11/2026.", None),
        ("magasin:", "Please write a value after “%(filter)s:”.", None),
        ("magazin:lyon", "“%(value)s” is no filter and was searched as a word.", "magasin:lyon"),
    ],
)
def test_what_is_not_understood_is_said_with_what_was_meant(
    scene: Scene, search: str, sentence: str, nearest: str | None
) -> None:
    asking = read_asking(search, scene.views["head"])
    (problem,) = asking.problems
    assert problem.text == sentence
    assert problem.text % dict(problem.values)
    assert (problem.nearest[0] if nearest else nearest) == nearest
    assert scene.find(search) == []


def test_open_tickets_come_by_due_time_unless_words_are_searched(scene: Scene) -> None:
    first = scene.ids[1]
    scene.session.execute(update(Ticket).where(Ticket.id == first).values(list_at=TUESDAY.replace(year=2025)))
    scene.session.execute(
        update(Ticket).where(Ticket.id == scene.ids[0]).values(updated_at=TUESDAY.replace(year=2027))
    )
    head = scene.views["head"]

    def first_of(search: str, sort: ListSort | None = None) -> str:
        asked = TicketFilters(view=InboxView.ALL, search=search, sort=sort)
        return list_tickets(asked, head).rows[0].subject

    assert first_of("état:ouvert") == first_of("magasin:lyon", ListSort.DUE) == "Facture"
    assert first_of("magasin:lyon") == first_of("état:ouvert", ListSort.CHANGED) == "Lampe cassée"


def learn_words() -> None:
    while work_words(lambda: None):
        pass


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lmape", ["Lampe cassée", "Retour de lampe"]),
        ("bugie", ["Bougie"]),
        ("lefebvre", ["Canapé"]),
        ("partenairat", ["Partenariat"]),
    ],
)
def test_mistyped_words_are_forgiven(scene: Scene, typed: str, found: list[str]) -> None:
    assert has_due()
    learn_words()
    assert not has_due()
    assert scene.find(typed) == found
    got = find_tickets(TicketFilters(view=InboxView.ALL, search=typed), scene.views["head"])
    assert got.asking.also
    assert typed in got.asking.also


def test_words_as_typed_come_first_and_nonsense_stays_unfound(scene: Scene) -> None:
    learn_words()
    got = find_tickets(TicketFilters(view=InboxView.ALL, search="lampe"), scene.views["head"])
    assert got.asking.also is None
    assert scene.find("xyzzyx") == []


def test_a_guess_shows_nothing_of_other_stores(scene: Scene) -> None:
    learn_words()
    got = find_tickets(TicketFilters(view=InboxView.ALL, search="bugie"), scene.views["ada"])
    assert (list(got.page.rows), got.asking.also) == ([], None)


def test_words_are_learnt_once_and_go_on_from_there(scene: Scene) -> None:
    learn_words()
    make_received(subject="Tabouret", mail_message_id="<new@x>", from_address="n@client.example")
    assert work_words(lambda: None) == 1
    learn_words()
    assert work_words(lambda: None) == 0
    assert scene.find("taboruet") == ["Tabouret"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("mag", "magasin:"),
        ("lampe sto", "lampe magasin:"),
        ("magasin:ly", 'magasin:"Lyon Part-Dieu" '),
        ('magasin:"Lyon P', 'magasin:"Lyon Part-Dieu" '),
        ("lampe -état:ou", "lampe -état:ouvert "),
        ("assigné:m", "assigné:moi "),
        ("motif:ret", 'motif:"Retard de livraison" '),
        ("client:marti", 'client:"Dora Martin" '),
    ],
)
def test_the_field_offers_what_may_come_next(scene: Scene, typed: str, offered: str) -> None:
    make_customer(scene.session, last_name="Martin", first_name="Dora")
    assert offered in [each.search for each in suggest_words(typed, scene.views["head"])]


def test_suggestions_keep_to_the_scope_and_to_the_language(scene: Scene) -> None:
    assert [each.value for each in suggest_words("magasin:", scene.views["ada"])] == ["Lyon Part-Dieu"]
    english = Viewer(
        scene.ada.id, "Ada", "a@x.example", Role.AGENT, Language.ENGLISH, Scope(is_everything=True), 0
    )
    assert suggest_words("sta", english)[0].search == "state:"
    assert suggest_words("magasin:ly", english)[0].search.startswith("store:")
    assert suggest_words("lampe zzz", english) == []


def test_snoozed_tickets_are_found_when_asked_for(scene: Scene) -> None:
    scene.session.execute(
        update(Ticket).where(Ticket.id == scene.ids[0]).values(snoozed_until=TUESDAY.replace(year=2027))
    )
    head = scene.views["head"]
    opened = list_tickets(TicketFilters(view=InboxView.OPEN), head).rows
    assert scene.ids[0] not in {row.id for row in opened}
    asked = TicketFilters(view=InboxView.OPEN, search="est:reporté")
    assert [row.id for row in list_tickets(asked, head).rows] == [scene.ids[0]]
    assert scene.session.scalar(select(Ticket.id).where(Ticket.id == scene.ids[0]))
