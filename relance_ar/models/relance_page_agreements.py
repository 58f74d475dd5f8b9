from odoo import api, models

from .relance_dispute_entering import OPEN_STATES


class RelancePageAgreements(models.AbstractModel):
    """What was agreed with a debtor or is contested, as they read it on their page."""

    _name = "relance.page.agreements"
    _description = "Agreements on the personal page"

    @api.model
    def _get_promises(self, scope):
        return scope.env["relance.promise"].search(
            [*self._of_scope(scope), ("state", "=", "open")], order="date, id"
        )

    @api.model
    def _get_disputes(self, scope):
        return scope.env["relance.dispute"].search(
            [*self._of_scope(scope), ("state", "in", OPEN_STATES)], order="id"
        )

    @api.model
    def _get_plans(self, scope):
        return scope.env["relance.plan"].search(
            [*self._of_scope(scope), ("state", "=", "active")], order="id"
        )

    @api.model
    def _of_scope(self, scope):
        return [
            ("partner_id", "=", scope.debtor.id),
            ("company_id", "=", scope.company.id),
        ]

    @api.model
    def _get_agreements(self, scope):
        """Return what is promised, planned and contested: ``[(title, text)]``.

        What colleagues tell each other about it is not among it.
        """
        rows = self._say_promises(scope) + self._say_disputes(scope)
        rows += self._say_plans(scope)
        return [
            {
                "title": title,
                "text": text,
                "numbers": self._names(lines),
            }
            for title, text, lines in rows
        ]

    @api.model
    def _say_promises(self, scope):
        return [
            (
                self.env._("Promise"),
                self.env._(
                    "%(amount)s promised for %(day)s",
                    amount=self._money(promise.amount, promise.currency_id),
                    day=self._day(promise.date),
                ),
                promise.move_line_ids,
            )
            for promise in self._get_promises(scope)
        ]

    @api.model
    def _say_disputes(self, scope):
        return [
            (
                self.env._("Dispute"),
                self.env._(
                    "%(amount)s disputed on %(day)s: %(reason)s. We are looking into "
                    "it.",
                    amount=self._money(dispute.amount, dispute.currency_id),
                    day=self._day(dispute.date_open),
                    reason=dispute.reason_id.name,
                ),
                dispute.move_line_ids,
            )
            for dispute in self._get_disputes(scope)
        ]

    @api.model
    def _say_plans(self, scope):
        return [
            (
                self.env._("Payment plan"),
                plan.next_date
                and self.env._(
                    "Next instalment on %(day)s", day=self._day(plan.next_date)
                ),
                plan.move_line_ids,
            )
            for plan in self._get_plans(scope)
        ]
