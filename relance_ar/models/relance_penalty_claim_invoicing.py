from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..core.penalty import PUBLIC
from .relance_penalty_states import CLAIMED, INVOICED, OFFERED

# R2192-36: a public buyer pays them within 45 days.
PUBLIC_TERM_DAYS = 45


class RelancePenaltyClaimInvoicing(models.AbstractModel):
    """Putting penalties on the books: a customer document without VAT, once."""

    _name = "relance.penalty.claim.invoicing"
    _description = "Invoicing of penalties"

    invoice_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The customer document by which the penalties are invoiced.",
    )

    def action_invoice(self):
        """Invoice what is claimed, in draft, one document each; open what was made.

        :raise UserError: without an income account for penalties, or when there is
            nothing to invoice
        :raise AccessError: for who may not make customer invoices
        """
        self.env["account.move"].check_access("create")
        claimed = self.filtered(
            lambda c: c.state == CLAIMED and c.waiver_state != OFFERED
        )
        if not (claimed or self.invoice_id):
            raise UserError(
                self.env._(
                    "Nothing to invoice: penalties are claimed first, and not while an "
                    "offer to waive them is running."
                )
            )
        claimed.check_access("write")
        # A second click, or another accountant, waits here and finds nothing to do.
        locked = claimed.sudo().try_lock_for_update().with_env(self.env)
        locked.invalidate_recordset(["state"])
        invoices = locked.filtered(lambda c: c.state == CLAIMED)._make_invoices()
        return self._open_invoices(invoices or self.invoice_id)

    def _make_invoices(self):
        """Make the documents of claims, as the user; return them."""
        invoices = self.env["account.move"].create(
            [claim._prepare_invoice() for claim in self]
        )
        today = fields.Date.context_today(self)
        for claim, invoice in zip(self, invoices, strict=True):
            # sudo: the claims were checked by the caller.
            claim.sudo().write(
                {"state": INVOICED, "invoice_id": invoice.id, "settled_on": today}
            )
        return invoices

    def _prepare_invoice(self):
        """Return the values of the customer document. To be extended."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        days = PUBLIC_TERM_DAYS if PUBLIC in self._get_regimes() else 0
        numbers = list(dict.fromkeys(self.line_ids.mapped("move_name")))
        return {
            "move_type": "out_invoice",
            "relance_is_penalty": True,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": today,
            "invoice_payment_term_id": False,
            "invoice_date_due": fields.Date.add(today, days=days),
            "invoice_origin": ", ".join([self.reference, *numbers]),
            "ref": self.reference,
            "invoice_line_ids": [
                Command.create(values) for values in self._prepare_invoice_lines()
            ],
        }

    def _prepare_invoice_lines(self):
        """Return the values of the lines: without product nor VAT.

        Neither penalties nor the indemnity are subject to VAT (DGCCRF; BOI 3 B-1-06).
        """
        self.ensure_one()
        here = self.with_context(lang=self.partner_id.lang or self.env.lang)
        found = []
        for line in here.line_ids:
            found += [
                (here._name_interest(line), line.interest),
                (
                    here.env._(
                        "Lump-sum indemnity for recovery costs, %(number)s",
                        number=line.move_name,
                    ),
                    line.indemnity,
                ),
            ]
        note = here.cost_note or ""
        costs = here.env._("Further costs of recovery, on proof %(note)s", note=note)
        found.append((costs.strip(), self.amount_cost))
        account = self._get_income_account()
        return [
            {
                "name": name,
                "account_id": account.id,
                "quantity": 1,
                "price_unit": amount,
                "tax_ids": [Command.clear()],
            }
            for name, amount in found
            if amount
        ]

    def _name_interest(self, line):
        return self.env._(
            "Late-payment interest, %(number)s due on %(due)s, from %(start)s to "
            "%(end)s",
            number=line.move_name,
            due=format_date(self.env, line.date_maturity),
            start=line.date_from and format_date(self.env, line.date_from),
            end=line.date_to and format_date(self.env, line.date_to),
        )

    def _get_income_account(self):
        """Return the account of penalties, as set for the company.

        :raise UserError: when there is none
        """
        account = self.company_id.relance_penalty_account_id
        if not account:
            raise UserError(
                self.env._(
                    "Choose the income account of penalties of %(company)s in "
                    "Settings › Invoicing › Collections.",
                    company=self.company_id.name,
                )
            )
        return account

    def _open_invoices(self, invoices):
        """Return the action that shows documents of penalties."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Penalties invoiced"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", invoices.ids)],
            "context": {"default_move_type": "out_invoice", "create": False},
        }
        if len(invoices) == 1:
            action.update(view_mode="form", res_id=invoices.id)
        return action

    def action_open_invoice(self):
        """Open the document by which the claim was invoiced."""
        return self._open_invoices(self.invoice_id)

    # ---------------------------------------------------------------- undone later

    def _is_invoice_undone(self):
        """Say whether the document no longer asks for anything."""
        self.ensure_one()
        invoice = self.invoice_id
        return (
            not invoice
            or invoice.state == "cancel"
            or invoice.payment_state == "reversed"
        )

    def _release_invoice(self):
        """Take claims back to *claimed*: their document is deleted or cancelled."""
        released = self.filtered(lambda claim: claim.state == INVOICED)
        released.write({"state": CLAIMED, "invoice_id": False, "settled_on": False})
        for claim in released:
            claim.message_post(body=self.env._("Its document was given up."))
        return released
