from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_amount, format_date, formatLang

from .relance_dispute_entering import OPEN_STATES

TOLD = ("receivables", "overdue", "overdue_share", "dso")
# A company in which all of these are nothing has nothing to tell.
ALIVE = ("receivables", "overdue", "invoiced", "received")
TOP = 10
# The key of what managers read; salespeople have their id.
ALL = None


@dataclass(frozen=True)
class Told:
    """What there is to tell in a company, read once for all who read it.

    :param managers: who reads about the whole company
    :param figures: as ``relance.kpi`` gives them; None if there are none to tell
    :param debtors: the largest late ones, ``{user id or ALL: [dict]}``
    :param disputes: the open ones, likewise; for ``ALL`` those past their deadline
    """

    managers: models.BaseModel
    figures: dict | None
    debtors: dict
    disputes: dict


class RelanceWeeklyContent(models.AbstractModel):
    """What the weekly e-mail says: read in sets, written in the reader's language."""

    _name = "relance.weekly.content"
    _inherit = ["relance.attempting", "relance.writing"]
    _description = "What the weekly e-mail says"

    # --------------------------------------------------------------------- reading

    def _load_told(self):
        """Return what there is to tell in the current company to some rows.

        :rtype: Told
        """
        managers = self._get_managers(self.env.company)
        told_all = managers & self.user_id
        return Told(
            managers=managers,
            figures=self._load_figures() if told_all else None,
            debtors=self._load_debtors(),
            disputes=self._load_disputes(),
        )

    @api.model
    def _load_figures(self):
        """Return the figures of three months; None of a company without any entry."""
        found = self.env["relance.dashboard"].get_figures({"months": 3})
        is_alive = any(any(found["values"][code]) for code in ALIVE)
        return found if is_alive else None

    @api.model
    def _load_debtors(self):
        """Return who owes most beyond the due date, by salesperson and of all."""
        dashboard = self.env["relance.dashboard"]
        found = dashboard._load_late_debtors(dashboard._get_scope())
        largest = sorted(found, key=lambda debtor_id: -found[debtor_id][0])
        told = defaultdict(list)
        for debtor in self.env["res.partner"].browse(largest):
            for reader in (ALL, *debtor.user_id.ids):
                if len(told[reader]) < TOP:
                    told[reader].append(debtor)
        return {
            reader: [
                {
                    "name": d.display_name,
                    "amount": found[d.id][0],
                    "days": found[d.id][1],
                }
                for d in debtors
            ]
            for reader, debtors in told.items()
        }

    @api.model
    def _get_disputes_domain(self):
        domain = Domain("company_id", "=", self.env.company.id)
        return domain & Domain("state", "in", OPEN_STATES)

    @api.model
    def _load_disputes(self):
        """Return the open disputes by who answers and sold; the late ones of all."""
        today = fields.Date.context_today(self)
        told = defaultdict(list)
        for dispute in self.env["relance.dispute"].search(self._get_disputes_domain()):
            is_late = dispute.deadline < today
            row = {
                "name": dispute.partner_id.display_name,
                "reason_id": dispute.reason_id.id,
                "amount": dispute.amount,
                "currency_id": dispute.currency_id.id,
                "deadline": dispute.deadline,
                "is_late": is_late,
            }
            readers = {*dispute.user_id.ids, *dispute.salesperson_id.ids}
            for reader in (ALL, *readers) if is_late else readers:
                if len(told[reader]) < TOP:
                    told[reader].append(row)
        return dict(told)

    # --------------------------------------------------------------------- writing

    def _get_content(self, told):
        """Return what the e-mail says, amounts and days as they are written.

        :param told: what there is to tell in the company, as ``Told``
        """
        self.ensure_one()
        is_manager = self.user_id in told.managers
        reader = ALL if is_manager else self.user_id.id
        figures = self._write_figures(told.figures or {}) if is_manager else []
        return {
            "row": self,
            "figures": figures,
            "debtors": [self._write_debtor(d) for d in told.debtors.get(reader, ())],
            "disputes": [self._write_dispute(d) for d in told.disputes.get(reader, ())],
            "link": self._get_refusal_link(),
            "url": self.get_base_url(),
            "is_manager": is_manager,
        }

    def _write_figures(self, figures):
        """Return the main figures: name, value and value of the month before."""
        told = []
        for kpi in self.env["relance.dashboard"]._get_kpis() if figures else ():
            code = kpi["code"]
            if code in TOLD:
                series = figures["values"][code]
                least = figures["least"].get(code, ())
                was, value = (
                    self._write_figure(series[rank], kpi["unit"], rank in least)
                    for rank in (len(series) - 2, len(series) - 1)
                )
                told.append({"name": kpi["name"], "was": was, "value": value})
        return told

    def _write_figure(self, value, unit, is_least):
        if value is None:
            return "–"
        if unit == "money":
            return self._write_amount(value)
        if unit == "share":
            return f"{formatLang(self.env, 100 * value, digits=1)} %"
        days = self.env._("%(days)s days", days=round(value))
        return f"≥ {days}" if is_least else days

    def _write_amount(self, amount):
        return format_amount(self.env, float(amount), self.company_id.currency_id)

    def _write_debtor(self, debtor):
        return {**debtor, "amount": self._write_amount(debtor["amount"])}

    def _write_dispute(self, dispute):
        reasons = self.env["relance.dispute.reason"]
        currency = self.env["res.currency"].browse(dispute["currency_id"])
        return {
            **dispute,
            "reason": reasons.browse(dispute["reason_id"]).name,
            "amount": formatLang(self.env, dispute["amount"], currency_obj=currency),
            "deadline": format_date(self.env, dispute["deadline"]),
        }
