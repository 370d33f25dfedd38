"""Hands answers to a process of its own that writes a .sav file: what the library needs is given back when that ends."""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO, Any

from hub.questionnaires.results.exporting import Value
from hub.questionnaires.results.spss import LONGEST_TITLE, TEXT, Variable, cut

WRITER = "hub.questionnaires.results.spss_writer"
HOUSE = Path(__file__).parents[3]
MOST_SECONDS = 300
ONE_AT_A_TIME = Lock()
"""Each web worker has at most one such process."""


def open_sav(title: str, variables: Sequence[Variable], rows: Iterable[Sequence[Value]]) -> IO[bytes]:
    """The written file, which is gone when it is closed. Raises RuntimeError when it could not be written."""
    with ONE_AT_A_TIME, TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        program = [sys.executable, "-m", WRITER, str(path)]
        with Popen(program, stdin=PIPE, text=True, encoding="utf-8", cwd=HOUSE) as process:
            try:
                _tell(process, title, variables, rows)
                process.wait(MOST_SECONDS)
            finally:
                process.kill()  # where it has not ended by itself
        if process.returncode:
            raise RuntimeError(f"The .sav file could not be written: exit code {process.returncode}")
        return path.open("rb")


def _tell(
    process: Popen[str], title: str, variables: Sequence[Variable], rows: Iterable[Sequence[Value]]
) -> None:
    if process.stdin is None:
        raise RuntimeError("The process that writes the file hears nothing.")
    with process.stdin as line:
        line.write(
            json.dumps({"title": cut(title, LONGEST_TITLE), "variables": [_told(each) for each in variables]})
            + "\n"
        )
        for row in rows:
            cells = [variable.value(cell) for variable, cell in zip(variables, row, strict=True)]
            line.write(json.dumps(cells) + "\n")
        line.write("null\n")


def _told(variable: Variable) -> dict[str, Any]:
    return {
        "name": variable.name,
        "label": variable.label,
        "form": variable.form,
        "is_text": variable.form == TEXT,
        "measure": variable.measure.value,
        "meanings": variable.meanings,
    }
