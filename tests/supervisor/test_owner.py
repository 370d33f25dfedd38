"""Where an unprivileged user can work: reachable folders, and a fixed other place when there is none."""

import os
from pathlib import Path

import pytest

from hub.supervisor.owner import Owner, can_reach, data_home, make_private, reachable_copy

STRANGER = Owner("stranger", 65_000, 65_000)


def test_data_stays_inside_a_folder_that_everybody_can_walk_through(tmp_path: Path) -> None:
    assert data_home(tmp_path / "var", None) == tmp_path / "var" / "data"


def test_below_a_closed_home_another_fixed_place_is_chosen(tmp_path: Path) -> None:
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    assert not can_reach(STRANGER, closed / "checkout" / "var")
    home = data_home(closed / "checkout" / "var", STRANGER)
    assert home == data_home(closed / "checkout" / "var", STRANGER)
    assert not home.is_relative_to(closed)
    assert home != data_home(closed / "other" / "var", STRANGER)


def test_programs_below_a_closed_home_are_copied_to_where_they_can_be_run(tmp_path: Path) -> None:
    programs, home = tmp_path / "closed" / "package" / "programs", tmp_path / "home"
    (programs / "bin").mkdir(parents=True)
    (tmp_path / "closed" / "package.libs").mkdir()
    (tmp_path / "closed" / "package.libs" / "lib.so").write_text("library", encoding="ascii")
    (programs / "bin" / "postgres").write_text("here", encoding="ascii")
    (tmp_path / "closed").chmod(0o700)
    home.mkdir()
    assert reachable_copy(programs, home, None) == programs
    copy = reachable_copy(programs, home, STRANGER)
    assert (copy / "bin" / "postgres").read_text(encoding="ascii") == "here"
    assert (copy.parents[1] / "package.libs" / "lib.so").read_text(encoding="ascii") == "library"
    assert reachable_copy(programs, home, STRANGER) == copy


def test_a_folder_that_somebody_else_put_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        make_private(tmp_path / "home", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands folders to another user")
def test_a_private_folder_belongs_to_its_owner(tmp_path: Path) -> None:
    make_private(tmp_path / "home", STRANGER)
    assert (tmp_path / "home").stat().st_uid == STRANGER.uid
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700
