from odoo import api, fields, models
from odoo.fields import Domain

from ..core.payer_evidence import CLOSED, PROCEEDINGS, UNKNOWN
from .relance_groups import OFFICER_GROUP
from .relance_payer_assessing import PARTNER_FIELDS


class RelanceDebtorProfile(models.AbstractModel):
    """How a customer pays and whether it can: the part of partners about profiles.

    Extends ``res.partner``, where the fields ``payer_profile_id`` and, related to it,
    ``payer_profile_strategy`` are: when a profile is deleted, Odoo empties its company-
    dependent references in the table of each model that has one, and this has none.
    """

    _name = "relance.debtor.profile"
    _description = "Payer profile of a customer"

    payer_profile_suggestion_id = fields.Many2one(
        "relance.payer.profile",
        string="Suggested profile",
        compute="_compute_payer_profile_suggestion",
        search="_search_payer_profile_suggestion_id",
        groups=OFFICER_GROUP,
        help="Proposed once a week from the payments of the last 12 months.",
    )
    payer_profile_evidence = fields.Text(
        string="Evidence",
        compute="_compute_payer_profile_suggestion",
        groups=OFFICER_GROUP,
    )
    payer_profile_to_confirm = fields.Boolean(
        string="Profile to confirm",
        compute="_compute_payer_profile_suggestion",
        search="_search_payer_profile_to_confirm",
        groups=OFFICER_GROUP,
    )
    # Not copied: who is not an officer may copy a customer, not read this. No index:
    # nearly all rows have one value.
    solvency_state = fields.Selection(
        [
            (UNKNOWN, "Unknown"),
            ("active", "Active"),
            (CLOSED, "Closed down"),
            (PROCEEDINGS, "Insolvency proceedings"),
        ],
        string="Solvency",
        required=True,
        default=UNKNOWN,
        copy=False,
        groups=OFFICER_GROUP,
        help="What the public registers say: the company is active, closed, or in "
        "insolvency proceedings.",
    )
    solvency_checked_on = fields.Date(
        string="Solvency checked on", copy=False, groups=OFFICER_GROUP
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_payer_profile_suggestion(self):
        rows = self._relance_assessments().grouped("partner_id")
        nothing = self.env["relance.payer.assessment"]
        for partner in self:
            row = rows.get(partner.commercial_partner_id._origin, nothing)
            partner.payer_profile_suggestion_id = row.suggestion_id
            partner.payer_profile_evidence = row.evidence
            partner.payer_profile_to_confirm = bool(row) and not row.is_settled

    def _relance_assessments(self):
        """Return the assessments of the debtors in the current company."""
        return self.env["relance.payer.assessment"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        )

    @api.model
    def _relance_search_assessed(self, domain):
        """Return the domain of the debtors whose assessment fits a domain."""
        here = Domain("company_id", "=", self.env.company.id)
        rows = self.env["relance.payer.assessment"]._search(here & domain)
        return Domain("commercial_partner_id", "in", rows.subselect("partner_id"))

    @api.model
    def _search_payer_profile_suggestion_id(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        domain = Domain("suggestion_id", operator, value)
        found = self._relance_search_assessed(domain)
        if operator == "in" and False in value:
            suggested = Domain("suggestion_id", "!=", False)
            return found | ~self._relance_search_assessed(suggested)
        return found

    @api.model
    def _search_payer_profile_to_confirm(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = self._relance_search_assessed(Domain("is_settled", "=", False))
        return found if True in value else ~found

    def _relance_get_gravity(self):
        """Return how grave the solvency of a customer is, to choose between several."""
        self.ensure_one()
        order = (UNKNOWN, "active", CLOSED, PROCEEDINGS)
        return order.index(self.solvency_state or UNKNOWN)

    # ------------------------------------------------------------------- decisions

    def write(self, vals):
        if "payer_profile_id" not in vals:
            return super().write(vals)
        before = {partner: partner.payer_profile_id for partner in self}
        result = super().write(vals)
        self._relance_note_profile(before)
        return result

    def _relance_note_profile(self, before):
        """Log who changed a profile, from what, to what, and on which evidence.

        A profile chosen by hand is kept in spite of the suggestion of the day.
        """
        changed = self.filtered(lambda p: p.payer_profile_id != before[p])
        how = self.env.context.get("relance_profile_how") or "changed"
        changed._relance_log_profile(how, before)
        changed._relance_assessments()._note_choice()

    def _relance_set_profile(self, profile, how):
        """Give customers a profile; ``how`` says in the log where it comes from."""
        partners = self.with_context(relance_profile_how=how)
        partners.write({"payer_profile_id": profile.id})

    def _relance_log_profile(self, how, before=None):
        """Log a decision in the chatter, with what the officers alone may see of it.

        Like the field, the profile and its evidence are for officers of the company:
        they are kept as tracking values, which Odoo shows to those who may read the
        fields; ``_track_filter_for_display`` looks at the company.

        :param how: ``accepted``, ``kept`` or ``changed``
        :param before: ``{partner: former profile}``; None when it has not changed
        """
        company = self.env.company
        body = self._relance_profile_words(how, company)
        messages = self._message_log_batch({partner.id: body for partner in self})
        messages.record_company_id = company
        # sudo: only Odoo writes tracking values; the user may write the field.
        self.env["mail.tracking.value"].sudo().create(
            [
                {**vals, "mail_message_id": message.id}
                for partner, message in zip(self, messages, strict=True)
                for vals in partner._relance_profile_tracking(before)
            ]
        )

    def _relance_profile_tracking(self, before):
        """Return the values to track: the change, the suggestion and its evidence."""
        self.ensure_one()
        tracked = [
            (name, False, self[name])
            for name in ("payer_profile_suggestion_id", "payer_profile_evidence")
            if self[name]
        ]
        if before:
            change = ("payer_profile_id", before[self], self.payer_profile_id)
            tracked.insert(0, change)
        values = self.env["mail.tracking.value"]
        return [
            values._create_tracking_values(
                was, now, name, {"type": self._fields[name].type}, self
            )
            for name, was, now in tracked
        ]

    @api.model
    def _relance_profile_words(self, how, company):
        words = {
            "accepted": self.env._("Payer profile: the suggestion was accepted."),
            "kept": self.env._("Payer profile: kept in spite of the suggestion."),
        }
        text = words.get(how) or self.env._("Payer profile changed.")
        # sudo: only whether there are others.
        if self.env["res.company"].sudo().search_count([], limit=2) > 1:
            return f"{text} ({company.name})"
        return text

    def _track_filter_for_display(self, tracking_values):
        # EXTENDS 'mail': what one company thinks of a customer is not for the others.
        shown = super()._track_filter_for_display(tracking_values)
        ours = {"payer_profile_id", *PARTNER_FIELDS}
        return shown.filtered(
            lambda value: (
                value.field_id.name not in ours
                or value.mail_message_id.record_company_id in self.env.companies
            )
        )

    def action_accept_payer_profile(self):
        """Give the customers the profiles suggested in the current company."""
        self._relance_assessments().action_accept()

    def action_keep_payer_profile(self):
        """Keep the customers' own profiles until another one is suggested."""
        self._relance_assessments().action_keep()

    def action_assess_payer_profile(self):
        """Assess the customers again in the current company, on today's figures."""
        self.env["relance.payer.assessment"].check_access("read")
        self.check_access("read")
        # sudo: rows are written by assessments alone, from the books.
        assessments = self.env["relance.payer.assessment"].sudo()
        assessments._assess(self.env.company, self.commercial_partner_id.ids)
