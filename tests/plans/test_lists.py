"""What steps write for others: an audience, a letter, a day of erasure; nothing for the control arm."""

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hub.core.actor import SYSTEM
from hub.core.errors import Invalid, NotFound
from hub.core.words import Channel
from hub.customers.actions import suppress
from hub.customers.models import Customer
from hub.customers.words import SuppressionReason
from hub.identity.merging import merge_customers
from hub.loyalty.models import PromoGrant
from hub.loyalty.words import GrantState
from hub.plans import actions, audiences, post
from hub.plans.models import Enrolment, ErasureDate, PostalRow
from hub.plans.reading import parse_definition
from hub.plans.words import ExitReason
from hub.segments.words import FileKind
from tests.makers.customers import make_customer
from tests.makers.loyalty import make_pool
from tests.plans.lives import Deed, Lives, enters, orders, says

FIRST = ("D0 10:00", enters("mine"))
HELLO = {"key": "hello", "kind": "send", "template": "welcome_prospect", "purpose": "promotion"}
ADS = {"key": "ads", "kind": "audience", "name": "Left"}
LETTER = {"key": "letter", "kind": "postal", "name": "Autumn", "expires_days": 90}
LATER = {**HELLO, "key": "later", "delay": {"days": 60}}
HOME = {"street": "3 rue Mercière", "town": "Lyon", "postcode": "69002"}


def plan(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"format": 2, "entry": {"on": "by_hand"}, "steps": list(steps), **fields}


def sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def lives_at(lives: Lives, **fields: Any) -> Lives:
    row = lives.session.get_one(Customer, lives.customer.id)
    for name, value in {**HOME, **fields}.items():
        setattr(row, name, value)
    lives.session.flush()
    return lives


def inside(lives: Lives) -> list[int]:
    return audiences.list_members("mine", "Left", now=lives.clock.now)


def hashed(lives: Lives, kind: FileKind = FileKind.META) -> list[list[str]]:
    text = audiences.hand_out_audience("mine", "Left", kind, by=SYSTEM, now=lives.clock.now)
    return list(csv.reader(io.StringIO(text)))


def leaves(reason: ExitReason = ExitReason.BY_HAND) -> Deed:
    def happen(life: Lives, at: datetime) -> None:
        actions.end_enrolments(reason=reason, now=at, customer_id=life.customer.id)

    return happen


@pytest.mark.parametrize("control_percent", [0, 100])
def test_an_audience_is_joined_by_the_treated(lives: Lives, control_percent: int) -> None:
    lives.of("mine", plan(ADS, LATER), control_percent=control_percent)
    lived = lives.live(FIRST, until="D+1")
    assert inside(lives) == ([] if control_percent else [lives.customer.id])
    assert lived.steps == ["ads ghost" if control_percent else "ads done"]


def test_the_file_holds_what_its_owner_agreed_to(lives: Lives) -> None:
    """Dora agreed by mail and by SMS; then by SMS no more; then her mailbox is blocked."""
    lives.of("mine", plan(ADS, LATER))
    lives.live(FIRST, until="D0 11:00")
    mail, phone = sha256("dora@client.example"), sha256("33612345678")
    assert hashed(lives) == [["email", "phone"], [mail, phone]]
    assert hashed(lives, FileKind.GOOGLE) == [["Email", "Phone"], [mail, sha256("+33612345678")]]
    says(is_given=False, channel=Channel.SMS)(lives, lives.clock.now)
    assert hashed(lives) == [["email", "phone"], [mail, ""]]
    suppress("dora@client.example", reason=SuppressionReason.COMPLAINT, now=lives.clock.now)
    assert hashed(lives) == [["email", "phone"]]
    assert inside(lives) == [lives.customer.id], "she is in it, and her addresses are handed to nobody"


@pytest.mark.parametrize(
    ("deed", "stays"),
    [
        (orders("A1"), False),
        (leaves(), False),
        (leaves(ExitReason.PLAN_OFF), False),
        (says(is_given=True), True),
    ],
)
def test_who_buys_or_leaves_the_plan_is_in_the_audience_no_more(
    lives: Lives, deed: Deed, *, stays: bool
) -> None:
    lives.of("mine", plan(ADS, LATER))
    lives.live(FIRST, ("D+2 10:00", deed), until="D+3")
    assert inside(lives) == ([lives.customer.id] if stays else [])


@pytest.mark.parametrize(("days", "stays"), [(None, True), (9, False), (11, True)])
def test_an_audience_outlives_a_plan_that_came_to_its_end_until_its_days_are_over(
    lives: Lives, days: int | None, *, stays: bool
) -> None:
    lives.of("mine", plan(ADS if days is None else {**ADS, "days": days}))
    lived = lives.live(FIRST, until="D+10")
    assert lived.exits == ["completed"]
    assert [row.name for row in audiences.list_audiences("mine", now=lives.clock.now)] == (
        ["Left"] if stays else []
    )
    lives.live(until="D+31")
    assert inside(lives) == []


def letters(lives: Lives) -> list[dict[str, str]]:
    file = post.list_post_files("mine")[0]
    name, text = post.hand_out_post("mine", file.id, by=SYSTEM, now=lives.clock.now)
    assert (name, text[0]) == ("Autumn", "\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:]), delimiter=";"))


def fetch(lives: Lives) -> int:
    return post.make_post_file("mine", "Autumn", by=SYSTEM, now=lives.clock.now)


def waiting(lives: Lives) -> list[tuple[str, int]]:
    return [(row.name, row.count) for row in post.list_waiting("mine", now=lives.clock.now)]


def test_a_letter_is_fetched_once_with_address_and_code(lives: Lives) -> None:
    make_pool("AAAA1\nBBBB1")
    lives_at(lives).of("mine", plan({"key": "code", "kind": "promo", "pool": "bienvenue"}, LETTER))
    lived = lives.live(FIRST, until="D+5")
    assert (lived.steps, lived.exits) == (["code done", "letter done"], ["completed"])
    grants = select(PromoGrant.state)
    assert lives.session.scalars(grants).all() == [GrantState.RESERVED], "the letter may still be fetched"
    assert waiting(lives) == [("Autumn", 1)]
    assert fetch(lives) == 1
    assert waiting(lives) == []
    row = letters(lives)[0]
    assert row.pop("reference").isdigit()
    assert row == {
        "title": "madam", "first_name": "Dora", "last_name": "Lefèvre", "company": "", "street": "3 rue Mercière",
        "postcode": "69002", "town": "Lyon", "country": "FR", "language": "fr", "code": "AAAA1",
        "code_terms": "10\xa0% de remise", "code_ends_on": "2 avril 2026",
    }  # fmt: skip
    assert lives.session.scalars(grants).all() == [GrantState.SENT]
    assert fetch(lives) == 0
    assert len(letters(lives)) == 1, "the same file again"
    with pytest.raises(NotFound):
        post.hand_out_post("mine", 10**9, by=SYSTEM, now=lives.clock.now)


@pytest.mark.parametrize("missing", ["street", "postcode", "town", "last_name"])
def test_without_a_full_address_there_is_no_letter(lives: Lives, missing: str) -> None:
    lives_at(lives, **{missing: ""}).of("mine", plan(LETTER))
    assert lives.live(FIRST, until="D+1").steps == ["letter skipped no_address"]


def blocks(reason: SuppressionReason) -> Deed:
    return lambda _life, at: suppress("dora@client.example", reason=reason, now=at)


def refuses_all(life: Lives, at: datetime) -> None:
    for channel in (Channel.EMAIL, Channel.SMS):
        says(is_given=False, channel=channel)(life, at)


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        (refuses_all, "skipped objects"),
        (says(is_given=False), "done"),
        (blocks(SuppressionReason.COMPLAINT), "skipped objects"),
        (blocks(SuppressionReason.HARD_BOUNCE), "done"),
    ],
)
def test_who_objects_to_advertising_gets_none_by_post(lives: Lives, deed: Deed, outcome: str) -> None:
    lives_at(lives).of("mine", plan({**LETTER, "delay": {"days": 2}}))
    assert lives.live(FIRST, ("D+1 10:00", deed), until="D+3").steps == [f"letter {outcome}"]


@pytest.mark.parametrize(
    ("placed_at", "stays"), [("2026-03-04T12:00:00+01:00", False), ("2026-03-02T12:00:00+01:00", True)]
)
def test_an_order_of_before_told_after_the_plan_is_over_takes_both_back(
    lives: Lives, placed_at: str, *, stays: bool
) -> None:
    """She had bought on the second day, before audience and letter: a till file tells it days after the plan had ended."""
    ads, letter = ({**each, "delay": {"days": 3}} for each in (ADS, LETTER))
    lives_at(lives).of("mine", plan(ads, letter, exits=["purchased"]))
    lives.live(FIRST, ("D+9 10:00", orders("A1", placed_at=placed_at)), until="D+10")
    assert lives.lived().exits == ["completed"]
    assert inside(lives) == ([lives.customer.id] if stays else [])
    assert waiting(lives) == ([("Autumn", 1)] if stays else [])
    assert fetch(lives) == int(stays)


WORDS = ['=HYPERLINK("http://x";"y")', "+1", "-1", "@x", "\tx", "\r=x", "\n=x", "\xa0=x"]
FIELDS = ("first_name", "last_name", "company", "street", "town", "postcode")


def test_a_hostile_word_is_no_formula_in_the_file_of_letters(lives: Lives) -> None:
    """Wherever a person wrote it: names, company, address, and the code of the chain."""
    make_pool("AAAA1")
    lives_at(lives).of("mine", plan({"key": "code", "kind": "promo", "pool": "bienvenue"}, LETTER))
    lives.live(FIRST, until="D+1")
    assert fetch(lives) == 1
    given = lives.session.scalars(select(Enrolment)).one()
    for number in range(len(WORDS)):
        turned = WORDS[number:] + WORDS[:number]
        lives_at(lives, **dict(zip(FIELDS, turned, strict=False)))
        given.values = {**given.values, "code": {**given.values["code"], "code": turned[-1]}}
        lives.session.flush()
        (row,) = letters(lives)
        assert [row[name] for name in (*FIELDS, "code")] == [f"'{word}" for word in (*turned[:6], turned[-1])]
    lives_at(
        lives, last_name='O"Neil\r\n;=1;"', company=";=1", street="3, =rue", postcode='"=1', town="x\n=1"
    )
    (row,) = letters(lives)
    told = [row[name] for name in FIELDS[1:]]
    assert told == ['O"Neil\r\n;=1;"', ";=1", "3, =rue", "x\n=1", '"=1'], "inside a cell nothing begins one"


def moves_away(life: Lives, _at: datetime) -> None:
    life.customer.street = ""
    life.session.flush()


@pytest.mark.parametrize("deed", [orders("A1"), leaves(), refuses_all])
def test_a_letter_that_has_lost_its_point_is_not_fetched_and_its_code_is_free(
    lives: Lives, deed: Deed
) -> None:
    make_pool("AAAA1")
    code = {"key": "code", "kind": "promo", "pool": "bienvenue"}
    lives_at(lives).of("mine", plan(code, LETTER, LATER, exits=["purchased", "refused"]))
    lives.live(FIRST, ("D+2 10:00", deed), until="D+3")
    assert fetch(lives) == 0
    lives.live(until="D+70")
    assert lives.session.scalars(select(PromoGrant.state)).all() == [GrantState.RELEASED]


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [(moves_away, "skipped no_address"), (refuses_all, "skipped objects")],
)
def test_a_letter_that_nobody_can_get_any_more_is_neither_counted_nor_written(
    lives: Lives, deed: Deed, outcome: str
) -> None:
    lives_at(lives).of("mine", plan(LETTER, LATER))
    lives.live(FIRST, ("D+2 10:00", deed), until="D+3")
    assert waiting(lives) == []
    assert fetch(lives) == 0
    assert post.list_post_files("mine") == []
    assert lives.lived().steps == [f"letter {outcome}"]
    assert fetch(lives) == 0, "and no other day"


def test_the_control_arm_gets_no_letter_and_no_day(lives: Lives) -> None:
    lives_at(lives).of("mine", plan(LETTER, HELLO, DUE, exits=["life_sign"]), control_percent=100)
    lived = lives.live(FIRST, until="D+40")
    assert lived.steps == ["letter ghost", "hello ghost", "due ghost"]
    assert waiting(lives) == []
    assert lives.session.scalars(select(ErasureDate)).all() == []


NOTICE = {"key": "notice", "template": "reactivation_notice", "purpose": "service"}
DUE = {"key": "due", "kind": "erasure_due", "days": 5, "delay": {"days": 30}, "expires_days": 30}


def day(lives: Lives) -> list[date]:
    return list(lives.session.scalars(select(ErasureDate.erasure_due_on)))


def test_the_day_of_erasure_is_written_down(lives: Lives) -> None:
    lives.of("mine", plan(NOTICE, DUE, exits=["life_sign"]))
    assert lives.live(FIRST, until="D+40").steps == ["notice posted", "due done"]
    assert day(lives) == [date(2026, 4, 7)]


def test_of_two_plans_the_later_day_holds(lives: Lives) -> None:
    lives.of("mine", plan(NOTICE, DUE, exits=["life_sign"]))
    lives.of("other", plan(NOTICE, {**DUE, "days": 1}, exits=["life_sign"]))
    lives.live(FIRST, ("D0 10:00", enters("other")), until="D+40")
    assert day(lives) == [date(2026, 4, 7)]


@pytest.mark.parametrize(
    "broken",
    [
        plan(DUE, exits=["life_sign"]),
        plan(HELLO, DUE),
        plan({**HELLO, "is_on": False}, DUE, exits=["life_sign"]),
        plan(DUE, {**HELLO, "key": "too_late"}, exits=["life_sign"]),
        plan(HELLO, {**DUE, "days": -1}, exits=["life_sign"]),
        plan(HELLO, {**DUE, "days": "5"}, exits=["life_sign"]),
        plan({**ADS, "days": 0}),
        plan({"key": "ads", "kind": "audience"}),
    ],
)
def test_nobody_is_erased_unannounced_or_after_a_sign_of_life(broken: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse_definition(broken)


def test_who_is_merged_takes_letters_and_audiences_along_and_no_day(lives: Lives) -> None:
    lives_at(lives).of("mine", plan(ADS, LETTER, NOTICE, DUE, exits=["life_sign"]))
    lives.live(FIRST, until="D+29")
    other = make_customer(lives.session, mail="dora.l@client.example", phone=None, **HOME)
    lives.live(until="D+30 12:00")
    assert len(day(lives)) == 1
    merge_customers(other.id, [lives.customer.id], by=SYSTEM, now=lives.clock.now)
    assert day(lives) == []
    assert lives.session.scalars(select(PostalRow.customer_id)).all() == [other.id]
