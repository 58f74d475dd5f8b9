from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from .relance_facts_types import CONFIRMED
from .relance_page_lines import INSOLVENT
from .relance_scope import Scope


class RelancePage(models.AbstractModel):
    """What a debtor reads on their page: what is owed, agreed, contested, to be paid.

    Runs as superuser on behalf of whoever holds a link, so each search is bounded by
    the scope: one debtor, one company.
    """

    _name = "relance.page"
    _description = "Personal page of a debtor"
    _inherit = [
        "relance.page.lines",
        "relance.page.agreements",
        "relance.page.paying",
        "relance.page.files",
    ]

    # -------------------------------------------------------------------- its scope

    @api.model
    def _get_link_scope(self, link):
        """Return the scope of a link that was checked."""
        env = self._get_env(link.company_id)
        return Scope(
            company=link.company_id.with_env(env),
            debtor=link.partner_id.with_env(env),
            contact=link.contact_id.with_env(env),
            link=link.with_env(env),
            url=f"/relance/{link._get_token()}",
        )

    @api.model
    def _get_user_scope(self, user, company_id):
        """Return the scope of a portal user in a company; None if there is none.

        Who has paid everything has a page still: they come back to it from paying.
        """
        company = self._find_company(user.partner_id, company_id)
        if not company:
            return None
        env = self._get_env(company)
        contact = user.partner_id.with_env(env)
        return Scope(
            company=company.with_env(env),
            debtor=contact.commercial_partner_id,
            contact=contact,
            link=env["relance.link"],
            url=f"/my/relance/{company.id}",
            login=user.login,
        )

    @api.model
    def _get_env(self, company):
        # Superuser, and nobody in particular: what is recorded says who answered.
        companies = {"allowed_company_ids": company.ids}
        context = {**self.env.context, **companies}
        return self.with_user(self.env.ref("base.user_root")).env(
            su=True, context=context
        )

    @api.model
    def _get_companies(self, partner):
        """Return the companies to which a customer owes something."""
        groups = self.env["account.move.line"]._read_group(
            self._get_open_domain(partner.commercial_partner_id), ["company_id"]
        )
        companies = self.env["res.company"].union(*(row[0] for row in groups))
        return companies.filtered(lambda company: company.relance_link_days > 0)

    @api.model
    def _find_company(self, partner, company_id):
        """Return a company to which a customer owes something, or ever did; or none."""
        ever = self._get_posted_domain(partner.commercial_partner_id)
        ever &= Domain("company_id", "=", company_id)
        found = self.env["account.move.line"].search(ever, limit=1).company_id
        return found.filtered(lambda company: company.relance_link_days > 0)

    @api.model
    def _get_posted_domain(self, debtor):
        return (
            # A subsidiary of the debtor is another debtor.
            Domain("partner_id.commercial_partner_id", "=", debtor.id)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
        )

    @api.model
    def _get_open_domain(self, debtor):
        return (
            self._get_posted_domain(debtor)
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", "!=", 0)
        )

    @api.model
    def _own(self, companies):
        """Return the domain of what is owed to some companies."""
        return Domain("company_id", "in", companies.ids) & Domain("balance", ">", 0)

    @api.model
    def _get_open_lines(self, scope):
        """Return all that is open of the scope, credits too."""
        domain = self._get_open_domain(scope.debtor)
        domain &= Domain("company_id", "=", scope.company.id)
        return scope.env["account.move.line"].search(domain)

    @api.model
    def _get_lines(self, scope, ids=None):
        """Return the instalments that are owed, of the scope and no other.

        :param ids: what a request names; None: all
        """
        domain = self._get_open_domain(scope.debtor) & Domain(
            [
                ("company_id", "=", scope.company.id),
                ("balance", ">", 0),
                ("amount_residual_currency", ">", 0),
            ]
        )
        if ids is not None:
            domain &= Domain("id", "in", ids)
        lines = scope.env["account.move.line"]
        return lines.search(domain, order="date_maturity, id")

    # -------------------------------------------------------------------- its values

    @api.model
    def _get_page(self, scope):
        """Return what the page shows.

        :return: dict: ``groups`` (one for each currency: see ``_prepare_group``),
            ``agreements``, ``transfer`` (what the bank details are for), ``bank``,
            ``may_pay``, ``is_stopped``, ``officer``, ``documents``
        """
        sheets = scope.env["relance.statement.sheet"]
        asks = self._asks_penalties(scope)
        sheet = sheets._get_statement(
            scope.debtor, scope.company, scope.today(), penalties=asks
        )
        facts = self._load_line_facts(scope, self._get_open_lines(scope))
        groups = [
            self._prepare_group(scope, group, facts, asks and not sheet["errors"])
            for group in sheet["groups"]
        ]
        transfer = self._get_transfer(scope, groups, facts)
        return {
            "groups": groups,
            "agreements": self._get_agreements(scope),
            "transfer": transfer,
            "bank": self._get_bank(scope, transfer),
            "may_pay": self._may_pay(scope),
            "is_stopped": any(item["is_earlier"] for item in facts.values()),
            "officer": self._get_officer(scope),
            "documents": self._get_parts(scope),
        }

    @api.model
    def _prepare_group(self, scope, group, facts, with_penalties):
        """Return the items in one currency, by part, with what can be done about them.

        :return: the group of the statement with ``parts`` (title, items), ``payable``
            (of what is overdue) and ``with_penalties``
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
            "with_penalties": with_penalties
            and bool(group["interest"] or group["indemnity"]),
        }

    @api.model
    def _get_part_titles(self):
        return {
            "overdue": self.env._("Overdue"),
            "to_come": self.env._("Coming due"),
            "plan": self.env._("In your payment plan"),
            "handed": self.env._("Handed over"),
            "earlier": self.env._("Stopped by the insolvency proceedings"),
            "credits": self.env._("In your favour"),
        }

    @api.model
    def _get_part(self, item):
        """Return in which part of the account an item is shown."""
        if item["owed"] < 0:
            return "credits"
        if item.get("case"):
            return "handed"
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
