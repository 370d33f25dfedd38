"""Replayed traces of mail scanners and of people: no false confirmation, hardly a person lost (surveys.md).

Each trace is what a mail's links go through, by HTTP and with both clocks in the hand of the test: who (a source with
an address), when (seconds after the mail was accepted) and what. A `press` sends the form of the page that the same
source opened last for that box. A source is an address, or "address|program" where several share the address.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import count, permutations
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hub.content.actions import publish_builtin_templates
from hub.core import clock
from hub.inbox.models import Ticket
from hub.inbox.words import TicketState
from hub.plans.actions import add_builtin_plans
from hub.reactions.drain import work_facts
from hub.surveys.actions import switch_touch, work_surveys
from hub.surveys.models import Answer, Invitation, Touch
from hub.surveys.words import AnswerState, TouchLabel, TouchMethod
from tests.conftest import TUESDAY
from tests.makers.inbox import actor_of
from tests.makers.staff import make_agent
from tests.makers.surveys import Asked, invite_again, make_invitation

Step = tuple[float, str, str, str]
"""(seconds after acceptance, source, act, box): acts are get, head, ahead, press, leave, footer, mangled, probe, thanks."""

PERSON, SCANNER, COLLEAGUE = "198.51.100.7", "203.0.113.9", "192.0.2.44"
FILTER = f"{PERSON}|Filter of the house"
HOUR, DAY = 3600.0, 86_400.0
PEOPLE = 2000 if os.environ.get("LARGE") else 120
LOST_SHARE = 0.02


class Replay:
    """Plays traces against the application; time is what the trace says."""

    def __init__(self, client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.client, self.session = client, session
        self.now = TUESDAY
        self.first = make_invitation(session)
        self.numbers = count(1)
        self.pages: dict[tuple[str, str], str] = {}
        monkeypatch.setattr(clock, "machine_now", lambda: self.now)
        monkeypatch.setattr(clock, "business_now", lambda: self.now)

    def play(self, trace: list[Step]) -> Asked:
        """A new invitation goes through the trace, and through a day after it. Returns it."""
        asked = self.ask()
        for after, source, act, box in sorted(trace, key=lambda step: step[0]):
            self.now = self.accepted_at + timedelta(seconds=after)
            getattr(self, act)(asked, source, box)
            self.settle()
        for pause in (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1)):
            self.now += pause
            self.settle()
        return asked

    def ask(self) -> Asked:
        self.now += timedelta(days=1)
        self.accepted_at = self.now
        self.pages = {}
        asked = invite_again(self.session, self.first, f"R{next(self.numbers)}")
        row = self.session.get_one(Invitation, asked.invitation_id)
        row.accepted_at, row.expires_at = self.now, self.now + timedelta(days=30)
        self.session.commit()
        return asked

    def settle(self) -> None:
        work_surveys(lambda: None)
        while work_facts(lambda: None):
            pass

    def call(self, method: str, path: str, source: str, form: dict[str, str] | None = None) -> TestResponse:
        address, _, program = source.partition("|")
        usual = "Chrome/126 Headless" if source.startswith("203.") else f"Safari of {address}"
        return self.client.open(
            path,
            method=method,
            data=form,
            headers={"User-Agent": program or usual},
            environ_overrides={"REMOTE_ADDR": address},
        )

    def get(self, asked: Asked, source: str, box: str) -> None:
        self.pages[source, box] = self.call("GET", f"/a/{asked.token}/{box}", source).text

    def ahead(self, asked: Asked, source: str, box: str) -> None:
        """A browser fetches what might be opened next."""
        path, wants = f"/a/{asked.token}/{box}", {"Sec-Purpose": "prefetch;anonymous-client-ip"}
        self.client.get(path, headers=wants, environ_overrides={"REMOTE_ADDR": source})

    def head(self, asked: Asked, source: str, box: str) -> None:
        assert self.call("HEAD", f"/a/{asked.token}/{box}", source).status_code in {200, 410}

    def mangled(self, asked: Asked, source: str, box: str) -> None:
        assert self.call("GET", f"/a/{asked.token}%27/{box}", source).status_code == 404

    def probe(self, asked: Asked, source: str, box: str) -> None:
        """A choice that does not exist: nothing is shown that could be pressed, and nothing pressed there counts."""
        page = self.call("GET", f"/a/{asked.token}/{box}%27", source)
        assert (page.status_code, nonce_of(page.text)) == (404, "")
        form = {"nonce": nonce_of(self.pages.get((source, box), "")), "choice": box}
        assert self.call("POST", f"/a/{asked.token}/{box}%27", source, form).status_code == 404

    def footer(self, _asked: Asked, source: str, box: str) -> None:
        self.call("GET", f"/preferences/some-token-{box}", source)

    def thanks(self, asked: Asked, source: str, _box: str) -> None:
        self.call("GET", f"/a/{asked.token}/thanks", source)

    def press(self, asked: Asked, source: str, box: str) -> None:
        """`31`: press box 1 on the page that box 3 opened."""
        form = {"nonce": nonce_of(self.pages.get((source, box[0]), "")), "choice": box[-1]}
        answer = self.call("POST", f"/a/{asked.token}/{box.strip('?')[0]}", source, form)
        if answer.status_code in {409, 422}:
            self.pages[source, "?"] = answer.text

    def leave(self, asked: Asked, source: str, box: str) -> None:
        """What the page's script sends after a gesture."""
        form = {"nonce": nonce_of(self.pages.get((source, box), "")), "choice": box}
        self.call("POST", f"/a/{asked.token}/intent", source, form)

    def standing(self, asked: Asked) -> list[tuple[str, str]]:
        self.session.expire_all()
        found = select(Answer.choice, Answer.state).where(
            Answer.invitation_id == asked.invitation_id,
            Answer.state.in_([AnswerState.CONFIRMED, AnswerState.PROVISIONAL]),
        )
        return [(choice.value, state.value) for choice, state in self.session.execute(found)]

    def open_tickets(self, asked: Asked) -> int:
        states = self.session.scalars(select(Ticket.state).where(Ticket.order_id == asked.order_id))
        return sum(state is not TicketState.CLOSED for state in states)


def nonce_of(page: str) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page)
    return found[1] if found else ""


@pytest.fixture
def replay(client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Replay:
    publish_builtin_templates(now=TUESDAY)
    made = Replay(client, session, monkeypatch)
    add_builtin_plans(now=TUESDAY)
    return made


def look_at_all(source: str, at: float, order: str = "321", pause: float = 0.3) -> list[Step]:
    return [(at + number * pause, source, "get", box) for number, box in enumerate(order)]


def scanners() -> Iterator[tuple[str, list[Step]]]:
    """Traces that a machine leaves; none of them may leave an answer or a ticket."""
    for order in permutations("321"):
        name = "".join(order)
        yield f"opens {name}", look_at_all(SCANNER, 5, name)
        yield f"opens {name} an hour later", look_at_all(SCANNER, HOUR, name, pause=3)
    yield "HEAD first", [*[(5.0, SCANNER, "head", box) for box in "321"], *look_at_all(SCANNER, 6)]
    yield "runs scripts and waits", look_at_all(SCANNER, 20, pause=8)
    yield (
        "submits at once",
        [
            *look_at_all(SCANNER, 300, pause=1),
            *[(300.5 + number, SCANNER, "press", box) for number, box in enumerate("321")],
        ],
    )
    for order in permutations("321"):
        name = "".join(order)
        yield (
            f"clicks {name} after 5 s, one after the other",
            [
                *[(300 + 6.0 * number, SCANNER, "get", box) for number, box in enumerate(name)],
                *[(305 + 6.0 * number, SCANNER, "press", box) for number, box in enumerate(name)],
            ],
        )
    yield (
        "clicks all after 5 s at once",
        [
            *look_at_all(SCANNER, 300, pause=0),
            *[(305.0, SCANNER, "press", box) for box in "123"],
        ],
    )
    yield (
        "clicks all, twice over",
        [
            *look_at_all(SCANNER, 300, pause=0),
            *[(305.0 + 3 * number, SCANNER, "press", box) for number, box in enumerate("123123")],
        ],
    )
    yield (
        "gestures on all, then leaves",
        [
            *look_at_all(SCANNER, 300, pause=0),
            *[(306.0 + number, SCANNER, "leave", box) for number, box in enumerate("123")],
        ],
    )
    yield "gestures on one, footer too", [
        (300.0, SCANNER, "get", "1"), (301.0, SCANNER, "footer", "a"), (308.0, SCANNER, "leave", "1"),
    ]  # fmt: skip
    yield "gestures on one just after the mail", [(60.0, SCANNER, "get", "1"), (70.0, SCANNER, "leave", "1")]
    yield "gestures on one after a HEAD", [
        (290.0, SCANNER, "head", "1"), (300.0, SCANNER, "get", "1"), (308.0, SCANNER, "leave", "1"),
    ]  # fmt: skip
    yield "gestures on one, probes with %27", [
        (300.0, SCANNER, "get", "1"), (301.0, SCANNER, "mangled", "1"), (308.0, SCANNER, "leave", "1"),
    ]  # fmt: skip
    yield "gestures on one, another looks at another one", [
        (300.0, SCANNER, "get", "1"), (308.0, SCANNER, "leave", "1"), (900.0, "203.0.113.10", "get", "3"),
    ]  # fmt: skip
    yield "gestures on one, from a filtering range", [
        (300.0, "40.107.3.4", "get", "1"), (308.0, "40.107.3.4", "leave", "1"),
    ]  # fmt: skip
    yield from lone_pressers()
    yield "leaves before three seconds", [(300.0, SCANNER, "get", "1"), (302.0, SCANNER, "leave", "1")]
    yield "probes only", [(10.0, SCANNER, "mangled", box) for box in "321"]
    yield "forwarded after two days to a scanner", [
        *look_at_all(COLLEAGUE, 2 * DAY), *[(2 * DAY + 4, COLLEAGUE, "head", box) for box in "12"],
    ]  # fmt: skip
    yield "presses after the window", [
        (29.9 * DAY, SCANNER, "get", "1"), (30.2 * DAY, SCANNER, "press", "1"),
    ]  # fmt: skip


def presses_each(source: str, at: float, order: Iterable[str], pause: float) -> list[Step]:
    """Each box opened, and pressed 5 s later."""
    return [
        step
        for number, box in enumerate(order)
        for step in (
            (at + pause * number, source, "get", box),
            (at + pause * number + 5, source, "press", box),
        )
    ]


def suspects() -> Iterator[tuple[str, list[Step]]]:
    """Traces of machines up to the press of one button, each from one address and program."""
    yield "opens all, one of them twice", [
        *look_at_all(SCANNER, 300), (303.0, SCANNER, "get", "1"), (306.0, SCANNER, "press", "1"),
    ]  # fmt: skip
    yield "opens all, one of them again after 12 s", [
        *look_at_all(SCANNER, 300), (312.0, SCANNER, "get", "1"), (318.0, SCANNER, "press", "1"),
    ]  # fmt: skip
    for pause in (12.0, 29.0, 31.0, 65.0, 200.0):
        for box in "31":
            yield f"opens all {pause:.0f} s apart, box {box}", [
                *look_at_all(SCANNER, 300, pause=pause), (306 + 2 * pause, SCANNER, "press", box),
            ]  # fmt: skip
    yield "opens all, probes a choice", [
        *look_at_all(SCANNER, 300), (301.0, SCANNER, "probe", "1"), (306.0, SCANNER, "press", "1"),
    ]  # fmt: skip
    for act in ("head", "mangled", "probe", "footer"):
        for after in (-2.0, 3.0):
            yield f"one link, {act} {after:+.0f} s", [
                (300.0, SCANNER, "get", "1"), (300 + after, SCANNER, act, "1"), (306.0, SCANNER, "press", "1"),
            ]  # fmt: skip
    yield "HEAD on all, opens two", [
        *[(299.0, SCANNER, "head", box) for box in "321"],
        *look_at_all(SCANNER, 300, "31"), (306.0, SCANNER, "press", "1"),
    ]  # fmt: skip


def lone_pressers() -> Iterator[tuple[str, list[Step]]]:
    """Machines that press on one page only: nothing contradicts them."""
    for box in "321":
        yield f"opens all, presses {box} after 5 s, and again what comes back", [
            *look_at_all(SCANNER, 300), (305.0, SCANNER, "press", box), (310.0, SCANNER, "press", f"?{box}"),
            (315.0, SCANNER, "press", f"?{box}"),
        ]  # fmt: skip
        several = [(300.0 + int(each), f"203.0.113.{each}", "get", each) for each in "321"]
        yield f"opens each from another address, presses {box}", [
            *several, (307.0, f"203.0.113.{box}", "press", box),
        ]  # fmt: skip
        yield f"opens all, presses {box} at once, then what comes back", [
            *look_at_all(SCANNER, 300), (300.7, SCANNER, "press", box), (306.0, SCANNER, "press", f"?{box}"),
        ]  # fmt: skip
    for name, trace in suspects():
        yield f"{name}, presses once", trace
    yield "presses what comes back just after the mail", [
        *look_at_all(SCANNER, 5, pause=12), (45.0, SCANNER, "press", "1"), (60.0, SCANNER, "press", "?1"),
    ]  # fmt: skip
    yield "says another thing each time it is asked", [
        *look_at_all(SCANNER, 300, pause=12), (330.0, SCANNER, "press", "1"),
        (345.0, SCANNER, "press", "?1"), (360.0, SCANNER, "press", "?3"),
    ]  # fmt: skip
    yield "presses what comes back and opens the next", [
        *look_at_all(SCANNER, 300, pause=12), (330.0, SCANNER, "press", "1"),
        (345.0, SCANNER, "press", "?1"), (350.0, SCANNER, "get", "2"),
    ]  # fmt: skip
    yield "opens two, presses one", [*look_at_all(SCANNER, 300, "31"), (306.0, SCANNER, "press", "1")]
    for order in permutations("321"):
        for pause in (65.0, 70.0, 170.0):
            yield f"presses {''.join(order)}, {pause:.0f} s apart", presses_each(SCANNER, 300, order, pause)
    yield (
        "opens one link only and presses at once",
        [(2.0, SCANNER, "get", "1"), (2.6, SCANNER, "press", "1")],
    )
    yield "opens one link from a filtering range and presses", [
        (2.0, "40.107.3.4", "get", "1"), (9.0, "40.107.3.4", "press", "1"), (25.0, "40.107.3.4", "press", "?1"),
    ]  # fmt: skip
    yield "presses all ten minutes after delivery, from two addresses", [
        *look_at_all(SCANNER, 600, pause=4), *look_at_all("203.0.113.10", 600, "123", pause=4),
        *[(615.0 + number, SCANNER, "press", box) for number, box in enumerate("13")],
        (617.0, "203.0.113.10", "press", "2"),
    ]  # fmt: skip
    yield "fetches ahead, then gestures on one", [
        *[(299.0, SCANNER, "ahead", box) for box in "321"],
        (300.0, SCANNER, "get", "1"), (301.0, SCANNER, "get", "3"), (309.0, SCANNER, "leave", "1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "trace"), list(scanners()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_machine_leaves_no_answer(replay: Replay, name: str, trace: list[Step]) -> None:
    asked = replay.play(trace)
    assert replay.standing(asked) == []
    assert replay.open_tickets(asked) == 0


@pytest.mark.parametrize(
    ("name", "trace"), list(suspects()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_machine_that_reads_what_it_is_asked_is_never_confirmed(
    replay: Replay, name: str, trace: list[Step]
) -> None:
    """It waits for the page that asks and presses there, twice: at most provisional, with a ticket that says so."""
    last = max(step[0] for step in trace)
    asked = replay.play([*trace, (last + 12, SCANNER, "press", "?1"), (last + 40, SCANNER, "press", "?1")])
    assert replay.standing(asked) == [("1", "provisional")]
    tickets = replay.session.scalars(select(Ticket).where(Ticket.order_id == asked.order_id)).all()
    assert [ticket.is_confirmed for ticket in tickets] == [False]


Person = Callable[[Random, float], tuple[list[Step], str]]
"""How a person answers from a moment on: the steps, and the box that must count."""


def plainly(random: Random, at: float) -> tuple[list[Step], str]:
    box, read = random.choice("123"), random.uniform(1.5, 60)
    return [
        (at, PERSON, "get", box),
        (at + read, PERSON, "press", box),
        (at + read + 1, PERSON, "thanks", ""),
    ], box


def other_box_of_the_page(random: Random, at: float) -> tuple[list[Step], str]:
    opened, box = random.sample("123", 2)
    return [(at, PERSON, "get", opened), (at + random.uniform(3, 40), PERSON, "press", opened + box)], box


def twice(random: Random, at: float) -> tuple[list[Step], str]:
    """A double press: the form is sent two times."""
    box = random.choice("123")
    return [
        (at, PERSON, "get", box), (at + 5, PERSON, "press", box), (at + 5.2, PERSON, "press", box),
    ], box  # fmt: skip


def looks_at_two(random: Random, at: float) -> tuple[list[Step], str]:
    """Opens a wrong box, goes back to the mail, opens the right one, presses there; once more where that is asked."""
    wrong, box = random.sample("123", 2)
    back = random.choice([3.0, 9.0, 50.0, 90.0])
    return [
        (at, PERSON, "get", wrong), (at + back, PERSON, "get", box), (at + back + 7, PERSON, "press", box),
        (at + back + 25, PERSON, "press", "?" + box),
    ], box  # fmt: skip


def changes_their_mind(random: Random, at: float) -> tuple[list[Step], str]:
    first, box = random.sample("123", 2)
    later = at + random.choice([70, HOUR, 3 * DAY])
    steps, _ = [(at, PERSON, "get", first), (at + 6, PERSON, "press", first)], first
    return [*steps, (later, PERSON, "get", box), (later + 6, PERSON, "press", box)], box


def is_asked_again(random: Random, at: float) -> tuple[list[Step], str]:
    """Presses on two pages within a minute, reads the question, and answers it."""
    first, box = random.sample("123", 2)
    return [
        (at, PERSON, "get", first), (at + 5, PERSON, "press", first),
        (at + 12, PERSON, "get", box), (at + 18, PERSON, "press", box), (at + 33, PERSON, "press", "?" + box),
    ], box  # fmt: skip


def leaves_and_comes_back(random: Random, at: float) -> tuple[list[Step], str]:
    box = random.choice("123")
    later = at + random.choice([60, HOUR, DAY])
    return [
        (at, PERSON, "get", box), (at + 9, PERSON, "leave", box),
        (later, PERSON, "get", box), (later + 8, PERSON, "press", box),
    ], box  # fmt: skip


def slowly(random: Random, at: float) -> tuple[list[Step], str]:
    """The page stays open over night; no script."""
    box = random.choice("123")
    return [(at, PERSON, "get", box), (at + 20 * HOUR, PERSON, "press", box)], box


def forwards(random: Random, at: float) -> tuple[list[Step], str]:
    """Two who share a mail: the last word counts."""
    first, box = random.choice("123"), random.choice("123")
    return [
        (at, PERSON, "get", first), (at + 8, PERSON, "press", first),
        (at + 2 * DAY, COLLEAGUE, "get", box), (at + 2 * DAY + 8, COLLEAGUE, "press", box),
    ], box  # fmt: skip


def with_a_hasty_browser(random: Random, at: float) -> tuple[list[Step], str]:
    """It fetches all boxes ahead; the page itself is fetched once more."""
    box = random.choice("123")
    ahead: list[Step] = [(at - 1, PERSON, "ahead", each) for each in "321"]
    return [*ahead, (at, PERSON, "get", box), (at + 4, PERSON, "press", box)], box


def behind_a_filter_of_the_same_address(random: Random, at: float) -> tuple[list[Step], str]:
    """The filter of the house opens all boxes the moment before; on the same page, or a moment after (SafeLinks)."""
    box, pause = random.choice("123"), random.choice([-0.5, 0.5])
    return [
        *look_at_all(FILTER, at + pause, pause=0.05), (at + pause, FILTER, "head", "1"), (at, PERSON, "get", box), (at + 5, PERSON, "press", box),
    ], box  # fmt: skip


def behind_a_probing_filter(random: Random, at: float) -> tuple[list[Step], str]:
    """It shares the address: HEAD, probes, footer links and all boxes at its own pace, before and after the person."""
    box, since = random.choice("123"), at + random.choice([-9.0, -3.0, 12.0])
    acts = [(FILTER, act, "1") for act in ("head", "mangled", "probe", "footer")]
    return [
        (at, PERSON, "get", box), (at + 6, PERSON, "press", box),
        *[(since + number, *act) for number, act in enumerate(acts)], *look_at_all(FILTER, since, pause=12),
    ], box  # fmt: skip


def on_two_devices(random: Random, at: float) -> tuple[list[Step], str]:
    """Opens one box on the phone, another one on the computer at home, and presses there."""
    first, box = random.choice("123"), random.choice("123")
    phone = f"{PERSON}|Phone"
    return [
        (at, phone, "get", first), (at + 30, PERSON, "get", box), (at + 42, PERSON, "press", box),
    ], box  # fmt: skip


def opens_it_often(random: Random, at: float) -> tuple[list[Step], str]:
    """The same box five times, days between; the mail program looks for its preview with HEAD."""
    box = random.choice("123")
    looks: list[Step] = [(at + day * DAY, PERSON, "get", box) for day in range(5)]
    return [
        (at, f"{PERSON}|Mail program", "head", box),
        *looks,
        (at + 4 * DAY + 9, PERSON, "press", box),
    ], box


def reads_the_footer_later(random: Random, at: float) -> tuple[list[Step], str]:
    box = random.choice("123")
    return [
        (at, PERSON, "get", box), (at + 8, PERSON, "press", box), (at + 9, PERSON, "footer", "a"),
        (at + 30, PERSON, "press", box),
    ], box  # fmt: skip


def looks_at_all_over_a_day(random: Random, at: float) -> tuple[list[Step], str]:
    box = random.choice("123")
    looks: list[Step] = [(at + 4 * HOUR * number, PERSON, "get", each) for number, each in enumerate("321")]
    return [*looks, (at + 9 * HOUR, PERSON, "get", box), (at + 9 * HOUR + 8, PERSON, "press", box)], box


def back_and_forth(random: Random, at: float) -> tuple[list[Step], str]:
    """One thing, another one, and the first again."""
    other, box = random.sample("123", 2)
    return [
        step
        for number, each in enumerate((box, other, box))
        for step in ((at + 90 * number, PERSON, "get", each), (at + 90 * number + 7, PERSON, "press", each))
    ], box


PEOPLES: tuple[Person, ...] = (
    plainly, plainly, plainly, other_box_of_the_page, twice, looks_at_two, changes_their_mind, is_asked_again,
    leaves_and_comes_back, slowly, forwards, with_a_hasty_browser, behind_a_filter_of_the_same_address, behind_a_probing_filter,
    on_two_devices, opens_it_often, reads_the_footer_later, looks_at_all_over_a_day, back_and_forth,
)  # fmt: skip


BESIDE_A_FILTER = (behind_a_filter_of_the_same_address, behind_a_probing_filter)


def presses_all(source: str, at: float) -> list[Step]:
    """Opens the boxes one after the other and presses on each page after 5 s."""
    return [
        step
        for number, box in enumerate("132")
        for step in (
            (at + 12 * number, source, "get", box),
            (at + 12 * number + 5, source, "press", box),
        )
    ]


def company(random: Random, at: float) -> list[Step]:
    """What a scanner does around a person's answer: nothing, before it, 12 s after it, or two days later; some press."""
    kinds: tuple[list[Step], ...] = (
        [],
        look_at_all(SCANNER, 3),
        [(2.0, SCANNER, "head", "1"), *look_at_all(SCANNER, 4)],
        look_at_all(SCANNER, at + 12),
        [(at + 12, SCANNER, "mangled", "1"), (at + 12.5, SCANNER, "footer", "a")],
        look_at_all(COLLEAGUE, at + 3 * DAY),
        presses_all(SCANNER, 5),
        presses_all(SCANNER, at + 12),
        presses_all(SCANNER, at + 4 * DAY),
        [(at - 0.2, SCANNER, "head", "1"), (at - 0.1, SCANNER, "get", "1")],
    )
    return random.choice(kinds)


def test_hardly_a_person_is_lost(replay: Replay) -> None:
    random = Random(7)
    lost = []
    for number in range(PEOPLE):
        at = random.choice([15.0, 130.0, HOUR, 9 * DAY])
        person = PEOPLES[number % len(PEOPLES)]
        steps, box = person(random, at)
        around = [] if person in BESIDE_A_FILTER else company(random, at)
        asked = replay.play([*steps, *around])
        if replay.standing(asked) != [(box, "confirmed")]:
            lost.append((person.__name__, sorted(steps), replay.standing(asked)))
    assert len(lost) < LOST_SHARE * PEOPLE, lost


def who_looks_like_a_machine() -> Iterator[tuple[str, list[Step]]]:
    """People who do what only machines do: asked once more, then provisional; a colleague may confirm it."""
    yield "the filter has their address and program", [
        *look_at_all(PERSON, 5), (HOUR, PERSON, "get", "1"), (HOUR + 5, PERSON, "press", "1"),
        (HOUR + 20, PERSON, "press", "?1"),
    ]  # fmt: skip
    yield "curious about all boxes", [
        *look_at_all(PERSON, 300, "123", pause=20), (350.0, PERSON, "press", "3"), (350.5, PERSON, "press", "3"),
        (365.0, PERSON, "press", "?1"),
    ]  # fmt: skip
    yield "three minds in three minutes", [
        *presses_each(PERSON, 300, "321", 70), (470.0, PERSON, "press", "?1"), (490.0, PERSON, "press", "?1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "trace"),
    list(who_looks_like_a_machine()),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_person_who_looks_like_a_machine_is_not_lost(replay: Replay, name: str, trace: list[Step]) -> None:
    asked = replay.play(trace)
    assert replay.standing(asked) == [("1", "provisional")]
    assert replay.open_tickets(asked) == 1


def test_one_clean_press_of_another_source_outdoes_a_waiting_one(replay: Replay) -> None:
    machine = [*look_at_all(SCANNER, 300), (306.0, SCANNER, "press", "1"), (320.0, SCANNER, "press", "?1")]
    asked = replay.play([*machine, (330.0, PERSON, "get", "3"), (340.0, PERSON, "press", "3")])
    assert replay.standing(asked) == [("3", "confirmed")]
    assert replay.open_tickets(asked) == 0


def test_a_colleague_confirms_a_waiting_press_and_its_ticket(replay: Replay) -> None:
    asked = replay.play(next(who_looks_like_a_machine())[1])
    is_press = Touch.method == TouchMethod.POST
    press = replay.session.scalars(select(Touch.id).where(is_press).order_by(Touch.id.desc())).first()
    by = actor_of(make_agent(replay.session))
    switch_touch(touch_id=press or 0, label=TouchLabel.HUMAN, by=by, now=replay.now)
    replay.session.commit()
    replay.settle()
    assert replay.standing(asked) == [("1", "confirmed")]
    tickets = replay.session.scalars(select(Ticket).where(Ticket.order_id == asked.order_id)).all()
    assert [ticket.is_confirmed for ticket in tickets] == [True]


def test_three_minds_of_a_machine_give_a_person_back(replay: Replay) -> None:
    person: list[Step] = [(200.0, PERSON, "get", "1"), (208.0, PERSON, "press", "1")]
    asked = replay.play([*person, *presses_each(SCANNER, 400, "231", 70)])
    assert replay.standing(asked) == [("1", "confirmed")]
    assert replay.open_tickets(asked) == 1


def test_a_person_who_closes_the_page_is_provisional(replay: Replay) -> None:
    asked = replay.play([(200.0, PERSON, "get", "1"), (209.0, PERSON, "leave", "1")])
    assert replay.standing(asked) == [("1", "provisional")]
    assert replay.open_tickets(asked) == 1


def test_a_person_and_then_a_scanner_within_seconds(replay: Replay) -> None:
    """The button stands whatever comes after it."""
    person: list[Step] = [(200.0, PERSON, "get", "1"), (208.0, PERSON, "press", "1")]
    asked = replay.play([*person, *look_at_all(SCANNER, 220)])
    assert replay.standing(asked) == [("1", "confirmed")]
    assert replay.open_tickets(asked) == 1


@pytest.mark.parametrize("after", [12.0, 400.0])
@pytest.mark.parametrize("order", ["123", "321"])
def test_a_scanner_that_presses_all_does_not_undo_a_person(replay: Replay, order: str, after: float) -> None:
    """It contradicts itself from its own address: what stood before stands again, with its ticket."""
    person: list[Step] = [(200.0, PERSON, "get", "1"), (208.0, PERSON, "press", "1")]
    machine = [
        step
        for number, box in enumerate(order)
        for step in (
            (208 + after + 12 * number, SCANNER, "get", box),
            (213 + after + 12 * number, SCANNER, "press", box),
        )
    ]
    asked = replay.play([*person, *machine])
    assert replay.standing(asked) == [("1", "confirmed")]
    assert replay.open_tickets(asked) == 1


def test_two_at_odds_within_a_minute_are_asked_again(replay: Replay) -> None:
    """Neither says different things: nobody can tell which of them is the machine."""
    asked = replay.play([
        (200.0, PERSON, "get", "3"), (208.0, PERSON, "press", "3"),
        (210.0, COLLEAGUE, "get", "1"), (220.0, COLLEAGUE, "press", "1"),
    ])  # fmt: skip
    assert replay.standing(asked) == []
    assert replay.open_tickets(asked) == 0
