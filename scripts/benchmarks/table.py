"""The one table of scripts/bench, as Markdown: figures as measured, beside what they are judged by."""

from dataclasses import dataclass


@dataclass
class Goal:
    text: str
    held: bool


@dataclass
class Row:
    figure: str
    here: float | None
    beside: str  # what stands beside it
    there: float | None
    unit: str = ""
    goal: Goal | None = None

    @property
    def ratio(self):
        return None if self.here is None or not self.there else self.here / self.there


def at_least(row, ratio):
    """The row with a goal for its ratio."""
    row.goal = Goal(f"≥ {ratio:g} ×", row.ratio is not None and row.ratio >= ratio)
    return row


def at_most(row, ratio):
    row.goal = Goal(f"≤ {ratio:g} ×", row.ratio is not None and row.ratio <= ratio)
    return row


def below(row, limit):
    """The row with a goal for its own value, in its unit."""
    row.goal = Goal(f"< {said(limit, row.unit)}", row.here is not None and row.here < limit)
    return row


def said(value, unit):
    if value is None:
        return "—"
    digits = 2 if unit == "ms" and value < 100 else 0
    return f"{value:,.{digits}f} {unit}".rstrip()


def line(row):
    ratio = "" if row.ratio is None else f"{row.ratio:.3g}"
    goal = "" if row.goal is None else f"{row.goal.text}: {'held' if row.goal.held else '**missed**'}"
    cells = row.figure, said(row.here, row.unit), row.beside, said(row.there, row.unit), ratio, goal
    return f"| {' | '.join(cells)} |"


def markdown(rows):
    head = ["| figure | here | beside | | ratio | goal |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *map(line, rows)])
