from odoo import api, fields, models
from odoo.tools import SQL

# How often debtors in use by somebody else are tried.
ATTEMPTS = 3


class RelanceRunBatch(models.Model):
    """Debtors of the daily run still to be planned: a queue that servers share.

    Whoever locks a batch has it; the others take the next one. It is deleted in the
    transaction that plans it: killed at any moment, it is there again.
    """

    _name = "relance.run.batch"
    _description = "Debtors still to be planned"
    _order = "attempts, id"

    run_id = fields.Many2one(
        "relance.run", required=True, index=True, ondelete="cascade"
    )
    debtor_ids = fields.Json(required=True, help="Ids of partners.")
    attempts = fields.Integer(default=0)

    @api.model
    def _claim(self, run):
        """Lock and return the next batch of a run that nobody works on, if any."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM relance_run_batch
                 WHERE run_id = %s
                 ORDER BY attempts, id
                 LIMIT 1
                   FOR UPDATE SKIP LOCKED
                """,
                run.id,
            )
        )
        return self.browse(batch_id for [batch_id] in rows)

    def _plan(self):
        """Plan the batch and take it off the queue; what was in use comes back."""
        self.ensure_one()
        # A new transaction has read again: what still fails has another reason.
        isolate = self.attempts + 1 >= ATTEMPTS
        waiting = self.run_id._plan_batch(self.debtor_ids, isolate)
        self._put_back(waiting)

    def _put_back(self, waiting):
        """Replace the batch by the debtors that could not be planned now."""
        run, attempts = self.run_id, self.attempts + 1
        self.unlink()
        if waiting and attempts < ATTEMPTS:
            self.create({"run_id": run.id, "debtor_ids": waiting, "attempts": attempts})
        else:
            run._note_in_use(waiting)
