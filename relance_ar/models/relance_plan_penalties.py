from odoo import api, fields, models
from odoo.exceptions import AccessError

from .relance_groups import MANAGER_GROUP
from .relance_penalty_states import CLAIMED, DRAFT


class RelancePlanPenalties(models.AbstractModel):
    """What becomes of the penalties on the instalments of a plan.

    They are given up if it is kept to the end, by a credit manager as all penalties
    are. Until then nothing more is asked for; a broken plan gives up nothing.
    """

    _name = "relance.plan.penalties"
    _description = "Penalties given up by payment plans"

    waives_penalties = fields.Boolean(
        string="Penalties waived if kept",
        default=lambda self: self.env.user.has_group(MANAGER_GROUP),
        help="Interest and indemnities are given up if every instalment is paid in "
        "time: a credit manager activates such a plan, about all that is owed. If it "
        "is broken before its end, they are due as if it had never been; claims waived "
        "at its end stay waived.",
    )
    activated_by_id = fields.Many2one(
        "res.users", string="Activated by", readonly=True, copy=False
    )

    def _check_waiver(self):
        """Refuse that an officer gives penalties up.

        :raise AccessError: for who is no credit manager
        """
        giving_up = self.filtered(
            lambda r: r.state in ("draft", "broken") and r.waives_penalties
        )
        if giving_up and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "%(name)s gives up penalties: a credit manager activates it, or "
                    "untick “Penalties waived if kept”.",
                    name=giving_up[0].display_name,
                )
            )

    def _drop_draft_claims(self):
        """Take the instalments out of claims not made yet: nothing more is asked."""
        for record in self.filtered("waives_penalties"):
            lines = record.move_line_ids
            claims = self.env["relance.penalty.claim"]
            claims._drop_lines(claims._find_open(lines, DRAFT), lines)

    def _waive_claims(self):
        """Waive what was claimed before on the instalments of plans that were kept.

        A claim about other instalments as well is left to a person, who is told.
        """
        for record in self.filtered("waives_penalties"):
            lines = record.move_line_ids
            claims = self.env["relance.penalty.claim"]._find_open(lines, CLAIMED)
            claims = claims.filtered(lambda c, of=lines: c.line_ids.move_line_id & of)
            whole = claims.filtered(lambda c, of=lines: c.line_ids.move_line_id <= of)
            reason = self.env._("Payment plan %(name)s kept.", name=record.reference)
            whole._waive(reason, record.activated_by_id or self.env.user)
            for claim in claims - whole:
                record._message_log(
                    body=self.env._(
                        "%(claim)s is also about other instalments: a credit manager "
                        "waives what this plan gives up.",
                        claim=claim.display_name,
                    )
                )

    @api.model
    def _get_waived_line_ids(self, line_ids):
        """Return the ids of the lines whose penalties a plan gives up.

        Nothing is asked on these lines while the plan is kept, nor once it is done.

        :param line_ids: ids of journal items
        """
        # sudo: which lines, for whoever reckons their penalties.
        plans = self.sudo().search(
            [
                ("move_line_ids", "in", list(line_ids)),
                ("state", "in", ("active", "done")),
                ("waives_penalties", "=", True),
            ]
        )
        return set(plans.move_line_ids.ids) & set(line_ids)
