"""What the runs to come would do: the decisions played forward, nothing written.

Answers "what would the run of 15 December do?" without skipping the contacts that take
place until then.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from .calendar import Calendar, NoWorkingDayError, shift
from .schedule import Contact, Debtor, Decision, Phase, Scenario, decide


def foresee(
    debtor: Debtor, scenario: Scenario, first: date, last: date, calendar: Calendar
) -> Iterator[tuple[date, list[Decision]]]:
    """Yield the contacts with a debtor between two days, as day and decisions.

    Each contact that can take place is taken as made on its day, and nothing as paid.
    What is held, or reaches nobody, is yielded once and then waits: for a later step
    that reaches somebody, at most. The debtor given stays as it was.
    """
    debtor = replace(debtor)
    waiting = set()
    day = first
    while day <= last:
        try:
            contact_day = calendar.next_working_day(day)
        except NoWorkingDayError:
            return
        if contact_day > last:
            return
        decisions = decide(debtor, scenario, day, calendar)
        due = [
            d for d in decisions if d.due and not (d.waits_for and d.line.id in waiting)
        ]
        if due:
            yield contact_day, due
            made = [d for d in due if not d.waits_for]
            _take_as_made(debtor, made, contact_day)
            waiting |= {d.line.id for d in due if d.waits_for}
            waiting -= {d.line.id for d in made}
            day = shift(contact_day, 1)
        else:
            to_come = [
                # What is withdrawn has no day: any day may change what is owed.
                d.next_date or contact_day
                for d in decisions
                if d.level and not (d.held and d.line.id in waiting)
            ]
            tomorrow = shift(contact_day, 1)
            day = max(min(to_come, default=shift(last, 1)), tomorrow)


def _take_as_made(debtor, made, day):
    """Bring the facts to where a contact leaves them."""
    if not made:
        return
    # Other lines take the place of those reached: the reasons given stay as they were.
    reached = {d.line.id: d.level.rank for d in made}
    debtor.lines = [
        replace(line, reached=reached[line.id], reached_on=day)
        if line.id in reached
        else line
        for line in debtor.lines
    ]
    lead = max(made, key=lambda decision: decision.level.rank)
    debtor.last_contact = Contact(day, lead.channel)
    if lead.level.phase > Phase.PREVENTIVE:
        granted = lead.level.granted
        debtor.deadline = shift(day, granted) if granted else None
