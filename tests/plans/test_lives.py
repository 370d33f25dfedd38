"""Lives of one customer through the built-in plans of today, as tables: the exact messages in both arms."""

import pytest

from tests.plans.lives import Lives, Script, orders

SECOND = ("D+2 16:00", orders("A2", euros=30))
FIRST = ("D0 10:00", orders("A1", euros=50))
WELCOME: list[tuple[str, Script, list[str], list[str]]] = [
    (
        "no second order",
        [FIRST],
        ["2026-03-04 10:00 welcome_first_order", "2026-03-07 10:00 second_purchase_standard"],
        ["2026-03-04 10:00 (welcome)", "2026-03-07 10:00 (second_purchase)"],
    ),
    (
        "a second order on day 2",
        [FIRST, SECOND],
        ["2026-03-04 10:00 welcome_first_order"],
        ["2026-03-04 10:00 (welcome)"],
    ),
    (
        "cancelled at once",
        [FIRST, ("D0 11:00", orders("A1", euros=50, state="cancelled"))],
        [],
        [],
    ),
    (
        "ordered at night: mails wait for the morning, what follows counts from the sending",
        [("D0 23:30", orders("A1", euros=50))],
        ["2026-03-05 07:00 welcome_first_order", "2026-03-08 07:00 second_purchase_standard"],
        ["2026-03-04 23:30 (welcome)", "2026-03-07 23:30 (second_purchase)"],
    ),
]


@pytest.mark.parametrize(
    ("script", "treated", "control"), [row[1:] for row in WELCOME], ids=[row[0] for row in WELCOME]
)
@pytest.mark.parametrize("control_percent", [0, 100])
def test_the_welcome_pack(
    lives: Lives, script: Script, treated: list[str], control: list[str], control_percent: int
) -> None:
    lives.of("welcome_pack", control_percent=control_percent)
    lived = lives.live(*script, until="D+20")
    assert lived.messages == (control if control_percent else treated)
