"""Draws docs/measures.md from the definitions of the figures: `.venv/bin/python -m tests.guards.measure_list` rewrites it."""

from hub.statistics.measures import BY_QUESTION, Measure
from tests.guards.house_map import ROOT

TARGET = ROOT / "docs" / "measures.md"
HEAD = """# Every figure, and how it is counted

Generated from `hub/statistics/measures/` by `.venv/bin/python -m tests.guards.measure_list`; do not edit.
The same words stand on the pages, under "How it is counted", in French and in English.
"""


def draw() -> str:
    parts = [HEAD]
    for question, measures in BY_QUESTION.items():
        parts.append(f"## {question}\n")
        parts += [_lines(measure) for measure in measures]
    return "\n".join(parts)


def _lines(measure: Measure) -> str:
    return (
        f"### {measure.name} (`{measure.key}`, {measure.unit})\n\n{measure.definition}\n\n"
        f"- Formula: {measure.formula}\n- Left out: {measure.leaves_out}\n"
    )


if __name__ == "__main__":
    TARGET.write_text(draw())
