from odoo import models


class RelanceDebtorLink(models.AbstractModel):
    """The personal links of a customer. Extends ``res.partner``."""

    _name = "relance.debtor.link"
    _description = "Personal links of a customer"

    def action_relance_links(self):
        """Open the personal links of this customer, to make or revoke them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_link_action"
        )
        debtor = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", debtor.id)],
            "context": {"relance_debtor_id": debtor.id},
        }

    def action_relance_new_link(self):
        """Make a personal link for this customer and show it."""
        self.ensure_one()
        link = self.env["relance.link"]._make_for_debtor(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "relance.link",
            "res_id": link.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_relance_revoke_links(self):
        """Revoke all the personal links of these customers; return those revoked."""
        links = self.env["relance.link"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("revoked_on", "=", False),
            ]
        )
        return links.action_revoke()

    def write(self, vals):
        # EXTENDS 'base': the links of a customer who is gone lead nowhere for good.
        if vals.get("active") is False:
            # sudo: whoever may archive a contact may not be an officer.
            links = self.env["relance.link"].sudo()
            links.search(
                [
                    "|",
                    ("partner_id", "in", self.ids),
                    ("contact_id", "in", self.ids),
                    ("revoked_on", "=", False),
                ]
            )._revoke()
        return super().write(vals)
