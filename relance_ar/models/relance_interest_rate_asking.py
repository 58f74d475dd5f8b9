from datetime import date, timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..core.penalty import semester_of

RATES_ACTIVITY = "relance_ar.mail_activity_type_rates"
# The order on the legal rate comes in the second half of the month before.
ASKED_FROM_DAY = 15


class RelanceInterestRateAsking(models.AbstractModel):
    """Asks accountants for the rates of each half-year. Extends the table of rates."""

    _name = "relance.interest.rate.asking"
    _description = "Rates to be entered"

    @api.model
    def _cron_ask_rates(self):
        """Ask for the rates of the next half-year from 15 December and 15 June on.

        Whoever was asked for a half-year is not asked for it again: running twice, or
        late, changes nothing.
        """
        today = fields.Date.context_today(self)
        for semester in self._get_semesters_to_ask(today):
            missing = self._get_missing_kinds(semester)
            if missing:
                self._ask_for(semester, missing)

    @api.model
    def _get_semesters_to_ask(self, today):
        """Return the half-year of today, and the next one when its time has come."""
        current = semester_of(today)
        following = semester_of(current + timedelta(days=190))
        is_near = today >= following - timedelta(days=1) - timedelta(
            days=(following - timedelta(days=1)).day - ASKED_FROM_DAY
        )
        return [current, following] if is_near else [current]

    @api.model
    def _get_missing_kinds(self, semester: date):
        """Return the kinds of rates without a value for a half-year."""
        known = set(self.search([("date_from", "=", semester)]).mapped("kind"))
        kinds = self._fields["kind"].get_values(self.env)
        return [kind for kind in kinds if kind not in known]

    @api.model
    def _ask_for(self, semester, missing):
        """Give an activity to each accountant who was not asked yet."""
        # sudo: activities of others, and of the past.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        kind_of_activity = self.env.ref(RATES_ACTIVITY)
        asked = activities.search(
            [
                ("activity_type_id", "=", kind_of_activity.id),
                ("date_deadline", "=", semester),
            ]
        ).user_id
        latest = self.search([], order="date_from desc, id", limit=1)
        if not latest:
            return
        for user in self._get_accountants() - asked:
            lang = self.env["relance.writing"]._to_installed_lang(user.lang)
            latest.with_context(lang=lang)._ask_user(user, semester, missing)

    def _ask_user(self, user, semester, missing):
        """Give an accountant the task to enter rates.

        :param semester: its first day
        :param missing: kinds of rates
        """
        words = dict(self._fields["kind"]._description_selection(self.env))
        self.activity_schedule(
            RATES_ACTIVITY,
            date_deadline=semester,
            user_id=user.id,
            summary=self.env._(
                "Enter the interest rates of the half-year from %(day)s",
                day=format_date(self.env, semester),
            ),
            note=self.env._(
                "Missing: %(kinds)s. The ECB's rate is the one in force on that "
                "day; the legal rates come with an order in the Journal officiel.",
                kinds=", ".join(words[kind] for kind in missing),
            ),
        )

    @api.model
    def _get_accountants(self):
        """Return an accountant of each company: those who may enter rates."""
        # sudo: names of groups and their members only, to know whom to ask.
        group = self.env.ref("account.group_account_manager").sudo()
        users = group.all_user_ids.filtered(lambda u: u.active and not u.share)
        found = self.env["res.users"]
        for company in (
            self.env["res.company"].sudo().search([("parent_id", "=", False)])
        ):
            mine = users.filtered(lambda user, c=company: c in user.company_ids)
            found |= mine.sorted("id")[:1] if not mine & found else found.browse()
        return found.sudo(False)

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._close_asked()
        return rates

    def write(self, vals):
        # Another value is to be checked again.
        confirmed = self.filtered("is_confirmed")
        result = super().write(vals)
        if {"value", "kind", "date_from"} & vals.keys() and "is_confirmed" not in vals:
            void = {"confirmed_by_id": False, "confirmed_on": False}
            super(RelanceInterestRateAsking, confirmed).write(
                {"is_confirmed": False, **void}
            )
        return result

    def _close_asked(self):
        """Finish the activities of the half-years that are now complete."""
        complete = {
            semester
            for semester in set(self.mapped("date_from"))
            if not self._get_missing_kinds(semester)
        }
        kind = self.env.ref(RATES_ACTIVITY, raise_if_not_found=False)
        if complete and kind:
            # sudo: the activities of other accountants are finished as well.
            activities = self.env["mail.activity"].sudo()
            activities.search(
                [
                    ("activity_type_id", "=", kind.id),
                    ("date_deadline", "in", list(complete)),
                ]
            ).action_done()

    # ---------------------------------------------------------------- confirmation

    def action_confirm(self):
        """Note that the rates were checked against the official publication."""
        to_confirm = self.filtered(lambda rate: not rate.is_confirmed)
        to_confirm.write(
            {
                "is_confirmed": True,
                "confirmed_by_id": self.env.uid,
                "confirmed_on": fields.Date.context_today(self),
            }
        )
        return to_confirm
