from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ..core import instalments
from .relance_groups import MANAGER_GROUP
from .relance_plan_instalment import LONGEST_PAST


class RelancePlanAgreeing(models.AbstractModel):
    """How a plan is proposed from what is owed, and takes effect once accepted."""

    _name = "relance.plan.agreeing"
    _description = "Drawing up of payment plans"

    def action_propose(self):
        """Replace the instalments by equal ones, the first one at once.

        :return: the plans drawn up
        """
        return self._move("_propose")

    def _propose(self):
        drafts = self.filtered(lambda r: r.state == "draft")
        for record in drafts:
            try:
                found = instalments.propose(
                    record._to_decimal(record.amount_total),
                    record.count,
                    record.first_date,
                    record.every,
                    record._to_decimal(record.first_amount) or None,
                    record._to_decimal(record.currency_id.rounding),
                )
            except ValueError as error:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be divided so: fewer instalments, or a first "
                        "amount below the total.",
                        name=record.display_name,
                    )
                ) from error
            record.instalment_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create({"date": i.day, "amount": float(i.amount)})
                    for i in found
                ),
            ]
        return drafts

    def action_activate(self):
        """Let agreed plans suspend reminders; return those that now do.

        :raise AccessError: when one gives up penalties, for who is no credit manager
        :raise ValidationError: when one does not sum, or its acceptance is not recorded
        """
        self._check_waiver()
        self._check_usual()
        return self._move("_activate")

    def _check_usual(self):
        """Leave to a credit manager what an officer does not agree to alone.

        :raise AccessError: saying what is unusual
        """
        if self.env.user.has_group(MANAGER_GROUP):
            return
        for record in self.filtered(lambda r: r.state == "draft"):
            if why := record._say_unusual():
                raise AccessError(why)

    def _say_unusual(self):
        """Return why an officer does not agree to a plan alone, or ""."""
        self.ensure_one()
        name, days = self.display_name, self.company_id.relance_plan_first_days
        words = {
            instalments.PARTIAL: self.env._(
                "%(name)s is about a part of what is owed, and suspends the whole: a "
                "credit manager activates it.",
                name=name,
            ),
            instalments.DELAYED: self.env._(
                "%(name)s begins in more than %(days)s days: a credit manager "
                "activates it.",
                name=name,
                days=days,
            ),
            instalments.SPACED: self.env._(
                "%(name)s leaves more than %(days)s days between two instalments: a "
                "credit manager activates it.",
                name=name,
                days=instalments.LONGEST_GAP,
            ),
        }
        found = instalments.beyond_usual(
            self._to_core(),
            *self._get_amounts_to_pay(),
            fields.Date.context_today(self),
            days,
        )
        return words.get(found, "")

    def _get_amounts_to_pay(self):
        """Return what the plan has still to bring in, and what its lines owe."""
        return (
            self._to_decimal(
                self.currency_id.round(self.amount_total - self._get_paid())
            ),
            self._to_decimal(self.currency_id.round(self._get_payable_amount())),
        )

    def _activate(self):
        drafts = self.filtered(lambda r: r.state == "draft")
        drafts._take_turn()
        for record in drafts:  # one by one: two may be about the same instalments
            if problem := record._get_problem():
                raise ValidationError(problem)
            record.write({"state": "active", "activated_by_id": self.env.uid})
            record._end_promises()
        drafts._drop_draft_claims()
        drafts._refresh()
        return drafts

    def _end_promises(self):
        """Replace open promises on its instalments: they are paid by the plan now."""
        self.ensure_one()
        self.env["relance.promise"].search(
            [("state", "=", "open"), ("move_line_ids", "in", self.move_line_ids.ids)]
        )._replace(self)

    def _get_problem(self):
        """Return why a draft cannot become active, or ""."""
        self.ensure_one()
        name, currency = self.display_name, self.currency_id
        if currency.compare_amounts(self.amount_planned, self.amount_total):
            return self.env._(
                "%(name)s: the instalments sum to %(sum)s, not to %(total)s.",
                name=name,
                sum=self._money(self.amount_planned),
                total=self._money(self.amount_total),
            )
        if (
            currency.compare_amounts(
                self.amount_total - self._get_paid(), self._get_payable_amount()
            )
            > 0
        ):
            return self.env._(
                "%(name)s: only %(open)s are still owed and not disputed. Draw it up "
                "again.",
                name=name,
                open=self._money(self._get_payable_amount()),
            )
        to_pay, owed = self._get_amounts_to_pay()
        if self.waives_penalties and to_pay < owed:
            return self.env._(
                "%(name)s is about a part of what is owed: the penalties on the rest "
                "are not given up. Agree on the whole, or untick “Penalties waived if "
                "kept”.",
                name=name,
            )
        if not (self.acceptance and self.accepted_on and self.acceptance_ids):
            return self.env._(
                "%(name)s: record when and how the debtor accepted, with the signed "
                "document or the e-mail.",
                name=name,
            )
        today = fields.Date.context_today(self)
        if self.accepted_on > today:
            return self.env._("%(name)s is accepted on a day to come.", name=name)
        self._check_day(self.accepted_on, ahead=0, past=LONGEST_PAST)
        if min(self.instalment_ids.mapped("date")) < self.accepted_on:
            return self.env._(
                "%(name)s: an instalment falls due before the plan is accepted.",
                name=name,
            )
        return self._get_overlap_problem()

    def _get_paid(self):
        """Return what has come since the plan was drawn up."""
        self.ensure_one()
        progress = self._progress()[self]
        return float(sum(i.paid for i in progress.instalments))

    def _get_overlap_problem(self):
        """Return what else is under way about the same instalments, or ""."""
        if cases := self._find_cases():
            return self.env._(
                "%(name)s: it is handed over. Hand the case %(case)s back first.",
                name=self.display_name,
                case=cases[0].display_name,
            )
        others = self.search(
            [
                ("state", "=", "active"),
                ("move_line_ids", "in", self.move_line_ids.ids),
                ("id", "!=", self.id),
            ],
            limit=1,
        )
        if not others:
            return ""
        return self.env._(
            "%(name)s: another plan, %(other)s, is under way on the same instalments.",
            name=self.display_name,
            other=others.display_name,
        )

    # --------------------------------------------------------------------- sealing

    def _get_stage(self):
        # OVERRIDES relance.agreement.sealing: a draft was agreed by nobody.
        return self.state if self.activated_by_id else ""

    @api.model
    def _get_sealed_fields(self):
        return super()._get_sealed_fields() | {"acceptance_ids", "activated_by_id"}

    def _get_sealed_facts(self):
        names = ["amount_total", "tolerance_days", "acceptance", "accepted_on"]
        names += ["accepted_by", "waives_penalties", "broken_on"]
        instalments = [
            f"{format_date(self.env, i.date)} · {self._money(i.amount)}"
            for i in self.instalment_ids
        ]
        facts = [self._to_fact(name) for name in names]
        return [*facts, (self.env._("Instalments"), "\n".join(instalments))]

    def _get_sealed_files(self):
        return self.acceptance_ids
