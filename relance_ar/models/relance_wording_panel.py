from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.preflight import BLOCKING, OK, WARNING
from ..core.schedule import Reason
from .relance_explainer import Explainer
from .relance_facts_types import UNSENT

# What is looked at whatever the company says, after the checks that it weighs.
CONTACT, LINE_HOLD, DISPUTED = "contact", "line_hold", "disputed"
RANK = {BLOCKING: 0, WARNING: 1, OK: 2}


class RelanceWordingPanel(models.AbstractModel):
    """Shows all the checks before a contact: in order, to look at, or blocking."""

    _name = "relance.wording.panel"
    _description = "Panel of the checks before a contact"

    @api.model
    def _panel_labels(self):
        """Return ``{code: its name}`` of what is checked, in order."""
        names = dict(
            self.env["relance.check"]._fields["code"]._description_selection(self.env)
        )
        severities = self.env["relance.check"]._get_severities()
        weighed = {
            code: name for code, name in names.items() if severities.get(code) in RANK
        }
        return weighed | {
            CONTACT: self.env._("No usable contact"),
            "hold": self.env._("The customer is on hold"),
            LINE_HOLD: self.env._("The instalment is held"),
            DISPUTED: self.env._("The instalment is disputed"),
            "promise": self.env._("A promise to pay is under way"),
            "plan": self.env._("A payment plan is under way"),
            "no_followup": self.env._("Excluded from follow-up"),
            "blocked": self.env._("The payment is blocked"),
            "insolvency": self.env._("Insolvency proceedings"),
        }

    @api.model
    def _render_panel(self, items):
        """Return the panel as HTML: what was found, then the checks in order.

        :param items: dicts with ``code``, ``severity``, ``text`` and perhaps ``number``
        """
        labels = self._panel_labels()
        found = {item["code"] for item in items}
        in_order = [
            {"code": code, "severity": OK, "text": ""}
            for code in labels
            if code not in found
        ]
        rows = [
            {**item, "label": labels.get(item["code"], "")}
            for item in [*sorted(items, key=lambda i: RANK[i["severity"]]), *in_order]
        ]
        return self.env["ir.qweb"]._render("relance_ar.preflight_panel", {"rows": rows})

    # ----------------------------------------------------------------- an invoice

    @api.model
    def _panels_of(self, lines, company):
        """Return ``{invoice id: its panel}`` for open instalments of a company."""
        run = self.env["relance.run"].new(
            {"company_id": company.id, "date": fields.Date.context_today(self)}
        )
        items = {move.id: [] for move in lines.move_id}
        try:
            decided = Explainer(run).decide_on(lines)
        except UserError as error:  # the company has no working day left
            closed = {"code": CONTACT, "severity": BLOCKING, "text": str(error)}
            return {move_id: self._render_panel([closed]) for move_id in items}
        for line in lines:
            if line.id in decided:
                facts, decision = decided[line.id]
                known = items[line.move_id.id]
                found = self._items_of(line, facts, decision)
                known += [item for item in found if item not in known]
        return {
            move_id: self._render_panel(of_move) for move_id, of_move in items.items()
        }

    @api.model
    def _items_of(self, line, facts, decision):
        """Return what speaks against a contact about a line, in words."""
        items = [
            {
                "code": finding.code,
                "severity": finding.severity,
                "text": self._say_of(finding, line.currency_id),
            }
            for finding in facts.findings.get(line.id, ())
        ]
        for reason in self._stops_of(facts, decision):
            names = {"hold": facts.hold_reason, "currency": line.currency_id}
            text = self._say(reason, **names)
            items.append({"code": reason.code, "severity": BLOCKING, "text": text})
        if self._reaches_nobody(facts, decision):
            text = self._say_unreachable()
            items.append({"code": CONTACT, "severity": BLOCKING, "text": text})
        return items

    @api.model
    def _stops_of(self, facts, decision):
        """Return why nobody is contacted about a line, holds that run included."""
        today, debtor = fields.Date.context_today(self), facts.debtor
        reasons = [*decision.line.blocks, *debtor.blocks]
        reasons += decision.line.holds_on(today)
        if debtor.hold_until and debtor.hold_until >= today:
            reasons.append(Reason("hold", {"until": debtor.hold_until}))
        return reasons

    @api.model
    def _reaches_nobody(self, facts, decision):
        """Say whether no channel of the next level, or none at all, can be used."""
        if decision.level:
            return not decision.channel
        debtor, reachable = facts.debtor, decision.line.reachable[""]
        return not (reachable - debtor.refused - debtor.failed)

    # ----------------------------------------------------------------- a reminder

    @api.model
    def _panel_of_reminder(self, reminder):
        """Return the panel of a reminder: what its run found, and what stops it now."""
        items = [
            {
                "code": found["code"],
                "severity": found["severity"],
                "number": found["number"],
                "text": self._say_finding(found, reminder.currency_id),
            }
            for found in reminder.preflight or ()
        ]
        return self._render_panel(items + self._stops_of_reminder(reminder))

    @api.model
    def _stops_of_reminder(self, reminder):
        """Return what stops an open reminder today, beside what the checks found."""
        if reminder.state not in UNSENT:
            return []
        found, partner = [], reminder.partner_id.with_company(reminder.company_id)
        today = fields.Date.context_today(self)
        if reminder.state == "held" and not reminder._get_blocking():
            found.append((Reason("unreachable"), CONTACT, ""))
        if partner.relance_hold_until and partner.relance_hold_until >= today:
            until = {"until": partner.relance_hold_until}
            found.append((Reason("hold", until), "hold", ""))
        lines = reminder.line_ids
        facts = self.env["relance.facts"]
        agreed = facts._load_agreements(lines.move_line_id.ids, today)
        for line in lines:
            about = agreed.get(line.move_line_id.id)
            for reason in about.holds_on(today) if about else ():
                found.append((reason, reason.code, line.move_name))
            asked = line.amount_residual + line.amount_disputed
            if about and float(about.disputed) >= asked:
                all_of_it = Reason(DISPUTED, {"amount": about.disputed})
                found.append((all_of_it, DISPUTED, line.move_name))
            # sudo: whether an instalment of the reminder is to be left out.
            if line.sudo().move_line_id.no_followup:
                found.append((Reason("no_followup"), "no_followup", line.move_name))
        return [
            {
                "code": code,
                "severity": BLOCKING,
                "number": number,
                "text": self._say(
                    reason,
                    hold=partner.relance_hold_reason or "",
                    currency=reminder.currency_id,
                ),
            }
            for reason, code, number in found
        ]
