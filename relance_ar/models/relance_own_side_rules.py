from datetime import timedelta

from odoo import api, fields, models

from ..core import billing, einvoice
from ..core.preflight import IGNORE, WARNING, Finding

# Fields in which addons keep the life-cycle status of an electronic invoice.
STATUS_FIELDS = ("pdp_move_state", "peppol_move_state", "einvoice_status")


class RelanceOwnSideRules(models.AbstractModel):
    """Checks of our own side that come from the customer's rules and from statuses.

    Added to those of ``relance.own.side``: billing requirements not met, and what the
    electronic invoice has met on its way.
    """

    _name = "relance.own.side.rules"
    _inherit = "relance.own.side"
    _description = "Checks of billing requirements and of electronic statuses"

    @api.model
    def _check_own_side(self, rows, partners, company, needs_order, unread):
        # EXTENDS relance.own.side
        found = super()._check_own_side(rows, partners, company, needs_order, unread)
        severities = self.env["relance.check"]._get_severities()
        owed = {
            row.id: row.move_id
            for of_partner in rows.values()
            for row in of_partner
            if row.residual > 0 and row.is_invoice
        }
        move_ids = list(set(owed.values()))
        by_move = self._find_billing(move_ids, partners, company, severities)
        for move_id, more in self._find_statuses(move_ids, severities).items():
            by_move[move_id] = (*by_move.get(move_id, ()), *more)
        for line_id, move_id in owed.items():
            if move_id in by_move:
                found[line_id] = (*found.get(line_id, ()), *by_move[move_id])
        return found

    # ---------------------------------------------------------------------- billing

    @api.model
    def _find_billing(self, move_ids, partners, company, severities):
        """Return ``{invoice id: findings}`` about what customers ask for.

        What is asked of every invoice is shown on the invoice and holds no reminder.
        """
        severity = severities.get("billing", IGNORE)
        requirements = self.env["relance.billing.requirement"]
        asked = severity != IGNORE and requirements._load(partners.ids, company, False)
        if not asked:
            return {}
        # sudo: what is on invoices, for whoever plans.
        moves = self.env["account.move"].sudo().browse(move_ids)
        found = {}
        for move in moves.filtered(lambda m: m.commercial_partner_id.id in asked):
            missing = move._relance_check_billing(asked, False, on_own_side=True)
            if missing:
                found[move.id] = (self._billing_finding(move, missing, severity),)
        return found

    @api.model
    def _billing_finding(self, move, missing, severity):
        """Return one finding: it blocks only for what the customer makes blocking."""
        if all(item.severity != billing.BLOCK for item in missing):
            severity = WARNING
        words = ", ".join(move._relance_say_missing(item) for item in missing)
        return Finding("billing", severity, {"missing": words})

    # --------------------------------------------------------------------- statuses

    @api.model
    def _find_statuses(self, move_ids, severities):
        """Return ``{invoice id: findings}`` about the fate of electronic invoices."""
        severity = severities.get("einvoice", IGNORE)
        if severity == IGNORE:
            return {}
        found = {}
        for move_id, (status, day) in self._load_einvoice_statuses(move_ids).items():
            policy = einvoice.policy_of(status)
            gravity = self._gravity(policy, day, severity)
            if gravity != IGNORE:
                params = {"status": status, "effect": policy.effect}
                found[move_id] = (Finding("einvoice", gravity, params),)
        return found

    @api.model
    def _gravity(self, policy, day, severity):
        """Return how grave a status is: a partial approval is a warning."""
        if policy.effect == einvoice.PARTIAL:
            return WARNING
        if policy.effect == einvoice.GRACE and day:
            over = day + timedelta(days=einvoice.GRACE_DAYS)
            if over < fields.Date.context_today(self):
                return IGNORE
        return IGNORE if policy.chase else severity

    @api.model
    def _load_einvoice_statuses(self, move_ids):
        """Return ``{invoice id: (status, its day or None)}``.

        Reads the first field of ``STATUS_FIELDS`` that an installed addon has; another
        addon overrides this to give its own.
        """
        moves = self.env["account.move"].sudo()  # sudo: statuses, for whoever plans
        name = next((n for n in STATUS_FIELDS if n in moves._fields), None)
        if not name or not moves._fields[name].store:
            return {}
        found = moves.search_fetch(
            [("id", "in", move_ids), (name, "!=", False)], [name]
        )
        return {move.id: (move[name], None) for move in found}
