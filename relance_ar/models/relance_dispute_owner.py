from odoo import api, models

from .relance_groups import DISPUTE_GROUP, OFFICER_GROUP

ANSWER_TASK = "relance_ar.mail_activity_type_dispute"


class RelanceDisputeOwner(models.AbstractModel):
    """Who answers a dispute: the salesperson, unless the reason says otherwise."""

    _name = "relance.dispute.owner"
    _description = "Owner of a dispute"

    def _get_default_owner(self):
        """Return who answers by default: the reason says, else the salesperson."""
        self.ensure_one()
        rule = self.reason_id.owner_rule or "salesperson"
        company = self.company_id or self.env.company
        officer = self._officer_of_debtor() if self.partner_id else self.env.user
        if rule == "officer":
            return officer
        wanted = self.reason_id.user_id
        if rule == "salesperson":
            wanted = self.move_line_ids.move_id.invoice_user_id
        able = wanted.filtered(lambda user: self._may_own(user, company))
        return able[:1] or officer

    @api.model
    def _get_owner_domain(self):
        """Return the domain of those who can open disputes.

        :rtype: list
        """
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        groups = [to_id(xmlid, False) for xmlid in (DISPUTE_GROUP, OFFICER_GROUP)]
        return [("share", "=", False), ("all_group_ids", "in", groups)]

    @api.model
    def _may_own(self, user, company):
        """Say whether somebody can open disputes of a company at all."""
        # sudo: whether they are active and in a group.
        user = user.sudo()
        return (
            user.active
            and not user.share
            and company in user.company_ids
            and (user.has_group(DISPUTE_GROUP) or user.has_group(OFFICER_GROUP))
        )

    def _tell_missing_rights(self):
        """Say why the salesperson of the invoice is not the owner."""
        seller = self.move_line_ids.move_id.invoice_user_id[:1]
        by_rule = self.reason_id.owner_rule == "salesperson"
        if by_rule and seller and not self._may_own(seller, self.company_id):
            self._message_log(
                body=self.env._(
                    "%(seller)s sold this, but is archived or not in the group "
                    "“Salesperson: own disputes”: %(owner)s answers instead.",
                    seller=seller.name,
                    owner=self.user_id.name,
                )
            )

    def _tell_other_sellers(self):
        """Let the salespeople of the other invoices follow it, and say who answers."""
        sellers = self.move_line_ids.move_id.invoice_user_id
        others = (sellers - self.user_id).filtered(
            lambda user: self._may_own(user, self.company_id)
        )
        if self.reason_id.owner_rule != "salesperson" or not others:
            return
        self.message_subscribe(others.partner_id.ids)
        self.message_post(
            body=self.env._(
                "%(others)s sold a part of it as well, and may read it: %(owner)s "
                "answers for all.",
                others=", ".join(others.mapped("name")),
                owner=self.user_id.name,
            ),
            partner_ids=others.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _get_asked(self):
        """Return who has to answer now: the officer for who cannot open it any more."""
        self.ensure_one()
        asked = self.escalated_to_id or self.user_id
        is_able = asked and self._may_own(asked, self.company_id)
        return asked if is_able else self._pick_officer(self.officer_id)
