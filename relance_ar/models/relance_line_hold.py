from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .ids_array import ids_array


class RelanceLineHold(models.Model):
    """An instalment that is not chased for a while: why, until when, says who.

    Kept apart from journal items, whose table is not to grow. It ends by itself at its
    date; without a date, when somebody lifts it.
    """

    _name = "relance.line.hold"
    _description = "Held instalment"
    _inherit = ["relance.guarded"]
    _order = "id desc"
    _rec_name = "reason"

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Instalment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        related="move_line_id.move_id", string="Invoice", store=True, index=True
    )
    company_id = fields.Many2one(
        related="move_line_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="move_line_id.partner_id", string="Debtor", store=True
    )
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    reason = fields.Char(required=True, readonly=True)
    date_until = fields.Date(
        string="Until",
        readonly=True,
        help="The last day of the hold. Empty: until it is lifted.",
    )
    user_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    litigation_id = fields.Many2one(
        "relance.litigation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="It ends when the case is handed back.",
    )
    active = fields.Boolean(default=True, help="Not active: lifted, or replaced.")
    is_running = fields.Boolean(
        string="Running", compute="_compute_is_running", search="_search_is_running"
    )

    _active_uniq = models.UniqueIndex(
        "(move_line_id) WHERE active", "This instalment is held already."
    )

    @api.depends("active", "date_until")
    def _compute_is_running(self):
        today = fields.Date.context_today(self)
        for hold in self:
            is_over = hold.date_until and hold.date_until < today
            hold.is_running = hold.active and not is_over

    def _search_is_running(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        running = Domain("active", "=", True) & (
            Domain("date_until", "=", False) | Domain("date_until", ">=", today)
        )
        return running if True in value else ~running

    # ------------------------------------------------------------------ transitions

    @api.model
    def _hold(self, lines, reason, until=None, litigation=None, user=None):
        """Hold instalments, in the place of earlier holds; note it on the invoices.

        :param until: last day of the hold; None: until it is lifted
        :param litigation: the case to which they are handed over
        :param user: who answers for it, when nobody of ours has decided it
        :return: the holds
        :raise UserError: for a day that is over, or what is handed over already
        """
        self.check_access("write")
        lines.check_access("read")
        if until and until < fields.Date.context_today(self):
            raise UserError(self.env._("A hold ends today at the earliest."))
        # sudo: holds are written by these verbs only, on lines that the user may read.
        holds = self.sudo()
        earlier = holds.search([("move_line_id", "in", lines.ids)])
        earlier._refuse_handed_over()
        earlier.active = False
        self.flush_model()  # the index must see them gone
        made = holds.create(
            [
                {
                    "move_line_id": line.id,
                    "reason": reason,
                    "date_until": until,
                    "user_id": user.id if user else self.env.uid,
                    "litigation_id": litigation.id if litigation else False,
                }
                for line in lines
            ]
        )
        made._log_on_invoices(self.env._("Not chased: %(words)s", words=made._words()))
        return made.with_env(self.env)

    def action_lift(self):
        """End holds before their date, or those without one.

        :return: the holds lifted
        """
        self.check_access("write")
        # sudo: as in _hold; the user may write these, by the rules.
        lifted = self.sudo().filtered("is_running")
        lifted._refuse_handed_over()
        return lifted._lift().with_env(self.env)

    def _lift(self):
        """End holds; return them."""
        self._log_on_invoices(self.env._("The hold is lifted: chased again."))
        self.active = False
        return self

    def _refuse_handed_over(self):
        """Refuse to end holds of cases that are handed over.

        :raise UserError: naming the case
        """
        for case in self.litigation_id.filtered(lambda c: c.state == "running"):
            raise UserError(
                self.env._(
                    "It is handed over: hand the case %(name)s back first.",
                    name=case.display_name,
                )
            )

    def _log_on_invoices(self, body):
        # sudo, by the callers: a note on invoices that the user may read.
        self.move_id._message_log_batch({move.id: body for move in self.move_id})

    def _words(self):
        """Return the words of a hold: until when, by whom, why."""
        hold = self[:1]
        params = {"by": hold.user_id.name, "why": hold.reason}
        if hold.date_until:
            day = format_date(self.env, hold.date_until)
            return self.env._(
                "held until %(until)s by %(by)s: %(why)s", until=day, **params
            )
        return self.env._("held by %(by)s: %(why)s", **params)

    # ---------------------------------------------------------------------- reading

    @api.model
    def _load(self, line_ids):
        """Return ``{line id: {"until", "by", "why"}}`` of the holds not lifted.

        Those whose date is over are among them: who asks about a past day sees them.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT h.move_line_id, h.date_until, p.name, h.reason
                  FROM relance_line_hold h
                  JOIN res_users u ON u.id = h.user_id
                  JOIN res_partner p ON p.id = u.partner_id
                 WHERE h.active AND h.move_line_id = ANY(%s)
                """,
                ids_array(line_ids),
            )
        )
        return {
            line_id: {"until": until, "by": by, "why": why}
            for line_id, until, by, why in rows
        }
