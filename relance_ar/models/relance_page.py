from odoo import api, models
from odoo.tools import format_date, formatLang

from .relance_facts_types import CONFIRMED
from .relance_page_lines import INSOLVENT


class RelancePage(models.AbstractModel):
    """What a debtor reads on their page: what is owed, agreed, contested, payable."""

    _name = "relance.page"
    _description = "Personal page of a debtor"
    _inherit = [
        "relance.page.scope",
        "relance.page.lines",
        "relance.page.cases",
        "relance.page.agreements",
        "relance.page.paying",
        "relance.page.files",
    ]

    # -------------------------------------------------------------------- its values

    @api.model
    def _get_page(self, scope):
        """Return what the page shows.

        :return: dict: ``groups`` (one for each currency: see ``_prepare_group``),
            ``agreements``, ``transfer`` (what the bank details are for), ``bank``,
            ``may_pay``, ``is_stopped``, ``officer``, ``documents``
        """
        sheets = scope.env["relance.statement.sheet"]
        sheet = sheets._get_known_statement(
            scope.debtor,
            scope.company,
            scope.today(),
            penalties=self._asks_penalties(scope),
        )
        facts = self._load_line_facts(scope, self._get_open_lines(scope))
        groups = [self._prepare_group(scope, group, facts) for group in sheet["groups"]]
        transfer = self._get_transfer(scope, groups, facts)
        return {
            "groups": groups,
            "agreements": self._get_agreements(scope),
            "transfer": transfer,
            "bank": self._shows_bank(transfer, facts)
            and self._get_bank(scope, transfer),
            "may_pay": self._may_pay(scope),
            "is_stopped": any(item["is_earlier"] for item in facts.values()),
            "officer": self._get_officer(scope),
            "documents": self._get_parts(scope),
        }

    @api.model
    def _shows_bank(self, transfer, facts):
        """Say whether our account is shown: not when all is owed to somebody else."""
        is_left = any(
            fact["is_earlier"] or self._is_ours(fact) for fact in facts.values()
        )
        return bool(transfer) or is_left or not facts

    @api.model
    def _prepare_group(self, scope, group, facts):
        """Return the items in one currency, by part, with what can be done about them.

        :return: the group of the statement with ``parts`` (title, items) and
            ``payable`` (of what is overdue)
        """
        for item in group["open"]:
            item |= facts.get(item["line"], {})
        titles = self._get_part_titles()
        parts = {name: [] for name in titles}
        for item in group["open"]:
            parts[self._get_part(item)].append(item)
        sums = {
            name: group["currency"].round(sum(item["owed"] for item in items))
            for name, items in parts.items()
        }
        return {
            **group,
            **sums,
            "parts": [(name, titles[name], items) for name, items in parts.items()],
            "payable": self._get_selection(
                scope, [item["line"] for item in parts["overdue"]], True, facts
            ),
        }

    @api.model
    def _get_part_titles(self):
        return {
            "overdue": self.env._("Overdue"),
            "to_come": self.env._("Coming due"),
            "plan": self.env._("In your payment plan"),
            "handed": self.env._("Handed over"),
            "closed": self.env._("Case closed"),
            "earlier": self.env._("Stopped by the insolvency proceedings"),
            "credits": self.env._("In your favour"),
        }

    @api.model
    def _get_part(self, item):
        """Return in which part of the account an item is shown."""
        if item["owed"] < 0:
            return "credits"
        if case := item.get("case"):
            return "closed" if self._is_closed(case) else "handed"
        if item.get("is_earlier"):
            return "earlier"
        if item.get("is_planned"):
            return "plan"
        return "overdue" if item["late"] else "to_come"

    @api.model
    def _names(self, lines):
        """Return the numbers of the entries of lines, each once."""
        return ", ".join(dict.fromkeys(line.move_name or "" for line in lines))

    @api.model
    def _asks_penalties(self, scope):
        """Say whether the debtor was ever asked for penalties, or is just reminded."""
        reminders = scope.env["relance.reminder"]
        domain = [*self._of_scope(scope), ("level_id.claim_penalties", "=", True)]
        return bool(
            reminders.search_count([*domain, ("state", "in", CONFIRMED)], limit=1)
        )

    @api.model
    def _may_pay(self, scope):
        """Say whether anything may be paid: once proceedings have opened, new debts."""
        lines = self._get_lines(scope)
        if not lines:
            return scope.debtor.solvency_state != INSOLVENT
        return bool(lines - self._get_earlier(scope, lines))

    @api.model
    def _find_officer(self, scope):
        """Return who looks after the debtor, else after the company."""
        officers = scope.company._get_relance_officers()
        own = scope.debtor.relance_user_id & officers
        return own or scope.company._get_relance_officer()

    @api.model
    def _get_officer(self, scope):
        """Return whom to talk to: name, phone and e-mail address of the company."""
        company = scope.company
        officer = self._find_officer(scope).sudo()
        return {
            "name": officer.name or company.name,
            "phone": company.phone or "",
            "email": officer.email or company.email or "",
        }

    # ----------------------------------------------------------------------- words

    @api.model
    def _money(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    @api.model
    def _day(self, day):
        return format_date(self.env, day) if day else ""
