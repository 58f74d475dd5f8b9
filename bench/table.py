"""The table of figures: what was measured, what was aimed at, and whether it is met."""

import json

LABEL, VALUE, GOAL = 56, 12, 12
MET, MISSED = "ok", "missed"


def number(value):
    """Write a number: spaces between thousands, and as many decimals as matter."""
    if not isinstance(value, int | float):
        return str(value)
    size = abs(value)
    decimals = 0 if isinstance(value, int) or size >= 100 else 1 if size >= 10 else 2
    return f"{value:,.{decimals}f}".replace(",", " ")


class Table:
    """Rows in sections, printed at the end and kept as JSON for comparisons."""

    def __init__(self, title):
        self.title = title
        self.sections = {}

    def section(self, title):
        """Begin a section, or go on with it."""
        self.rows = self.sections.setdefault(title, [])

    def add(self, label, value, unit="", *, most=None, least=None):
        """Add a figure, with the most or the least that it should be."""
        goal = verdict = ""
        if most is not None:
            goal, verdict = f"≤ {number(most)}", MET if value <= most else MISSED
        elif least is not None:
            goal, verdict = f"≥ {number(least)}", MET if value >= least else MISSED
        self.rows.append((label, value, unit, goal, verdict))

    def note(self, text):
        """Add a line of words."""
        self.rows.append((text, None, "", "", ""))

    def __str__(self):
        ruler = "-" * (LABEL + VALUE + GOAL + 8)
        head = f"{'figure':<{LABEL}}{'measured':>{VALUE}}{'goal':>{GOAL}}"
        lines = [self.title, ruler, head]
        for title, rows in self.sections.items():
            lines += [ruler, title]
            lines += [self._line(*row) for row in rows]
        return "\n".join([*lines, ruler])

    @staticmethod
    def _line(label, value, unit, goal, verdict):
        if value is None:
            return f"  {label}"
        shown = f"{number(value)} {unit}".strip()
        label = f"  {label} "
        return f"{label:<{LABEL}}{shown:>{VALUE}}{goal:>{GOAL}}  {verdict}".rstrip()

    def save(self, path):
        """Keep the figures in a file."""
        names = ("figure", "measured", "unit", "goal", "verdict")
        kept = {
            title: [dict(zip(names, row, strict=True)) for row in rows]
            for title, rows in self.sections.items()
        }
        path.write_text(json.dumps({"title": self.title, **kept}, indent=1))
