"""Decisions on one debtor, and what the tests look at in them."""

from core.calendar import Calendar
from core.schedule import Debtor, decide

EMAIL, PHONE, LETTER, REGISTERED = "email", "phone", "letter", "registered_letter"
EVERY_CHANNEL = frozenset({EMAIL, PHONE, LETTER, REGISTERED})
EUR, USD = 1, 2
FRANCE = Calendar()


def run(today, *lines, scenario, calendar=FRANCE, **debtor):
    """Decide for one debtor, who can be reached by every channel unless told."""
    facts = {"reachable": EVERY_CHANNEL, **debtor}
    return decide(Debtor(lines, **facts), scenario, today, calendar)


def run_one(today, only_line, **options):
    """Decide for a debtor with one line."""
    (decision,) = run(today, only_line, **options)
    return decision


def outcome(decision):
    """Return ``(due, level id, date)``."""
    level = decision.level
    return decision.due, level.id if level else None, decision.next_date


def codes(decision):
    """Return the codes of the reasons."""
    return [reason.code for reason in decision.reasons]


def reason(decision, code):
    """Return the parameters of the reason with this code."""
    (found,) = [r for r in decision.reasons if r.code == code]
    return found.params
