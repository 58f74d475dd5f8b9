from odoo import api, models

from .relance_litigation_flow import CLOSED

AGENCY, FACTOR = "agency", "factor"
# Outcomes after which nothing is asked for, whatever is still open in the books.
SETTLED = ("paid", "lost")


class RelancePageCases(models.AbstractModel):
    """What was handed over: who is paid for it, and what the debtor reads about it."""

    _name = "relance.page.cases"
    _description = "Litigation on the personal page"

    @api.model
    def _load_cases(self, scope, lines):
        """Return ``{line id: the case to which it was handed over}``.

        Those that are closed are among them: what was not paid stays held.
        """
        holds = scope.env["relance.line.hold"].search(
            [
                ("move_line_id", "in", lines.ids),
                ("litigation_id", "!=", False),
                ("active", "=", True),
            ]
        )
        return {hold.move_line_id.id: hold.litigation_id for hold in holds}

    @api.model
    def _is_settled(self, case):
        """Say whether a case has ended with nothing left to be asked for."""
        return case.state == CLOSED and case.outcome in SETTLED

    @api.model
    def _is_paid_elsewhere(self, case):
        """Say whether somebody else is paid: an agency while it has our mandate, a
        factor for good, since the debt is theirs."""
        kind = case.route_id.kind
        return kind == FACTOR or (kind == AGENCY and case.state != CLOSED)

    @api.model
    def _takes_payment(self, case):
        """Say whether what was handed over is paid, or promised, to us."""
        return not (self._is_settled(case) or self._is_paid_elsewhere(case))

    @api.model
    def _is_closed(self, case):
        """Say whether the debtor is told that a case is over."""
        is_theirs = self._is_paid_elsewhere(case) and not self._is_settled(case)
        return case.state == CLOSED and not is_theirs

    @api.model
    def _say_case(self, case):
        """Tell the debtor where a debt was handed over to, or that this is over."""
        case = case.with_env(self.env)
        values = {
            "who": case.handler_id.name or case.court or case.route_id.name,
            "reference": case.case_number or case.reference,
        }
        if self._is_settled(case):
            return self.env._(
                "%(who)s (%(reference)s): closed. Nothing more is asked for.", **values
            )
        if self._is_paid_elsewhere(case):
            return self.env._(
                "Handed over to %(who)s (%(reference)s): please pay to them.", **values
            )
        if case.state == CLOSED:
            return self.env._(
                "%(who)s (%(reference)s): closed. Please talk to us.", **values
            )
        return self.env._("Handed over: %(who)s (%(reference)s).", **values)
