from odoo import api, models
from odoo.fields import Domain

from .relance_scope import Scope


class RelancePageScope(models.AbstractModel):
    """Whose page it is, and what it reaches.

    Runs as superuser on behalf of whoever holds a link, so each search is bounded by
    the scope: one debtor, one company.
    """

    _name = "relance.page.scope"
    _description = "Scope of a personal page"

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
