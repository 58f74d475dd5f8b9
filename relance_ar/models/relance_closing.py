from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.calendar import Closing, NoWorkingDayError


class RelanceClosing(models.Model):
    """A period in which we, or a debtor, are closed: nobody is contacted."""

    _name = "relance.closing"
    _inherit = "relance.company.fixed"
    _description = "Closing period"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, default=lambda self: self.env._("Closed"))
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Who is closed. Empty: our own company.",
    )
    date_from = fields.Date(
        string="From", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=fields.Date.context_today,
        help="The last day is closed as well.",
    )
    is_yearly = fields.Boolean(
        string="Every year", help="The same days of the month, each year."
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_from <= date_to AND date_to - date_from <= 366)",
        "A closing ends after it begins, and within a year.",
    )
    _year_has_open_days = models.Constraint(
        "CHECK (is_yearly IS NOT TRUE OR date_to - date_from <= 300)",
        "A closing of every year lasts 300 days at most: some days must remain.",
    )

    @api.constrains("date_from", "date_to", "is_yearly", "partner_id", "company_id")
    def _check_days_left(self):
        today = fields.Date.context_today(self)
        for closing in self:
            # sudo: the closings that branches have beside those of their parent.
            companies = self.env["res.company"].sudo()
            for company in companies.search(
                [("id", "child_of", closing.company_id.id)]
            ):
                try:
                    closing._get_calendar(company).check_days_left(today)
                except NoWorkingDayError as error:
                    raise ValidationError(closing._why_refused(company)) from error

    def _get_calendar(self, company):
        """Return the working days of a company, and of the debtor if there is one."""
        self.ensure_one()
        calendar, debtor = company._get_relance_calendar(), self.partner_id
        if not debtor:
            return calendar
        of_debtor = self._of_debtors(debtor.ids, company).get(debtor.id, ())
        return calendar.with_closings(of_debtor)

    def _why_refused(self, company):
        """Return why a closing leaves nobody to contact, or nobody to do it."""
        self.ensure_one()
        return self.env._(
            "“%(closing)s”: with the other closing periods of %(name)s, it leaves no "
            "working day for more than a year. Nobody could be contacted: shorten it.",
            closing=self.name,
            name=(self.partner_id or company).name,
        )

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for closing in self:
            self.env["relance.run"]._check_day(closing.date_from)
            self.env["relance.run"]._check_day(closing.date_to)

    @api.onchange("date_from")
    def _onchange_date_from(self):
        if self.date_from and (not self.date_to or self.date_to < self.date_from):
            self.date_to = self.date_from

    def _to_core(self):
        """Return the closings as the calendar wants them."""
        return tuple(
            Closing(
                closing.date_from,
                closing.date_to,
                closing.is_yearly,
                bool(closing.partner_id),
            )
            for closing in self
        )

    @api.model
    def _of_company(self, company):
        """Return the company's own closings that still matter."""
        return self._current(company, [("partner_id", "=", False)])

    @api.model
    def _of_debtors(self, partner_ids, company):
        """Return ``{debtor id: its closings}``."""
        domain = [("partner_id", "in", partner_ids)]
        closings = self._current(company, domain).grouped("partner_id")
        return {partner.id: found._to_core() for partner, found in closings.items()}

    @api.model
    def _get_closed_debtor_ids(self, company, day):
        """Return the ids of the debtors who are closed on ``day``."""
        closings = self._current(company, [("partner_id", "!=", False)])
        return closings.filtered(lambda c: c._to_core()[0].covers(day)).partner_id.ids

    @api.model
    def _current(self, company, domain):
        a_year_ago = fields.Date.context_today(self) - timedelta(days=366)
        # sudo: days on which nobody works, needed by whoever plans.
        return self.sudo().search(
            [
                *domain,
                ("company_id", "parent_of", company.id),
                "|",
                ("is_yearly", "=", True),
                ("date_to", ">=", a_year_ago),
            ]
        )
