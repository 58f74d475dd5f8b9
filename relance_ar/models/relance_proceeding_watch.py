from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..core import insolvency
from .relance_facts_types import UNSENT
from .relance_proceeding_decision import CLAIM_ACTIVITY, PROCEEDING_ACTIVITY


class RelanceProceedingWatch(models.AbstractModel):
    """What the bulletin starts, and what a person's confirmation does."""

    _name = "relance.proceeding.watch"
    _description = "Insolvency proceedings, as the bulletin tells them"

    # ----------------------------------------------------------------- the bulletin

    @api.model
    def _follow(self, listed, by_siren):
        """Open the proceedings that the bulletin tells of, and show what has changed.

        :param listed: records of ``relance.register.company``
        :param by_siren: ``{siren: its customers}``
        """
        opened = listed.filtered(lambda c: c.standing == insolvency.OPEN)
        debtors = {
            c.siren: by_siren[c.siren].commercial_partner_id
            for c in opened
            if c.siren in by_siren
        }
        companies = self._companies_of([d for found in debtors.values() for d in found])
        for company in opened:
            for debtor in debtors.get(company.siren, ()):
                for creditor in companies.get(debtor.id, ()):
                    # The watch is nobody's: tasks and notes are in its language.
                    lang = creditor._get_relance_lang()
                    self.with_context(lang=lang)._open(company, debtor, creditor)
        self._review_ended(listed - opened)

    @api.model
    def _companies_of(self, debtors):
        """Return ``{debtor id: the companies with which it has an account}``."""
        if not debtors:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id, l.company_id
                  FROM account_move_line l
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN account_account a ON a.id = l.account_id
                 WHERE p.commercial_partner_id IN %s
                   AND a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted'
                """,
                tuple(debtor.id for debtor in debtors),
            )
        )
        found = {}
        for partner_id, company_id in rows:
            company = self.env["res.company"].browse(company_id)
            found.setdefault(partner_id, []).append(company)
        return found

    @api.model
    def _open(self, listed, debtor, creditor):
        """Open proceedings to be confirmed, once; bring them up to date before that."""
        known = self.search(
            [
                ("company_id", "=", creditor.id),
                ("partner_id", "=", debtor.id),
                ("number", "=", listed.opening_number),
            ]
        )
        # A correction has a number of its own, and the publication of the first notice.
        known = known or self.search(
            [
                ("company_id", "=", creditor.id),
                ("partner_id", "=", debtor.id),
                ("published_on", "=", listed.published_on),
            ],
            limit=1,
        )
        values = self._prepare_opening_vals(listed)
        if not known:
            self.create(
                {**values, "company_id": creditor.id, "partner_id": debtor.id}
            )._ask_to_confirm()
        elif known.state == "to_confirm":
            known._update(values)
        elif known.state == "confirmed" and known.kind != listed.standing_kind:
            known._update({"kind": listed.standing_kind})
            known._ask_to_confirm(self.env._("The proceedings were converted."))

    @api.model
    def _prepare_opening_vals(self, listed):
        return {
            "siren": listed.siren,
            "kind": listed.standing_kind,
            "opened_on": listed.opened_on,
            "published_on": listed.published_on,
            "number": listed.opening_number,
            "court": listed.court,
        }

    def _update(self, values):
        """Write what differs."""
        self.ensure_one()
        changed = {name: value for name, value in values.items() if self[name] != value}
        if changed:
            self.write(changed)

    @api.model
    def _review_ended(self, listed):
        """Ask a person about proceedings that the bulletin no longer shows as open."""
        sirens = listed.mapped("siren")
        followed = self.search(
            [("siren", "in", sirens), ("state", "in", ("to_confirm", "confirmed"))]
        )
        for creditor, records in followed.grouped("company_id").items():
            here = records.with_context(lang=creditor._get_relance_lang())
            here._ask_to_confirm(
                here.env._(
                    "The bulletin no longer shows them as open: look at the notices."
                )
            )

    def _ask_to_confirm(self, why=""):
        """Give a credit manager the task to look at the proceedings, once."""
        activity_type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            PROCEEDING_ACTIVITY, raise_if_not_found=False
        )
        asked = self.activity_ids.filtered(
            lambda a: a.activity_type_id.id == activity_type_id
        ).mapped("res_id")
        for record in self.filtered(lambda r: r.id not in asked):
            user = record.user_id or record._get_decider()
            record.activity_schedule(
                act_type_xmlid=PROCEEDING_ACTIVITY,
                date_deadline=fields.Date.context_today(record),
                summary=record.env._(
                    "Insolvency proceedings: %(debtor)s", debtor=record.partner_id.name
                ),
                note=why or record.env._("Published: confirm that it is this debtor."),
                user_id=user.id or record.env.uid,
            )

    def _get_decider(self):
        """Return a credit manager of the company: officers come before managers."""
        self.ensure_one()
        return self.company_id._get_relance_officers()[-1:]

    # ------------------------------------------------------------- the confirmation

    def _cancel_earlier_reminders(self):
        """Cancel what has not left about debts born before the judgment."""
        self.ensure_one()
        unsent = self.env["relance.reminder"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "child_of", self.partner_id.id),
                ("state", "in", (*UNSENT, "failed")),
            ]
        )
        earlier = unsent.filtered(
            lambda reminder: any(
                insolvency.is_before_opening(line._get_relance_birth(), self.opened_on)
                for line in reminder.line_ids.move_line_id
            )
        )
        earlier._cancel(
            self.env._(
                "Cancelled: insolvency proceedings of %(day)s.",
                day=format_date(self.env, self.opened_on),
            )
        )

    def _schedule_claim(self):
        """Put the time to declare on somebody's list, some days before it is over."""
        self.ensure_one()
        if not self.deadline or self.declared_on:
            return
        margin = self.company_id.relance_declaration_margin
        today = fields.Date.context_today(self)
        asked = max(fields.Date.subtract(self.deadline, days=margin), today)
        user = self.user_id or self.company_id._get_relance_officer()
        theirs = self.with_context(lang=user.lang or self.env.lang)
        theirs.activity_schedule(
            act_type_xmlid=CLAIM_ACTIVITY,
            date_deadline=asked,
            summary=theirs.env._(
                "Declare the claim against %(debtor)s until %(day)s",
                debtor=self.partner_id.name,
                day=format_date(theirs.env, self.deadline),
            ),
            user_id=user.id or self.env.uid,
        )
