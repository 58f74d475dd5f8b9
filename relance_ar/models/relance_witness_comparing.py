from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.witness import find_lost, read_table

SAID_AT_ONCE = 20


class RelanceWitnessComparing(models.AbstractModel):
    """Compares a table of digests that was kept with the contacts as they are."""

    _name = "relance.witness.comparing"
    _description = "Comparison with a table of digests"

    def _compare_last(self, company):
        """Return in words how the table kept last differs; False if there is none."""
        if not self:
            return False
        try:
            return self._compare(company, self.file_id.raw or b"")
        except UserError as error:  # what was done to it stops no other table
            return str(error)

    @api.model
    def _compare(self, company, content):
        """Return in words what a table that was kept says of the chains as they are.

        :param content: bytes of the table
        :raise UserError: if it is no such table
        """
        try:
            kept = read_table(content)
        except ValueError as error:
            raise UserError(
                self.env._("This file is not a table of digests, or was changed.")
            ) from error
        self._refuse_other_company(company, kept)
        lost = find_lost(kept, self._load_present(company, kept))
        if not lost:
            return self.env._(
                "%(count)s debtors: the contacts are those of the table.",
                count=len(kept),
            )
        return "\n".join(self._say_lost(head) for head in lost[:SAID_AT_ONCE]) + (
            "\n…" if len(lost) > SAID_AT_ONCE else ""
        )

    @api.model
    def _refuse_other_company(self, company, kept):
        """Refuse a table of which all the debtors are known to another company.

        :raise UserError: naming it, if the user works for it
        """
        # sudo: whose table it is, for whoever holds it.
        chains = self.env["relance.event.chain"].sudo()
        known = chains.search([("code", "in", [head.code for head in kept])])
        owners = known.company_id
        if not owners or company in owners:
            return
        theirs = owners & self.env.user.company_ids
        names = ", ".join(theirs.mapped("name")) or self.env._("another company")
        raise UserError(
            self.env._(
                "This table is of %(other)s, not of %(company)s: compare it there.",
                other=names,
                company=company.name,
            )
        )

    @api.model
    def _load_present(self, company, kept):
        """Return ``{(code, position): digest}`` of the contacts that were the last."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.code, e.position, e.digest
                  FROM unnest(%s::varchar[], %s::integer[]) AS k (code, position)
                  JOIN relance_event_chain c ON c.code = k.code
                  JOIN relance_event e
                    ON e.chain_id = c.id AND e.position = k.position
                 WHERE c.company_id = %s
                """,
                [head.code for head in kept],
                [head.count for head in kept],
                company.id,
            )
        )
        return {(code, position): digest for code, position, digest in rows}

    @api.model
    def _say_lost(self, head):
        chains = self.env["relance.event.chain"].sudo()  # sudo: whose it was
        chain = chains.search([("code", "=", head.code)], limit=1)
        return self.env._(
            "%(debtor)s: contact %(position)s is not what the table says it was.",
            debtor=chain.partner_id.name or head.code,
            position=head.count,
        )
