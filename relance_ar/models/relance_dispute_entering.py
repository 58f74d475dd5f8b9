from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .relance_groups import OFFICER_GROUP

OPEN_STATES = ("open", "escalated")
# What the owner answers.
ANSWERED = {"answer", "amount_proposed"}
# Months in which a dispute is settled.
LONGEST = 12


class RelanceDisputeEntering(models.AbstractModel):
    """What people may enter of a dispute and change later, and what is refused."""

    _name = "relance.dispute.entering"
    _description = "Entering a dispute"

    def _check_some_amount(self):
        """Refuse a dispute about nothing."""
        for record in self:
            if record.currency_id.compare_amounts(record.amount, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "Say how much is disputed: %(open)s are open and not disputed "
                        "yet.",
                        open=record._money(record._get_undisputed()),
                    )
                )

    def _check_amount(self):
        """Refuse to dispute more than is open and not disputed yet.

        Checked when a dispute is entered or raised: what is paid later changes nothing.
        """
        self._check_some_amount()
        for record in self:
            left = record._get_undisputed()
            if record.currency_id.compare_amounts(record.amount, left) > 0:
                raise ValidationError(
                    self.env._(
                        "%(amount)s are disputed, but only %(open)s are open and not "
                        "disputed yet on these instalments.",
                        amount=record._money(record.amount),
                        open=record._money(left),
                    )
                )

    @api.constrains("user_id", "leader_id")
    def _check_people(self):
        """Refuse people who could not open the dispute."""
        for record in self:
            for user in record.user_id | record.leader_id:
                # Who leaves later is replaced by the nightly job.
                # sudo: whether they are still here.
                if user.sudo().active and not record._may_own(user, record.company_id):
                    raise ValidationError(
                        self.env._(
                            "%(who)s cannot open disputes: put them in the group "
                            "“Salesperson: own disputes” first.",
                            who=user.name,
                        )
                    )

    def _check_deadlines(self, vals_list):
        """Refuse a deadline in the past or far away, which a person enters."""
        for vals in vals_list if not self.env.su else ():
            self._check_day(fields.Date.to_date(vals.get("deadline")), ahead=LONGEST)

    def _check_writable(self, vals):
        # EXTENDS relance.guarded: what is over is not rewritten.
        result = super()._check_writable(vals)
        mine = self._get_changeable_fields() & vals.keys()
        if self and mine and not self.env.su:
            for record in self.filtered(lambda r: r.state not in OPEN_STATES):
                raise UserError(
                    self.env._(
                        "%(name)s is over: it is not rewritten.",
                        name=record.display_name,
                    )
                )
            self._check_deadlines([vals])
            if ANSWERED & vals.keys():
                self._refuse_other_answer()
        return result

    def _refuse_other_answer(self):
        """Refuse to rewrite what was answered, which the officer concludes on.

        :raise UserError: naming the dispute
        """
        for record in self.filtered("answered_on"):
            raise UserError(
                self.env._(
                    "%(name)s is answered: the officer may ask again, and then another "
                    "answer is given.",
                    name=record.display_name,
                )
            )

    @api.constrains("amount_proposed")
    def _check_proposed(self):
        for record in self:
            record._check_credit(record.amount_proposed)

    @api.model
    def _get_enterable_fields(self):
        return super()._get_enterable_fields() | {
            "reason_id",
            "amount",
            "user_id",
            "officer_id",
            "leader_id",
            "source",
            "description",
            "asked",
            "deadline",
            "reminder_id",
            "answer",
            "amount_proposed",
            "proof_ids",
        }

    @api.model
    def _get_changeable_fields(self):
        own = {"answer", "amount_proposed", "proof_ids"}
        if self.env.user.has_group(OFFICER_GROUP):
            more = {"reason_id", "amount", "user_id", "officer_id", "leader_id"}
            return own | more | {"description", "deadline", "source", "asked"}
        return own
