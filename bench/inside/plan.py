"""Plan a run of today twice: what it takes, then with nothing left to do."""

from datetime import date

from bench.measure import Measure, report

env = globals()["env"]  # given by `odoo shell`


def plan():
    """Plan through the door that people use; return the run and its figures."""
    with Measure(env) as measure:
        run = env["relance.run"].create({"date": date.today()})
        run.action_plan()
        env.flush_all()
    env.cr.commit()
    return run, measure.figures


def main():
    """Plan, plan again, and report."""
    debtors = len(env["relance.facts"]._debtor_ids(env.company))
    run, first = plan()
    reminders = env["relance.reminder"].search_count([("run_id", "=", run.id)])
    lines = env["relance.reminder.line"].search_count(
        [("reminder_id.run_id", "=", run.id)]
    )
    written = {"debtors": debtors, "reminders": reminders, "reminder_lines": lines}
    failures = (run.failures or "").splitlines()
    env.transaction.clear()
    report(first=first, again=plan()[1], written=written, failures=failures)


main()
