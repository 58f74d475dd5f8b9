"""Assess the profile of every payer, if the addon knows how."""

from bench.measure import Measure, report

env = globals()["env"]  # given by `odoo shell`
MODEL = "relance.payer.assessment"


def main():
    """Report what one pass takes."""
    if MODEL not in env:
        return report(missing=True)
    with Measure(env) as measure:
        env[MODEL]._assess(env.company)
        env.flush_all()
    env.cr.rollback()
    return report(**measure.figures)


main()
