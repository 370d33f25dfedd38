"""Pairs: what speaks for and against, how well they are found, how the walk goes on, what is remembered."""

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import db
from hub.core.errors import Conflict
from hub.customers.actions import find_or_create_customer
from hub.customers.duplicates import finding
from hub.customers.duplicates.actions import keep_apart, reopen_pair, share_addresses
from hub.customers.duplicates.keys import keys_of
from hub.customers.duplicates.models import AddressLink, CustomerPair, DuplicateRun
from hub.customers.duplicates.people import Person, mailbox_of
from hub.customers.duplicates.queries import find_pair_between, get_pair, list_pairs
from hub.customers.duplicates.scoring import LEAST_POINTS, SURE_POINTS, score
from hub.customers.duplicates.words import PairState, Why
from hub.customers.merging.models import CustomerMerge
from hub.customers.models import Address, Customer
from hub.customers.rows import CustomerDetails
from hub.identity import pairing
from hub.identity.merging import merge_customers
from hub.identity.unmerging import unmerge_customers
from tests.conftest import TUESDAY
from tests.makers.customers import make_customer
from tests.makers.doubles import make_crowd
from tests.makers.stores import make_chain

ANNE = Person(
    1,
    title="madam",
    first_name="Anne",
    last_name="Lefèvre",
    birth_on=date(1980, 5, 3),
    street="12 av. de la Gare",
    postcode="69003",
    mails=("anne.lefevre@gmail.com",),
    phones=("+33612345678",),
)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"mails": ("annelefevre+bois@googlemail.com",)}, Why.SAME_MAIL),
        ({"mails": ("anne.lefevr@gmail.com",)}, Why.MAIL_ONE_LETTER),
        ({"mails": ("anne-lefevre@gmial.com", "anne.lefevre@orange.fr")}, Why.MAIL_LOCAL_PART),
        ({"phones": ("+352612345678",)}, Why.SAME_PHONE),
        ({"first_name": "LEFEVRE", "last_name": "Anne"}, Why.SWAPPED_NAMES),
        ({"last_name": "Lefebvre"}, Why.NAME_TYPO),
        ({"first_name": "A."}, Why.INITIAL),
        ({"birth_on": date(1980, 3, 5)}, Why.BIRTH_ONE_PART),
        ({"birth_on": date(1955, 1, 1)}, Why.OTHER_BIRTH),
        ({"street": "12, avenue de la gare"}, Why.SAME_STREET),
        ({"last_name": "Lefèvre Jr"}, Why.GENERATIONS),
        ({"first_name": "Paul", "title": "sir"}, Why.FAMILY),
    ],
)
def test_each_reason_is_told(changes: dict[str, object], expected: Why) -> None:
    found = score(ANNE, replace(ANNE, id=2, **changes))  # type: ignore[arg-type]
    assert expected in {why for why, _points in found.reasons}
    assert found == score(replace(ANNE, id=2, **changes), ANNE)  # type: ignore[arg-type]


def test_what_speaks_against_weighs_more_than_a_name() -> None:
    other = Person(2, first_name="Anne", last_name="Lefèvre", postcode="69003", birth_on=date(1955, 1, 1))
    assert score(ANNE, other).points < LEAST_POINTS
    son = replace(ANNE, id=3, first_name="Paul", title="sir", birth_on=None)
    assert score(ANNE, son).points < LEAST_POINTS, "a family shares mail, phone and street"
    twin = Person(4, first_name="Anne", last_name="Lefevre", mails=("anne.lefevre+x@gmail.com",))
    assert score(ANNE, twin).points >= SURE_POINTS
    assert mailbox_of("a.b+c@orange.fr") == ("a.b+c", "orange.fr")


def test_pairs_are_found_with_the_stated_precision_and_recall() -> None:
    """Of 3,000 persons with 600 doubles and as many relatives, namesakes and juniors: 97 % right, 94 % found."""
    crowd = make_crowd(3000, random.Random(7))
    by_id = {person.id: person for person in crowd.people}
    blocks: dict[int, list[int]] = defaultdict(list)
    for person in crowd.people:
        for key in keys_of(person):
            blocks[key].append(person.id)
    small = (ids for ids in blocks.values() if len(ids) <= finding.BLOCK_LIMIT)
    met = {pair for ids in small for pair in combinations(sorted(ids), 2)}
    found = {pair for pair in met if score(by_id[pair[0]], by_id[pair[1]]).points >= LEAST_POINTS}
    right = found & crowd.same
    assert len(right) / len(found) >= 0.97
    assert len(right) / len(crowd.same) >= 0.94
    assert len(found & crowd.traps) <= 0.02 * len(crowd.traps)
    assert len(met) < 8 * len(by_id), "no scan of all with all"


def walk() -> DuplicateRun:
    """All of one walk."""
    finding.ask_comparison(by_id=None, now=TUESDAY)
    while finding.work_on(now=TUESDAY):
        pass
    return db.session.scalars(select(DuplicateRun).order_by(DuplicateRun.id.desc())).first()  # type: ignore[return-value]


def test_a_walk_finds_pairs_goes_on_where_it_stopped_and_compares_only_who_changed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MARK_BATCH", 2)
    monkeypatch.setattr(finding, "COMPARE_BATCH", 2)
    anne = make_customer(session, "Anne", "Roux", mail="anne.roux@gmail.com", phone=None)
    again = make_customer(session, "Anne", "Roux", mail="anneroux+a@gmail.com", phone="+33612345679")
    other = make_customer(session, "Paul", "Roux", mail="paul@client.example", phone="+33698765432")
    run = walk()
    assert (run.marked_count, run.pair_count, run.ended_at) == (3, 1, TUESDAY)
    [line] = list_pairs().rows
    assert (line.pair.left_id, line.pair.right_id, line.pair.is_exact) == (anne.id, again.id, True)
    assert walk().marked_count == 0, "nobody changed"
    session.execute(update(Customer).where(Customer.id == other.id).values(first_name="Anne"))
    run = walk()
    assert run.marked_count == 1
    assert find_pair_between(anne.id, other.id) is not None
    session.execute(update(Customer).where(Customer.id == other.id).values(first_name="Paul"))
    walk()
    assert find_pair_between(anne.id, other.id) is None, "a pair that is none any more goes"


def test_a_key_that_everybody_shares_says_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "BLOCK_LIMIT", 3)
    for number in range(5):
        make_customer(session, "Marie", "Martin", mail=f"x{number}yz@a{number}.example", phone=None)
    assert walk().pair_count == 0


def test_not_the_same_is_remembered_for_ever_also_after_a_merge(session: Session) -> None:
    one, two, three = (
        make_customer(session, "Anne", "Roux", mail=f"anneroux+{number}@gmail.com", phone=None)
        for number in range(3)
    )
    walk()
    keep_apart(two.id, one.id, by=SYSTEM, now=TUESDAY)
    session.execute(update(Customer).where(Customer.id == one.id).values(company="Roux"))
    walk()
    pair = find_pair_between(one.id, two.id)
    assert pair is not None
    assert pair.state is PairState.APART
    merge_customers(three.id, [two.id], by=SYSTEM, now=TUESDAY)
    inherited = find_pair_between(one.id, three.id)
    assert inherited is not None
    assert inherited.state is PairState.APART
    reopen_pair(inherited.id, by=SYSTEM, now=TUESDAY)
    assert get_pair(inherited.id).state is PairState.OPEN
    with pytest.raises(Conflict):
        keep_apart(one.id, two.id, by=SYSTEM, now=TUESDAY)


def test_exact_pairs_merge_by_one_press_or_by_the_rule_of_the_chain(session: Session) -> None:
    make_chain(session)
    one = make_customer(session, "Anne", "Roux", mail="anne.roux@gmail.com", phone=None)
    two = make_customer(session, "Anne", "Roux", mail="anneroux+a@gmail.com", phone=None)
    make_customer(session, "Anne", "Roux", mail="a.r@client.example", phone=None)
    pairing.change_rule(is_on=False, by=SYSTEM, now=TUESDAY)
    while pairing.work_duplicates(lambda: None):
        pass
    session.expire_all()
    assert two.merged_into_id is None, "off until somebody says so"
    [_merge] = pairing.merge_exact_pairs(by=SYSTEM, now=TUESDAY)
    session.expire_all()
    assert two.merged_into_id == one.id
    assert [line.pair.is_exact for line in list_pairs().rows] == [False] * len(list_pairs().rows)


def test_the_rule_merges_all_exact_pairs_but_none_that_was_parted(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than go at once are merged the same night; what a person took apart stays apart."""
    make_chain(session)
    merged = []
    for name in ("anne", "paul", "luce"):
        make_customer(session, name, "Roux", mail=f"{name}.roux@gmail.com", phone=None)
        merged.append(make_customer(session, name, "Roux", mail=f"{name}roux+a@gmail.com", phone=None))
    monkeypatch.setattr(pairing, "AT_ONCE", 1)
    pairing.change_rule(is_on=True, by=SYSTEM, now=TUESDAY)
    while pairing.work_duplicates(lambda: None):
        pass
    session.expire_all()
    assert all(row.merged_into_id for row in merged)
    assert not pairing.has_due()
    unmerge_customers(session.scalars(select(func.max(CustomerMerge.id))).one(), by=SYSTEM, now=TUESDAY)
    assert not pairing.work_duplicates(lambda: None)
    assert sum(row.merged_into_id is None for row in merged) == 1


def test_a_family_address_belongs_to_one_and_others_share_it(session: Session) -> None:
    anne = make_customer(session, "Anne", "Roux", mail="famille@client.example", phone=None)
    paul = make_customer(session, "Paul", "Roux", mail=None, phone="+33698765432")
    address = session.scalars(select(Address).where(Address.customer_id == anne.id)).one()
    assert share_addresses(anne.id, paul.id, [address.id], by=SYSTEM, now=TUESDAY) == 1
    details = CustomerDetails(email="famille@client.example", first_name="Paul", last_name="Roux")
    assert find_or_create_customer(details, now=TUESDAY + timedelta(days=1)) == anne.id
    pair = find_pair_between(anne.id, paul.id)
    assert pair is not None
    assert pair.state is PairState.HOUSEHOLD
    merge_customers(anne.id, [paul.id], by=SYSTEM, now=TUESDAY)
    assert session.scalars(select(AddressLink)).all() == [], "nobody shares with himself"
    assert session.scalars(select(CustomerPair.state)).all() == [PairState.HOUSEHOLD]
