"""Who may do what, and what a password or a PIN must be."""

from datetime import timedelta

import pytest

from hub.core.errors import Invalid
from hub.staff import rules
from hub.staff.words import Permission, Role
from tests.conftest import TUESDAY


def test_every_role_has_its_permissions_and_only_administrators_edit_settings() -> None:
    assert set(rules.PERMISSIONS) == set(Role)
    may_edit = {role for role in Role if Permission.EDIT_SETTINGS in rules.PERMISSIONS[role]}
    assert may_edit == {Role.ADMINISTRATOR}


def test_six_failures_close_the_door_for_a_while() -> None:
    failed = [TUESDAY + timedelta(minutes=minute) for minute in range(6)]
    now = TUESDAY + timedelta(minutes=6)
    assert rules.wait_seconds(failed[:5], now) == 0
    assert rules.wait_seconds(failed, now) == 9 * 60
    assert rules.wait_seconds(failed, TUESDAY + timedelta(minutes=15)) == 0


@pytest.mark.parametrize("password", ["short", "a" * 201, "aaaaaaaaaaaa", "Ada Martin Ada", "abababababab"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid):
        rules.check_password(password, name="Ada Martin Ada", email="ada@verel.example")


def test_a_few_words_are_a_good_password() -> None:
    rules.check_password("correct horse battery", name="Ada", email="ada@verel.example")


@pytest.mark.parametrize("pin", ["123", "1234567", "12a4", "1111", "1234", "9876", "٣٤٥٦", ""])
def test_weak_pins_are_refused(pin: str) -> None:
    with pytest.raises(Invalid):
        rules.check_pin(pin)


def test_a_pin_has_four_to_six_digits() -> None:
    for pin in ("4071", "40713", "407131"):
        rules.check_pin(pin)
