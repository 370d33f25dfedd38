"""What a definition of a figure says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`name`, `definition`, `formula` and `leaves_out` are English msgids, shown to the reader on demand."""

    key: str
    name: str
    unit: str
    definition: str
    formula: str
    leaves_out: str
