from odoo import api, models

from ..core.insolvency import is_before_opening
from ..core.schedule import Reason


class RelanceFactsInsolvency(models.AbstractModel):
    """Reads the judgments that stop reminders about earlier debts.

    Debts born since stay in the ordinary flow.
    """

    _name = "relance.facts.insolvency"
    _description = "Facts about insolvency proceedings"

    @api.model
    def _load_openings(self, ids, company):
        """Return ``{debtor id: day of the judgment}`` of confirmed proceedings."""
        return self.env["relance.proceeding"]._load_openings(ids, company)

    @api.model
    def _earlier_debt(self, row, opened_on):
        """Return why a debt born before an opening judgment is left out."""
        if is_before_opening(row.born, opened_on):
            return (Reason("earlier_debt", {"opened_on": opened_on}),)
        return ()
