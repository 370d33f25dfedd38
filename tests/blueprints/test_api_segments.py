"""The API hands segments and their members to keys of the scope, page by page."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.audit import AuditEntry
from hub.core.paging import encode_key
from hub.segments.conditions.fields import FIELDS
from hub.segments.conditions.reading import read_tree
from hub.segments.saved.actions import archive_segment, save_segment
from hub.segments.saved.rows import Draft
from hub.segments.saved.working import work_segments
from hub.segments.words import SegmentKind
from hub.staff.words import ApiScope
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_emil, make_fay
from tests.makers.keys import make_key
from tests.makers.stores import make_chain

IN_LYON = {"field": "customer.postcode", "test": "begins_with", "value": ["69"]}


@pytest.fixture
def kept(session: Session, hand_clock: HandClock) -> int:
    make_chain(session)
    for make in (make_customer, make_emil, make_fay):
        make(session)
    root = read_tree({"version": 1, "root": {"match": "all", "parts": [IN_LYON]}}, FIELDS)
    made = save_segment(Draft("Lyon", "", SegmentKind.LIVE, root), by=SYSTEM, now=TUESDAY)
    while work_segments(lambda: None):
        pass
    return made


def test_members_page_by_page(client: FlaskClient, session: Session, kept: int) -> None:
    headers = make_key(session, None, ApiScope.SEGMENTS_READ, ApiScope.CUSTOMERS_READ)
    [shown] = client.get("/api/v1/segments", headers=headers).json["segments"]  # type: ignore[index]
    assert (shown["id"], shown["name"], shown["kind"], shown["customers"]) == (kept, "Lyon", "live", 3)
    names, after = [], ""
    while after is not None:
        page = client.get(f"/api/v1/segments/{kept}/members?size=2&after={after}", headers=headers).json
        assert page is not None
        names += [each["first_name"] for each in page["members"]]
        after = page["next"]
    assert names == ["Dora", "Emil", "Fay"]
    lines = session.scalars(select(AuditEntry).where(AuditEntry.action == "segment.exported")).all()
    assert [line.api_key_id is not None for line in lines] == [True, True]


def test_a_key_that_reads_no_customers_gets_ids_alone_and_its_line_on_any_page(
    client: FlaskClient, session: Session, kept: int
) -> None:
    headers = make_key(session, None, ApiScope.SEGMENTS_READ)
    page = client.get(f"/api/v1/segments/{kept}/members?after={encode_key((0,))}", headers=headers).json
    assert page is not None
    assert [set(each) for each in page["members"]] == [{"id"}] * 3
    [line] = session.scalars(select(AuditEntry).where(AuditEntry.action == "segment.exported"))
    assert line.api_key_id is not None


def test_other_keys_and_archived_segments_get_nothing(
    client: FlaskClient, session: Session, kept: int
) -> None:
    other = make_key(session, None, ApiScope.CUSTOMERS_READ)
    assert client.get(f"/api/v1/segments/{kept}/members", headers=other).status_code == 403
    archive_segment(kept, by=SYSTEM, now=TUESDAY)
    headers = make_key(session, None, ApiScope.SEGMENTS_READ)
    assert client.get("/api/v1/segments", headers=headers).json == {"segments": [], "next": None}
    assert client.get(f"/api/v1/segments/{kept}/members", headers=headers).status_code == 404
