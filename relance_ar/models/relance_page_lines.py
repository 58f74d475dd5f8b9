from odoo import api, models
from odoo.fields import Domain

from ..core.insolvency import is_before_opening

INSOLVENT = "insolvency"
# Of providers that take no money by themselves: a transfer, announced or not.
BY_HAND = ("none", "custom")


class RelancePageLines(models.AbstractModel):
    """What stands in the way of paying an instalment on the page.

    An opening judgment, a case that was handed over, a payment under way.
    """

    _name = "relance.page.lines"
    _description = "Instalments on the personal page"

    @api.model
    def _load_line_facts(self, scope, lines):
        """Return ``{line id: facts}``: a few queries, however many lines.

        :return: dicts: ``move`` (an invoice with a PDF, or None), ``is_planned``,
            ``is_earlier`` (born before the judgment), ``is_under_way`` (being paid),
            ``case`` (``relance.litigation``, or none), ``disputed``, ``promised``
        """
        parts = scope.env["relance.dispute"]._load_disputed_parts(lines.ids)
        promised = {
            line.id: promise.date
            for promise in self._get_promises(scope)
            for line in promise.move_line_ids
        }
        planned = self._get_plans(scope).move_line_ids
        earlier = self._get_earlier(scope, lines)
        paying, cases = self._get_paying(lines), self._load_cases(scope, lines)
        return {
            line.id: {
                "move": line.move_id if line.move_id.is_invoice() else None,
                "is_planned": line in planned,
                "is_earlier": line in earlier,
                "is_under_way": line in paying,
                "case": cases.get(line.id),
                "disputed": float(parts.get(line.id, 0)),
                "promised": promised.get(line.id),
            }
            for line in lines
        }

    @api.model
    def _get_earlier(self, scope, lines):
        """Return the instalments that proceedings stop: by the rule of the planner.

        Debts born since the judgment are paid when they fall due. Where nobody has
        confirmed which judgment it was, all is stopped.
        """
        debtor = scope.debtor
        proceedings = scope.env["relance.proceeding"]
        openings = proceedings._load_openings(debtor.ids, scope.company)
        opened_on = openings.get(debtor.id)
        if not opened_on:
            is_stopped = debtor.solvency_state == INSOLVENT
            return lines if is_stopped else lines.browse()
        return lines.filtered(
            lambda line: is_before_opening(line._get_relance_birth(), opened_on)
        )

    @api.model
    def _get_paying(self, lines):
        """Return the instalments of invoices whose online payment is under way.

        As Odoo's own portal: a direct debit takes days to be confirmed.
        """
        found = self._find_under_way(Domain("invoice_ids", "in", lines.move_id.ids))
        return lines.filtered(lambda line: line.move_id in found.invoice_ids)

    @api.model
    def _find_under_way(self, domain):
        """Return the online payments in a domain whose money may still come."""
        state = Domain("state", "in", ("pending", "authorized"))
        state |= Domain([("state", "=", "done"), ("is_post_processed", "=", False)])
        # sudo: that there are some, for whose invoices and credits these are.
        transactions = self.env["payment.transaction"].sudo()
        return transactions.search(
            domain & Domain("provider_code", "not in", BY_HAND) & state
        )

    @api.model
    def _get_answerable(self, scope, is_money):
        """Return the instalments that an answer may be about.

        :param is_money: whether it says that we are, or will be, paid
        """
        lines = self._get_lines(scope)
        if not is_money:
            return lines
        facts = self._load_line_facts(scope, lines)
        return lines.filtered(lambda line: self._is_ours(facts[line.id]))

    @api.model
    def _is_free(self, fact):
        """Say whether nothing stands in the way of paying an instalment to us now."""
        return not fact["is_under_way"] and self._is_ours(fact)

    @api.model
    def _is_ours(self, fact):
        """Say whether an instalment is paid, or promised, to us."""
        case = fact["case"]
        return not fact["is_earlier"] and (not case or self._takes_payment(case))
