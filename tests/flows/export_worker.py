"""A worker process of its own for the faults of nightly files: writes what the night owes, until killed or done."""

from multiprocessing.connection import Connection

from config import load
from hub.app import create_app
from hub.statistics.exports.working import work_figure_exports


def main(environ: dict[str, str], _line: Connection) -> None:
    app = create_app(load(environ))
    with app.app_context():
        while work_figure_exports(lambda: None):
            pass
