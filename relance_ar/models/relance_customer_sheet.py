from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import kpi
from .relance_facts_types import CONFIRMED
from .relance_kpi_filters import is_id

LAST = 6
# Open instalments of which the next step is looked for.
LINES = 200


class RelanceCustomerSheet(models.AbstractModel):
    """One screen before a call: how a customer pays, what was said, what comes next."""

    _name = "relance.customer.sheet"
    _inherit = ["relance.dashboard"]
    _description = "Sheet of a customer"

    @api.model
    @api.readonly
    def get_data(self, partner_id):
        """Return what is to be known of a customer, as plain JSON.

        :param partner_id: id of a partner; its commercial entity is the debtor
        :return: dict: ``partner``, ``people``, ``currency``, ``labels``, ``figures``,
            ``days_late`` and ``paid`` (by month), ``ageing``, ``exposure``,
            ``next_steps``, ``contacts``, ``promises``, ``disputes``, ``plans``
        :raise AccessError: for who is no officer, or may not read the customer
        :raise UserError: when there is no such customer, or not any more
        """
        self._check_officer()
        debtor = self._get_debtor(partner_id)
        scope = self._get_scope({"debtor_id": debtor.id})
        of_debtor = Domain("partner_id", "=", debtor.id) & self._scope_domain(scope)
        return {
            "partner": self._get_partner(debtor),
            "people": self._get_people(debtor),
            "currency": self._get_currency(scope),
            "labels": [
                format_date(self.env, end, date_format="MMM yy")
                for _first, end in scope.months
            ],
            **self._get_behaviour(scope),
            "exposure": self._get_exposure(debtor),
            "next_steps": self._get_next_steps(scope),
            "contacts": self._get_contacts(of_debtor),
            "promises": self._list_said("relance.promise", of_debtor, "date", "amount"),
            "disputes": self._list_said(
                "relance.dispute", of_debtor, "deadline", "amount", "reason_id"
            ),
            "plans": self._list_said(
                "relance.plan", of_debtor, "next_date", "amount_total"
            ),
        }

    @api.model
    def _get_debtor(self, partner_id):
        """Return the commercial entity of a partner that the user may read."""
        partner = self.env["res.partner"]
        if is_id(partner_id):
            partner = partner.browse(partner_id).exists()
        if not partner:
            # Without one, figures would be those of the whole company.
            raise UserError(self.env._("This customer no longer exists."))
        partner.check_access("read")
        debtor = partner.commercial_partner_id
        debtor.check_access("read")
        return debtor

    @api.model
    def _get_partner(self, debtor):
        hold = debtor.relance_hold_until
        suggestion = debtor.payer_profile_suggestion_id
        if not debtor.payer_profile_to_confirm:
            suggestion = suggestion.browse()
        states = debtor._fields["solvency_state"]._description_selection(self.env)
        return {
            "id": debtor.id,
            "name": debtor.display_name,
            "profile": debtor.payer_profile_id.name or "",
            "strategy": debtor.payer_profile_strategy or "",
            "suggestion": suggestion.name or "",
            "evidence": (debtor.payer_profile_evidence or "").splitlines(),
            "officer": debtor.relance_user_id.name or "",
            "salesperson": debtor.user_id.name or "",
            "solvency": dict(states)[debtor.solvency_state],
            "hold": str(hold) if hold else "",
            "hold_reason": debtor.relance_hold_reason or "",
        }

    @api.model
    def _get_people(self, debtor):
        """Return whom to ask for: the contacts with a role, then the company itself."""
        roles = dict(debtor._fields["relance_role"]._description_selection(self.env))
        people = debtor.child_ids.filtered("relance_role") | debtor
        return [
            {
                "id": person.id,
                "name": person.name or "",
                "role": roles.get(person.relance_role, ""),
                "phone": person.phone or "",
                "email": person.email or "",
            }
            for person in people
        ]

    # ------------------------------------------------------------------- behaviour

    @api.model
    def _get_behaviour(self, scope):
        """Return how the customer has paid over the months, and how they stand."""
        rates = {}
        standings = self._standings(scope, self._load_curves(scope), rates)
        payments = self._load_payments(scope, rates)
        by_month = [payments[first] for first, _end in scope.months]
        amount = sum(paid for paid, _weighted in by_month)
        late = kpi.mean_days(amount, sum(weighted for _paid, weighted in by_month))
        return {
            "days_late": [
                None if (days := kpi.mean_days(*month)) is None else float(days)
                for month in by_month
            ],
            "paid": [float(paid) for paid, _weighted in by_month],
            "ageing": self._get_ageing(standings[-1]),
            "figures": {
                "owed": float(standings[-1].balance),
                "overdue": float(standings[-1].overdue),
                "days_late": None if late is None else float(late),
                "paid": float(amount),
            },
        }

    @api.model
    def _get_exposure(self, debtor):
        """Return what is used of the credit limit in the current company, or None."""
        row = self.env["relance.exposure"].search(
            [("partner_id", "=", debtor.id), ("company_id", "=", self.env.company.id)],
            limit=1,
        )
        if not row:
            return None
        return {
            "amount": row.amount,
            "limit": row.limit,
            "used": row.used / 100,
            "percent": min(row.used, 100),
        }

    # ------------------------------------------------------------------- next step

    @api.model
    def _get_next_steps(self, scope):
        """Return what comes next for the open instalments, and why, the first first."""
        query = self._lines_query(
            scope, Domain("reconciled", "=", False) & Domain("balance", ">", 0)
        )
        lines = self.env["account.move.line"].search(
            Domain("id", "in", query), order="date_maturity, id", limit=LINES
        )
        today = fields.Date.context_today(self)
        found = self.env["relance.run"].explain(lines, today) if lines else []
        numbers = {line.id: line.move_name for line in lines}
        found.sort(key=lambda row: (not row["due"], str(row["next_date"] or "9999")))
        channels = dict(
            self.env["relance.reminder"]
            ._fields["channel"]
            ._description_selection(self.env)
        )
        return [
            {
                "number": numbers[row["move_line_id"]],
                "due": row["due"],
                "level": row["level"] or "",
                "channel": channels.get(row["channel"], ""),
                "day": str(row["next_date"] or ""),
                "reasons": row["reasons"],
            }
            for row in found[:LAST]
        ]

    # -------------------------------------------------------------------- what was said

    @api.model
    def _get_contacts(self, of_debtor):
        """Return the last contacts that took place."""
        reminders = self.env["relance.reminder"].search(
            of_debtor & Domain("state", "in", CONFIRMED),
            order="date_done DESC, id DESC",
            limit=LAST,
        )
        channels = dict(reminders._fields["channel"]._description_selection(self.env))
        outcomes = dict(
            reminders._fields["call_outcome"]._description_selection(self.env)
        )
        return [
            {
                "id": reminder.id,
                "day": str(reminder.date_done),
                "channel": channels[reminder.channel],
                "level": reminder.level_id.name,
                "what": outcomes.get(reminder.call_outcome, ""),
                "note": reminder.call_note or "",
            }
            for reminder in reminders
        ]

    @api.model
    def _list_said(self, model, of_debtor, day, amount, about=None):
        """Return the last records of what was said: state, day and amount of each."""
        records = self.env[model].search(of_debtor, order="id DESC", limit=LAST)
        states = dict(records._fields["state"]._description_selection(self.env))
        return [
            {
                "id": record.id,
                "state": states[record.state],
                "is_over": record.state not in ("open", "escalated", "active", "draft"),
                "day": str(record[day] or ""),
                "amount": record[amount],
                "currency_id": record.currency_id.id,
                "what": record[about].display_name if about else "",
            }
            for record in records
        ]
