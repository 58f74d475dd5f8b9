from odoo import models

from .relance_groups import OFFICER_GROUP


class RelanceAgreementPeople(models.AbstractModel):
    """Who is given something to do about an agreement: those who can open it."""

    _name = "relance.agreement.people"
    _description = "Tasks about what was said"

    def _is_officer(self, user):
        """Say whether somebody is an officer of the company: they open the record."""
        # sudo: whether they are active and in a group.
        user = user.sudo()
        return (
            user.active
            and not user.share
            and self.company_id in user.company_ids
            and user.has_group(OFFICER_GROUP)
        )

    def _pick_officer(self, user):
        """Return the person named if they can open the record, else the officer."""
        self.ensure_one()
        is_able = user and self._is_officer(user)
        return user if is_able else self._officer_of_debtor()

    def _officer_of_debtor(self):
        """Return the officer of the debtor, else of the company, as it is today."""
        self.ensure_one()
        company = self.company_id
        officers = company._get_relance_officers()
        # sudo: who looks after the debtor, to give them something to do.
        own = self.partner_id.sudo().with_company(company).relance_user_id
        return (own & officers) or company._get_relance_officer()

    def _give_task(self, xmlid, user, day, summary, note=""):
        """Give a person something to do about the record, once for each type.

        An open task of that type is moved to this person and day.
        """
        self.ensure_one()
        if not user:
            return
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            xmlid, raise_if_not_found=False
        )
        known = self.activity_ids.filtered(lambda a: a.activity_type_id.id == kind)
        if known:
            known[0].write(
                {"user_id": user.id, "date_deadline": day, "summary": summary}
            )
        elif kind:
            self.activity_schedule(
                activity_type_id=kind,
                date_deadline=day,
                summary=summary,
                note=note,
                user_id=user.id,
            )

    def _drop_tasks(self, *xmlids):
        """Take what is no longer to do off the to-do lists."""
        self.activity_unlink(list(xmlids), only_automated=False)
