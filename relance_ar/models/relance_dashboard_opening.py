from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .relance_channel import CALLS
from .relance_facts_types import CONFIRMED
from .relance_movement import INVOICED, RECEIVED
from .relance_receivable import CLASSES

# Figures made of what was open on a day: the domain on ``relance.receivable``.
OPEN_ITEMS = {
    "receivables": Domain.TRUE,
    "dso": Domain.TRUE,
    "overdue": Domain("is_late", "=", True),
    "overdue_share": Domain("is_late", "=", True),
    "days_delinquent": Domain("is_late", "=", True),
    "penalties_accrued": Domain("is_late", "=", True),
    "best_dso": Domain("age", "=", "not_due"),
}


class RelanceDashboardOpening(models.AbstractModel):
    """The records behind each figure of the dashboard."""

    _name = "relance.dashboard.opening"
    _inherit = ["relance.dashboard.panels"]
    _description = "Records behind the dashboard"

    @api.model
    @api.readonly
    def open_records(self, what, filters=None):
        """Return the action that shows the records behind a figure.

        :param what: code of a figure, or ``age:CODE``, ``debtor:ID``, ``work:CODE``,
            ``dispute:ID``, ``promise:ID``
        :param filters: as ``get_data`` takes them; the month is that of their day
        :raise UserError: for anything else
        """
        scope, filters = self._get_scope(filters), filters or {}
        if not isinstance(what, str):
            self._refuse(what)
        kind, _colon, key = what.partition(":")
        openers = {
            "age": self._open_age,
            "debtor": self._open_debtor,
            "work": self._open_work,
        }
        if kind in ("dispute", "promise") and key.isdecimal():
            return self.env[f"relance.{kind}"].browse(int(key))._get_records_action()
        if kind in openers:
            return openers[kind](scope, filters, key)
        if what in OPEN_ITEMS:
            return self._open_items(scope, filters, OPEN_ITEMS[what])
        return self._open_month(scope, filters, what)

    # ------------------------------------------------------------------ open items

    @api.model
    def _open_items(self, scope, filters, domain):
        """Show what was open at the end of the day."""
        return self._open(
            "relance_ar.relance_receivable_action",
            self._analysis_domain(filters) & domain,
            relance_day=str(scope.day),
        )

    @api.model
    def _open_age(self, scope, filters, key):
        if key not in dict(CLASSES):
            self._refuse(key)
        return self._open_items(scope, filters, Domain("age", "=", key))

    @api.model
    def _open_debtor(self, scope, filters, key):
        """Show what a debtor owes late."""
        if not key.isdecimal():
            self._refuse(key)
        of_debtor = Domain("partner_id", "=", int(key))
        return self._open_items(scope, filters, of_debtor & OPEN_ITEMS["overdue"])

    @api.model
    def _open_work(self, scope, _filters, key):
        domains = self._get_work_domains()
        if key not in domains:
            self._refuse(key)
        name, model, domain = domains[key]
        xmlid = {
            "relance.reminder": "relance_ar.relance_reminder_action_all",
            "relance.dispute": "relance_ar.relance_dispute_action",
        }[model]
        return self._open(xmlid, self._scope_domain(scope) & domain, name)

    # ----------------------------------------------------------------- of the month

    @api.model
    def _open_month(self, scope, filters, what):
        """Show what happened in the month of the day."""
        openers = {
            "invoiced": self._open_invoiced,
            "received": self._open_received,
            "effectiveness": self._open_paid,
            "days_late": self._open_paid,
            "penalties_recovered": self._open_penalties,
            "first_pass": self._open_corrected,
            "disputed_share": self._open_disputed,
        }
        if what in openers:
            return openers[what](scope, filters)
        xmlid, day, domain = self._get_months_of(what)
        within = self._within(scope, day)
        return self._open(xmlid, self._scope_domain(scope) & within & domain)

    @api.model
    def _get_months_of(self, what):
        """Return the action, the date and the domain of what happens in a month."""
        reminders = "relance_ar.relance_reminder_action_all"
        found = {
            "promises_kept": (
                "relance_ar.relance_promise_action",
                "date_limit",
                Domain("state", "in", ("kept", "broken")),
            ),
            "dispute_days": (
                "relance_ar.relance_dispute_action",
                "resolved_on",
                Domain("state", "=", "resolved"),
            ),
            "calls_confirmed": (
                reminders,
                "date_done",
                Domain("state", "=", "done") & Domain("channel", "in", CALLS),
            ),
            "effort": (reminders, "date_done", Domain("state", "in", CONFIRMED)),
        }
        return found[what] if what in found else self._refuse(what)

    @api.model
    def _within(self, scope, name):
        """Return the domain of the last month of a scope.

        :rtype: Domain
        """
        first, last = scope.months[-1]
        return Domain(name, ">=", first) & Domain(name, "<=", last)

    @api.model
    def _open_paid(self, scope, filters, domain=Domain.TRUE, name=""):
        """Show the payments of the month that were matched with instalments."""
        domain &= self._analysis_domain(filters) & self._within(scope, "paid_on")
        return self._open(
            "relance_ar.relance_settlement_action",
            domain,
            name,
            relance_day=str(scope.day),
        )

    @api.model
    def _open_penalties(self, scope, filters):
        of_penalties = Domain("is_penalty", "=", True)
        name = self.env._("Penalties recovered")
        return self._open_paid(scope, filters, of_penalties, name)

    @api.model
    def _open_movements(self, scope, filters, kind, name):
        """Show the entries of the month that were invoiced, or received."""
        domain = self._analysis_domain(filters) & self._within(scope, "date")
        return self._open(
            "relance_ar.relance_movement_action",
            domain & Domain("kind", "=", kind),
            name,
            relance_day=str(scope.day),
        )

    @api.model
    def _open_invoiced(self, scope, filters):
        name = self.env._("Sales invoiced")
        return self._open_movements(scope, filters, INVOICED, name)

    @api.model
    def _open_received(self, scope, filters):
        name = self.env._("Received")
        return self._open_movements(scope, filters, RECEIVED, name)

    @api.model
    def _open_corrected(self, scope, _filters):
        """Show the invoices of the month that were disputed or corrected."""
        disputed = self.env["relance.dispute"].search(
            self._scope_domain(scope) & Domain("state", "!=", "cancelled"), limit=10000
        )
        domain = (
            self._scope_domain(scope, "commercial_partner_id")
            & self._within(scope, "invoice_date")
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & (
                Domain("reversal_move_ids.state", "=", "posted")
                | Domain("line_ids", "in", disputed.move_line_ids.ids)
            )
        )
        action = self._open("account.action_move_out_invoice_type", domain)
        return {**action, "name": self.env._("Disputed or corrected invoices")}

    @api.model
    def _open_disputed(self, scope, _filters):
        """Show the disputes that were open at the end of the day."""
        domain = (
            self._scope_domain(scope)
            & Domain("state", "!=", "cancelled")
            & Domain("date_open", "<=", scope.day)
            & (
                Domain("resolved_on", "=", False)
                | Domain("resolved_on", ">", scope.day)
            )
        )
        return self._open("relance_ar.relance_dispute_action", domain)

    # ----------------------------------------------------------------------- opening

    @api.model
    def _open(self, xmlid, domain, name="", **context):
        """Return an action of the addon on some records, without its own filters."""
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        changes = {"domain": list(domain), "context": context}
        # No path: the address of the page would show all of them when it is loaded.
        changes["path"] = False
        return {**action, **changes, **({"name": name} if name else {})}

    def _refuse(self, what):
        """Refuse a figure that there is none of.

        :raise UserError: naming it
        """
        raise UserError(self.env._("There is no figure “%(what)s”.", what=what))
