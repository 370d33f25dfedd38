"""A backup put back gives the same rows and files."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from config import Config
from hub.core import files
from hub.core.db import db
from hub.supervisor import backup
from hub.supervisor.binaries import debian_programs
from hub.supervisor.embedded import Plant
from tests.supervisor.conftest import ask


def test_a_restored_base_says_the_same(app: Flask, settings: Config, tmp_path: Path) -> None:
    shelf, archive = tmp_path / "files", tmp_path / "today.tar.gz"
    files.use_folder(shelf)
    digest = files.keep(b"a photo of a broken lamp")
    assert settings.database_url
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO regions (name, key, sort_key) VALUES ('Est', 'est', 'est')"))
        assert backup.back_up(settings.database_url, shelf, archive) > 0
        assert archive.stat().st_mode & 0o077 == 0, "readable by its owner only"
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM regions"))
        (shelf / digest[:2] / digest[2:]).unlink()
        db.engine.dispose()
        backup.restore(settings.database_url, shelf, archive)
        with db.engine.begin() as connection:
            assert connection.scalar(text("SELECT name FROM regions")) == "Est"
            connection.execute(text("DELETE FROM regions"))
        assert files.read(digest) == b"a photo of a broken lamp"


def test_what_is_no_backup_is_said(tmp_path: Path, settings: Config) -> None:
    import tarfile

    wrong = tmp_path / "wrong.tar"
    with tarfile.open(wrong, "w"):
        pass
    assert settings.database_url
    with pytest.raises(RuntimeError, match="is not a backup"):
        backup.restore(settings.database_url, tmp_path, wrong)


def test_a_damaged_backup_leaves_the_base_as_it_was(app: Flask, settings: Config, tmp_path: Path) -> None:
    import tarfile

    whole, damaged = tmp_path / "whole.tar.gz", tmp_path / "damaged.tar.gz"
    assert settings.database_url
    backup.back_up(settings.database_url, tmp_path / "none", whole)
    with tarfile.open(whole) as archive:
        archive.extract(backup.DUMP, tmp_path, filter="data")
    dump = tmp_path / backup.DUMP
    dump.write_bytes(dump.read_bytes()[:-2000])
    with tarfile.open(damaged, "w:gz") as archive:
        archive.add(dump, backup.DUMP)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO regions (name, key, sort_key) VALUES ('Ouest', 'ouest', 'ouest')")
            )
        db.engine.dispose()
        with pytest.raises(RuntimeError, match="pg_restore"):
            backup.restore(settings.database_url, tmp_path / "none", damaged)
        with db.engine.begin() as connection:
            assert connection.scalar(text("SELECT name FROM regions")) == "Ouest"
            connection.execute(text("DELETE FROM regions"))


def test_a_server_of_debian_takes_a_backup_back(var: Path, tmp_path: Path) -> None:
    """PostgreSQL 15 knows one setting less than the pg_restore that comes along."""
    programs = debian_programs()
    if programs is None:
        pytest.skip("Debian's postgresql is not installed here")
    with Plant() as plant:
        url = plant.start(var, durable=False, programs=programs).database_url
        ask(url, "CREATE TABLE lamps (name text)")
        ask(url, "INSERT INTO lamps VALUES ('bent'), ('SET transaction_timeout = 0;')")
        backup.back_up(url, tmp_path / "none", tmp_path / "today.tar.gz")
        ask(url, "DELETE FROM lamps")
        backup.restore(url, tmp_path / "none", tmp_path / "today.tar.gz")
        assert len(ask(url, "SELECT name FROM lamps")) == 2
        plant.stop(forget=True)
