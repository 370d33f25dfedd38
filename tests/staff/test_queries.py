"""Who a person is for the pages, and who is found where."""

import pytest
from sqlalchemy.orm import Session

from hub.core.errors import NotFound
from hub.staff import queries
from hub.staff.words import Permission, Role
from tests.conftest import TUESDAY
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain, make_region, make_store


def test_an_agent_sees_the_stores_he_belongs_to(session: Session) -> None:
    lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
    ada = make_agent(session, store_ids=(lyon.id,))
    viewer = queries.get_viewer(ada.id)
    assert viewer.scope.has_store(lyon.id)
    assert not viewer.scope.has_store(lille.id)
    assert not viewer.scope.has_store(None)
    assert viewer.home_store_name == "Lyon Part-Dieu"
    assert viewer.may(Permission.ANSWER_TICKETS)
    assert not viewer.may(Permission.EDIT_SETTINGS)


def test_a_region_manager_sees_the_stores_of_the_region(session: Session) -> None:
    region = make_region(session)
    lyon, lille = make_store(session, region_id=region.id), make_store(session, "Lille", code="LIL")
    ines = make_agent(session, "Ines Roux", role=Role.REGION_MANAGER, region_ids=(region.id,))
    viewer = queries.get_viewer(ines.id)
    assert viewer.scope.store_ids == {lyon.id}
    assert not viewer.scope.has_store(lille.id)


def test_the_manager_of_its_region_is_among_a_stores_people(session: Session) -> None:
    region = make_region(session)
    lyon, lille = make_store(session, region_id=region.id), make_store(session, "Lille", code="LIL")
    make_agent(session, "Ines Roux", role=Role.REGION_MANAGER, region_ids=(region.id,))
    assert [row.name for row in queries.list_store_agents(lyon.id)] == ["Ines Roux"]
    assert queries.list_store_agents(lille.id) == []


def test_the_time_zone_is_the_home_stores_else_the_chains(session: Session) -> None:
    reunion = make_store(session, "Saint-Denis", code="REU", time_zone="Indian/Reunion")
    ada = make_agent(session, store_ids=(reunion.id,))
    cleo = make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)
    assert queries.get_viewer(cleo.id).time_zone == ""
    make_chain(session)
    assert queries.get_viewer(cleo.id).time_zone == "Europe/Paris"
    assert queries.get_viewer(ada.id).time_zone == "Indian/Reunion"


def test_the_head_office_sees_everything(session: Session) -> None:
    cleo = make_agent(session, "Cleo Petit", role=Role.ADMINISTRATOR)
    viewer = queries.get_viewer(cleo.id)
    assert viewer.scope.has_store(None)
    assert viewer.home_store_id is None


def test_somebody_who_left_is_no_viewer(session: Session) -> None:
    ada = make_agent(session, deactivated_at=TUESDAY)
    assert queries.find_viewer(ada.id) is None
    with pytest.raises(NotFound):
        queries.get_viewer(ada.id)
    assert queries.get_agents([ada.id])[ada.id].is_active is False


def test_people_are_listed_by_page_store_and_name(session: Session) -> None:
    lyon = make_store(session)
    make_agent(session, "Élise Bon", store_ids=(lyon.id,))
    make_agent(session, "Zoe Lin")
    make_agent(session, "Gone Guy", store_ids=(lyon.id,), deactivated_at=TUESDAY)
    first = queries.list_agents(size=1)
    assert [row.name for row in first.rows] == ["Élise Bon"]
    assert [row.name for row in queries.list_agents(size=1, after=first.next_key).rows] == ["Zoe Lin"]
    assert [row.name for row in queries.list_agents(store_id=lyon.id).rows] == ["Élise Bon"]
    assert [row.name for row in queries.list_agents(search="elise").rows] == ["Élise Bon"]
    assert [row.name for row in queries.list_store_agents(lyon.id)] == ["Élise Bon"]


def test_the_central_queue_is_answered_by_the_head_office(session: Session) -> None:
    make_agent(session, "Ada Martin")
    make_agent(session, "Hugo Head", role=Role.HEAD_OFFICE)
    make_agent(session, "Max Mark", role=Role.MARKETER)
    assert [row.name for row in queries.list_store_agents(None)] == ["Hugo Head"]


def test_neighbours_share_a_store_and_have_a_pin(session: Session) -> None:
    lyon, lille = make_store(session), make_store(session, "Lille", code="LIL")
    ada = make_agent(session, store_ids=(lyon.id,), pin_hash="x")
    make_agent(session, "Bea Bee", store_ids=(lyon.id,), pin_hash="x")
    make_agent(session, "Nopin Ned", store_ids=(lyon.id,))
    make_agent(session, "Bo Far", store_ids=(lille.id,), pin_hash="x")
    assert [row.name for row in queries.list_neighbours(ada.id)] == ["Bea Bee"]


def test_an_agent_is_found_by_address_in_any_case(session: Session) -> None:
    ada = make_agent(session)
    found = queries.find_agent_by_email(" ADA@verel.example ")
    assert found is not None
    assert found.id == ada.id
    assert queries.find_agent_by_email("nobody@verel.example") is None
