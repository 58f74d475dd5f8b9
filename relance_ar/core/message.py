"""What goes into one message, and whether the message is worth sending."""

from collections.abc import Sequence

from .amounts import ZERO
from .facts import Decision, Reason
from .ladder import Phase


def part_in_message(message: Phase, line: Phase) -> str:
    """Return the part that a line plays in a message, by their phases.

    A preventive reminder asks for what is coming due, any other for what is overdue. A
    formal notice asks only for the lines that have come that far: the others are
    mentioned.

    :return: ``to_pay``, ``also_due`` or ``coming_due``
    """
    if message == line == Phase.PREVENTIVE:
        return "to_pay"
    if line == Phase.PREVENTIVE:
        return "coming_due"
    if message >= Phase.FORMAL_NOTICE > line:
        return "also_due"
    return "to_pay"


def claimed(decisions: Sequence[Decision]) -> list[Decision]:
    """Return what a message asks to pay among these; the rest is mentioned."""
    firmest = max((d.level.phase for d in decisions), default=Phase.PREVENTIVE)
    return [d for d in decisions if part_in_message(firmest, d.level.phase) == "to_pay"]


def guard_messages(decisions: list[Decision]) -> None:
    """Withdraw a message whose own lines do not exceed the debtor's credits.

    Overdue lines make one message, which only mentions what is coming due; without
    them, what is coming due makes a message of its own. Lines that wait for our
    side or for a contact make no message yet: they are withdrawn only where nothing
    at all is owed.
    """
    due = [decision for decision in decisions if decision.due]
    if not due:
        return
    credits = [d.line for d in decisions if d.line.residual < 0]
    preventive, overdue, waiting = [], [], []
    for decision in due:
        if decision.waits_for:
            waiting.append(decision)
        elif decision.level.phase == Phase.PREVENTIVE:
            preventive.append(decision)
        else:
            overdue.append(decision)
    if not _trim_message(overdue, credits):
        _trim_message(preventive, credits)
    _withdraw(waiting, waiting and _net_problem(due, credits))


def _trim_message(message, credits):
    """Withdraw what is not worth sending; return what remains of the message.

    Too little for the firmest step does not silence the milder ones.
    """
    if not message:
        return message
    firmest = max((d.level for d in message), key=lambda level: level.rank)
    asked = claimed(message)
    problem, without = _net_problem(asked, credits), asked
    if not problem:
        problem = _below_minimum(asked, credits, firmest.minimum)
        without = [d for d in message if d.level == firmest]
    if not problem:
        return message
    _withdraw(without, problem)
    return _trim_message([d for d in message if d.due], credits)


def _below_minimum(asked, credits, minimum):
    """Return that a message asks for too little, in the company's currency."""
    lines = [*(decision.line for decision in asked), *credits]
    if minimum and sum(line.principal for line in lines) < minimum:
        return Reason("below_minimum", {"minimum": minimum})
    return None


def _net_problem(message, credits):
    lines = [decision.line for decision in message]
    if sum((line.residual for line in [*lines, *credits]), ZERO) > 0:
        return None
    return Reason("net_not_positive")


def _withdraw(decisions, reason):
    for decision in decisions if reason else ():
        decision.due, decision.next_date = False, None
        decision.found.append(reason)
