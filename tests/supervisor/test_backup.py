"""A backup put back gives the same rows and files."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from config import Config
from hub.core import files
from hub.core.db import db
from hub.supervisor import backup


def test_a_restored_base_says_the_same(app: Flask, settings: Config, tmp_path: Path) -> None:
    shelf, archive = tmp_path / "files", tmp_path / "today.tar.gz"
    files.use_folder(shelf)
    digest = files.keep(b"a photo of a broken lamp")
    assert settings.database_url
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("INSERT INTO regions (name, sort_key) VALUES ('Est', 'est')"))
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
