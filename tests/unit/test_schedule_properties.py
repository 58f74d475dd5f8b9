"""What holds for one decision about any debtor, scenario, calendar and day."""

from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from core.calendar import Calendar
from core.schedule import Debtor, Level, Line, Phase, Scenario, claimed, decide
from hypothesis import example, given
from hypothesis import strategies as st

from .strategies import CHANNELS, EVERY_CHANNEL, cases, money


def outcome(decision):
    """Return what a run does with a line: due, level, date and channel."""
    level_id = decision.level.id if decision.level else None
    return decision.due, level_id, decision.next_date, decision.channel


def rank(decision):
    """Return the firmness of what happens now, below every level if nothing does."""
    return decision.level.rank if decision.due else (-1, 0)


def tells(decision, *codes):
    """Say whether one of these reasons is given."""
    return any(reason.code in codes for reason in decision.reasons)


def is_ready(decision):
    """Say whether the line is written about now."""
    return decision.due and decision.channel and not decision.held


@given(cases())
def test_same_facts_give_the_same_answer_and_stay_as_they_were(case):
    before = deepcopy(case)
    assert decide(*case) == decide(*before)
    assert case == before


@given(cases())
def test_each_line_has_its_decision_whatever_the_order_of_the_lines(case):
    debtor, *others = case
    decisions = decide(debtor, *others)
    assert [d.line for d in decisions] == debtor.lines
    backwards = decide(replace(debtor, lines=debtor.lines[::-1]), *others)
    assert backwards == decisions[::-1]


@given(cases())
def test_every_decision_has_a_reason(case):
    assert all(decision.reasons for decision in decide(*case))


@given(cases())
def test_date_is_always_a_day_to_come_on_which_both_sides_work(case):
    debtor, _scenario, today, calendar = case
    for decision in decide(*case):
        if decision.next_date:
            both = calendar.with_closings(debtor.closings)
            assert both.closed_because(decision.next_date) == ""
            assert decision.next_date >= today


@given(cases())
def test_due_means_the_first_working_day_of_the_run(case):
    _debtor, _scenario, today, calendar = case
    for decision in decide(*case):
        if decision.next_date:
            contact_day = calendar.next_working_day(today)
            assert decision.due is (decision.next_date == contact_day)
        else:
            assert decision.due is False


def step_date(line, level, scenario, calendar):
    """Return the day of a step; a season may bring the first preventive one forward."""
    day = line.maturity + timedelta(days=level.delay)
    early = calendar.early_day(line.maturity)
    if early and level == next(iter(scenario.prevention()), None):
        return min(day, early[0])
    return day


@given(cases())
def test_date_is_after_the_step_the_gap_the_deadline_and_the_hold(case):
    debtor, scenario, today, calendar = case
    for decision in decide(*case):
        day, level, line = decision.next_date, decision.level, decision.line
        if not day:
            continue
        step = step_date(line, level, scenario, calendar)
        assert day >= min(step, line.fast_from or step)
        if line.is_on_hold(today):
            assert day > line.hold_until
        if debtor.last_contact:
            gap = max(calendar.min_gap(day, scenario.min_gap), 1)
            assert day >= debtor.last_contact.on + timedelta(days=gap)
        if debtor.hold_until:
            assert day > debtor.hold_until
        if level.phase == Phase.PREVENTIVE:
            assert day <= line.maturity
        else:
            assert day > line.maturity
            if debtor.deadline:
                assert day >= debtor.deadline + timedelta(days=scenario.grace)


@given(cases())
def test_nothing_is_sent_for_credits_blocks_and_reminders_under_way(case):
    for decision in decide(*case):
        line = decision.line
        if line.residual <= 0 or line.blocks or line.pending:
            assert outcome(decision) == (False, None, None, None)


@given(cases())
def test_level_is_above_the_last_one_and_at_most_one_phase_higher(case):
    scenario = case[1]
    for decision in decide(*case):
        if decision.level:
            reached = decision.line.reached or (Phase.PREVENTIVE, -1000)
            assert decision.level.rank > reached
            between = {
                level.phase
                for level in scenario.levels
                if reached[0] < level.phase < decision.level.phase
            }
            assert not between


@given(cases())
def test_channel_is_allowed_usable_wanted_and_varied(case):
    debtor = case[0]
    for decision in decide(*case):
        if decision.level:
            reachable = debtor.reachable
            if (by_role := decision.line.reachable) is not None:
                reachable = by_role.get(decision.level.role, by_role[""])
            usable = [
                channel
                for channel in decision.level.channels
                if channel in reachable - debtor.refused
            ]
            last = debtor.last_contact and debtor.last_contact.channel
            fresh = [channel for channel in usable if channel != last]
            assert decision.channel == next(iter(fresh or usable), None)


@given(cases())
def test_run_on_a_closed_day_is_the_run_of_the_next_working_day(case):
    debtor, scenario, today, calendar = case
    later = decide(debtor, scenario, calendar.next_working_day(today), calendar)
    assert [outcome(d) for d in decide(*case)] == [outcome(d) for d in later]


# --------------------------------------------------------------------- the messages


@given(cases(), st.data())
def test_partial_payment_never_makes_the_tone_firmer_or_earlier(case, data):
    debtor, *others = case
    before = decide(debtor, *others)
    paid = data.draw(st.sampled_from(debtor.lines))
    payment = data.draw(money(1, 120000))
    smaller = replace(
        paid,
        residual=paid.residual - payment,
        worth=paid.worth and paid.worth - payment * abs(paid.worth / paid.residual),
    )
    lines = [smaller if line is paid else line for line in debtor.lines]
    after = decide(replace(debtor, lines=lines), *others)
    for old, new in zip(before, after, strict=True):
        assert rank(new) <= rank(old)
        if new.level:
            assert new.level == old.level
            assert new.next_date is None or new.next_date == old.next_date


@given(cases())
def test_message_is_always_about_a_net_amount_above_zero_and_its_minimum(case):
    debtor = case[0]
    decisions = decide(*case)
    for currency in {line.currency for line in debtor.lines}:
        ready = [d for d in decisions if d.line.currency == currency and is_ready(d)]
        message = claimed(ready)
        if message:
            credits = [
                line
                for line in debtor.lines
                if line.residual < 0 and line.currency == currency
            ]
            lines = [*(d.line for d in message), *credits]
            assert sum(line.residual for line in lines) > 0
            lead = max(message, key=lambda d: d.level.rank)
            if minimum := lead.level.minimum:
                assert sum(line.principal for line in lines) >= minimum


@given(cases(credits=False))
def test_what_is_held_neither_carries_nor_cancels_what_is_ready(case):
    debtor, *others = case
    free = [line for line in debtor.lines if not line.held]
    alone = decide(replace(debtor, lines=free), *others)
    together = [d for d in decide(*case) if not d.held]
    assert [outcome(d) for d in together] == [outcome(d) for d in alone]


@given(cases(credits=False))
def test_line_that_nobody_can_be_told_of_does_not_weigh_on_the_others(case):
    debtor, *others = case
    decisions = decide(*case)
    told = [d.line for d in decisions if d.channel or not d.due]
    alone = decide(replace(debtor, lines=told), *others)
    together = [d for d in decisions if d.channel or not d.due]
    assert [d.due for d in together] == [d.due for d in alone]


# --------------------------------------------------------- announced, and then done


AROUND_A_WEEK_END = (
    Debtor([Line(1, date(2026, 3, 2), Decimal(100))], reachable=EVERY_CHANNEL),
    Scenario(
        (
            Level(1, Phase.LEVEL_1, 5, CHANNELS),  # Saturday
            Level(2, Phase.LEVEL_1, 7, CHANNELS),  # Monday
        ),
    ),
    date(2026, 3, 6),
    Calendar(),
)


@given(cases(credits=False, minimums=False))
@example(AROUND_A_WEEK_END)
def test_line_is_due_on_the_announced_day_at_the_announced_level(case):
    debtor, scenario, _today, calendar = case
    for index, announced in enumerate(decide(*case)):
        if announced.next_date:
            then = decide(debtor, scenario, announced.next_date, calendar)[index]
            assert outcome(then) == (True, *outcome(announced)[1:])


@given(cases(credits=False, minimums=False))
def test_line_is_not_due_before_the_announced_day(case):
    debtor, scenario, today, calendar = case
    for index, announced in enumerate(decide(*case)):
        if announced.next_date:
            wait = (announced.next_date - today).days
            for day in (today + timedelta(days=n) for n in {0, wait // 2, wait - 1}):
                if today <= day < announced.next_date and calendar.is_working_day(day):
                    assert not decide(debtor, scenario, day, calendar)[index].due


@given(cases())
def test_only_credits_and_minimums_cancel_an_announced_day(case):
    debtor, scenario, _today, calendar = case
    for index, announced in enumerate(decide(*case)):
        if announced.next_date:
            then = decide(debtor, scenario, announced.next_date, calendar)[index]
            assert then.due or tells(then, "net_not_positive", "below_minimum")
