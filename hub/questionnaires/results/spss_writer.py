"""The program that writes a .sav file. It knows nothing else of the house, so that it starts at once and stays small.

It reads lines of JSON: first what the file says of its variables, then a row each, then null; without the null it has been
left alone and writes nothing.
"""

import json
import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any


def write(path: str, lines: Iterable[str]) -> bool:
    """Numbers as 8 bytes each, so that a hundred thousand rows stay small. False when the lines end too early."""
    source = iter(lines)
    head = json.loads(next(source))
    columns: list[Any] = [[] if each["is_text"] else array("d") for each in head["variables"]]
    blanks = ["" if each["is_text"] else float("nan") for each in head["variables"]]
    for line in source:
        row = json.loads(line)
        if row is None:
            _save(path, head, columns)
            return True
        for column, cell, blank in zip(columns, row, blanks, strict=True):
            column.append(blank if cell is None else cell)
    return False


def _save(path: str, head: dict[str, Any], columns: Sequence[Any]) -> None:
    import narwhals as nw
    import numpy as np
    import pyreadstat

    variables = head["variables"]
    cells = (each if isinstance(each, list) else np.array(each) for each in columns)
    names = [each["name"] for each in variables]
    pyreadstat.write_sav(
        nw.from_dict(dict(zip(names, cells, strict=True)), backend="pandas").to_native(),
        path,
        file_label=head["title"],
        column_labels={each["name"]: each["label"] for each in variables},
        variable_value_labels={
            each["name"]: dict(each["meanings"]) for each in variables if each["meanings"]
        },
        variable_measure={each["name"]: each["measure"] for each in variables},
        variable_format={each["name"]: each["form"] for each in variables if not each["is_text"]},
        row_compress=True,
    )


if __name__ == "__main__":
    sys.exit(0 if write(sys.argv[1], sys.stdin) else 1)
