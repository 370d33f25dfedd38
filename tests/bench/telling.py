"""What a benchmark measured, as one JSON line of a figure, with the machine it was measured on."""

import json
import os
import platform
from typing import Any


def tell(name: str, value: float, unit: str, **more: Any) -> None:
    line = {"name": name, "value": value, "unit": unit, **more}
    print(json.dumps({**line, "machine": f"{platform.machine()}, {os.cpu_count()} cores"}))


def tell_each(bench: str, figures: dict[str, float]) -> None:
    """Figures whose names end in their unit."""
    for name, value in figures.items():
        tell(f"{bench}.{name}", round(value, 1), name.rpartition("_")[2])
