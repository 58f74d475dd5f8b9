"""Run OCA's account_credit_control with its own policy of three levels."""

import os
from datetime import date

from bench.measure import Measure, report

env = globals()["env"]  # given by `odoo shell`
POLICY = "account_credit_control.credit_control_3_time"


def prepare():
    """Give the company the policy, for every receivable account; return a run."""
    policy = env.ref(POLICY)
    policy.account_ids = env["account.account"].search(
        [("account_type", "=", "asset_receivable")]
    )
    env.company.credit_policy_id = policy
    run = env["credit.control.run"].create({"date": date.today()})
    run.policy_ids = policy
    env.cr.commit()
    return run


def main():
    """Measure the first step, and the second if it is asked for."""
    run = prepare()
    with Measure(env) as lines:
        run.generate_credit_lines()
        env.flush_all()
    env.cr.commit()
    figures = {"lines": lines.figures, "generated": len(run.line_ids)}
    if os.environ["BENCH_STEPS"] == "2":
        with Measure(env) as letters:
            communications = env["credit.control.communication"]
            made = communications._generate_comm_from_credit_lines(run.line_ids)
            env.flush_all()
        env.cr.commit()
        figures |= {"letters": letters.figures, "communications": len(made)}
    report(**figures)


main()
