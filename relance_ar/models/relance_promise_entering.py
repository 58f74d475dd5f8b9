from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..core import promise


class RelancePromiseEntering(models.AbstractModel):
    """What follows when a promise is noted: what it is about, whether it pauses."""

    _name = "relance.promise.entering"
    _description = "Entering of promises"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not vals.get("move_line_ids") and vals.get("partner_id"):
                vals["move_line_ids"] = self._get_oldest(vals)
        promises = super().create(vals_list)
        # sudo: who enters it may not write what follows from it.
        promises.sudo()._open()
        promises._adopt_files("proof_ids")
        return promises

    def write(self, vals):
        result = super().write(vals)
        if "proof_ids" in vals:
            self._adopt_files("proof_ids")
        return result

    @api.model
    def _get_oldest(self, vals):
        """Return the oldest instalments that an amount pays, as commands."""
        company = self.env.company.browse(vals.get("company_id")) or self.env.company
        currency = vals.get("currency_id") or company.currency_id.id
        partner = self.env["res.partner"].browse(vals["partner_id"])
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", partner.commercial_partner_id.id),
                ("company_id", "=", company.id),
                ("currency_id", "=", currency),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("balance", ">", 0),
            ],
            order="date_maturity, id",
        )
        left, chosen = vals.get("amount") or 0, []
        amounts = lines._relance_undisputed_amounts()
        for line, amount in zip(lines, amounts, strict=True):
            if left > 0 and amount > 0:
                chosen.append(line.id)
                left -= amount
        return [fields.Command.set(chosen)]

    def _open(self):
        """Replace older promises on the same instalments, and suspend reminders."""
        self._set_matched_before()
        for record in self:
            company = record.company_id
            tolerance = company.relance_promise_tolerance
            earlier = record._get_earlier()
            used = earlier.filtered(lambda p, r=record: p._has_paused(r.made_on))
            earlier.filtered(lambda p: p.state == "open")._replace(record)
            said, calendar = record._to_core(tolerance), company._get_relance_calendar()
            until, why = promise.pause(
                said,
                self._to_decimal(record._get_payable_amount()),
                len(used),
                company._get_relance_pause_rules(),
                calendar,
            )
            record.write(
                {
                    "tolerance_days": tolerance,
                    "date_limit": said.limit(calendar),
                    "is_pausing": bool(until),
                    "pause_until": until,
                }
            )
            if why or until < record.date_limit:
                record._message_log(body=record._say_pause(why, len(used)))

    def _say_pause(self, why, count):
        """Return why reminders go on, or from when."""
        self.ensure_one()
        if why == promise.SMALL:
            return self.env._(
                "Reminders go on: less than %(share)s %% of what is owed was promised.",
                share=self.company_id.relance_promise_share,
            )
        if why:
            return self.env._(
                "Reminders go on: these instalments were promised %(count)s time(s) "
                "before.",
                count=count,
            )
        return self.env._(
            "Reminders wait until %(day)s at the longest.",
            day=format_date(self.env, self.pause_until),
        )

    def _check_no_plan(self):
        """Refuse a promise of what is paid by instalments.

        :raise ValidationError: naming the plan
        """
        self.ensure_one()
        # sudo: rows of ours; who enters it may read what they chose.
        rows = self.env["relance.plan.line"].sudo()
        row = rows.search([("move_line_id", "in", self.sudo().move_line_ids.ids)])[:1]
        if row:
            raise ValidationError(
                self.env._(
                    "%(line)s is paid by the payment plan %(plan)s, which says when. "
                    "Write there what was said about an instalment, or cancel the plan "
                    "first.",
                    line=row.move_line_id.move_name,
                    plan=row.plan_id.reference,
                )
            )

    def _get_earlier(self):
        """Return the promises on the same instalments that were noted before it."""
        self.ensure_one()
        return self.search(
            [
                ("move_line_ids", "in", self.move_line_ids.ids),
                ("id", "<", self.id),
            ]
        )

    def _has_paused(self, day):
        """Say whether it suspended reminders, kept or not: its lines are still owed.

        One taken back or replaced on the day it was made was a mistake: it suspended
        nothing.
        """
        self.ensure_one()
        is_mistake = self.state in ("cancelled", "open") and self.made_on == day
        return self.is_pausing and not is_mistake

    def _replace(self, successor):
        """End open promises where the debtor named another day.

        What they were about besides is still promised for their day.
        """
        words = {"promise": successor.display_name}
        for record in self:
            rest = record._get_open_lines() - successor.sudo().move_line_ids
            owed = sum(rest._relance_undisputed_amounts())
            if owed > 0:
                amount = min(record.amount, owed)
                lines = [fields.Command.set(rest.ids)]
                record.write({"move_line_ids": lines, "amount": amount})
                record._set_matched_before()  # what had come is no part of the rest
                body = self.env._("Replaced in part by %(promise)s.", **words)
            else:
                record._cancel()
                body = self.env._("Replaced by %(promise)s.", **words)
            record._message_log(body=body)
