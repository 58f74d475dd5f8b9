from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from datetime import date

from odoo import api, fields, models

from ..core import insolvency
from ..core.company import ACTIVE, CLOSED, UNKNOWN, Company
from ..core.payer_evidence import PROCEEDINGS
from .relance_register import CACHE

KINDS = [
    (insolvency.SAFEGUARD, "Safeguard (sauvegarde)"),
    (insolvency.RECOVERY, "Recovery (redressement judiciaire)"),
    (insolvency.LIQUIDATION, "Liquidation (liquidation judiciaire)"),
    (insolvency.PERSONAL, "Personal recovery (rétablissement professionnel)"),
]


class RelanceRegisterCompany(models.Model):
    """What the registers last said of one SIREN, with the dates of the answers.

    It is the cache of the look-ups, and the list that the watch works through: a SIREN
    that was asked about leaves it for some time. Public data, the same for all
    companies of the database. Written by look-ups and by the watch alone.
    """

    _name = "relance.register.company"
    _description = "Company in the public registers"
    _inherit = "relance.register.watching"
    _order = "siren"
    _rec_name = "siren"

    siren = fields.Char(string="SIREN", required=True, readonly=True)
    service = fields.Char(readonly=True)
    state = fields.Selection(
        [(ACTIVE, "Active"), (CLOSED, "Closed down"), (UNKNOWN, "Unknown")],
        required=True,
        default=UNKNOWN,
        readonly=True,
    )
    data = fields.Json(readonly=True, help="What the register says of the company.")
    checked_at = fields.Datetime(string="Register read", readonly=True)
    tried_at = fields.Datetime(string="Register asked", readonly=True)
    failure = fields.Char(readonly=True)
    standing = fields.Selection(
        [
            (insolvency.NONE, "No proceedings known"),
            (insolvency.OPEN, "Proceedings open"),
            (insolvency.CLOSED, "Proceedings closed"),
            (insolvency.EXPIRED, "Old proceedings without news"),
        ],
        readonly=True,
        help="Empty: the bulletin has not been read about this company.",
    )
    standing_kind = fields.Selection(KINDS, string="Proceedings", readonly=True)
    opened_on = fields.Date(string="Opened on", readonly=True)
    published_on = fields.Date(string="Opening published", readonly=True)
    opening_number = fields.Char(string="Opening notice", readonly=True)
    court = fields.Char(readonly=True)
    ended_on = fields.Date(readonly=True)
    in_plan = fields.Boolean(readonly=True)
    bulletin_on = fields.Date(
        string="Bulletin read",
        readonly=True,
        help="The notices published before this day are known.",
    )
    bulletin_tried_at = fields.Datetime(string="Bulletin asked", readonly=True)
    bulletin_failure = fields.Char(readonly=True)

    _siren_uniq = models.UniqueIndex("(siren)", "This company is listed already.")

    # ---------------------------------------------------------------------- reading

    @api.model
    def _of_sirens(self, sirens):
        """Return the records of SIRENs, made where there is none, in their order."""
        known = self.search([("siren", "in", list(sirens))]).grouped("siren")
        missing = [siren for siren in sirens if siren not in known]
        made = self.create([{"siren": siren} for siren in missing])
        known.update(made.grouped("siren"))
        return self.browse().concat(*(known[siren] for siren in sirens))

    def _is_fresh(self):
        """Say whether the last answer is recent enough not to ask again."""
        self.ensure_one()
        return bool(self.checked_at and self.checked_at > self._now() - CACHE)

    def _get_company(self):
        """Return the cached answer as ``core.company.Company``, or None."""
        self.ensure_one()
        if not self.data:
            return None
        values = dict(self.data)
        for name in ("created_on", "closed_on"):
            values[name] = values.get(name) and date.fromisoformat(values[name])
        known = {field.name for field in dataclass_fields(Company)}
        return Company(**{name: values[name] for name in known & values.keys()})

    def _note_answer(self, company, service):
        """Keep an answer: None says that the register does not show the company."""
        self.ensure_one()
        data = company and {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(company).items()
        }
        self.write(
            {
                "service": service,
                "state": company.state if company else UNKNOWN,
                "data": data,
                "checked_at": self._now(),
                "tried_at": self._now(),
                "failure": False,
            }
        )

    # ------------------------------------------------------------------- applying

    def _get_solvency(self):
        """Return the solvency of the company as partners show it.

        ``active`` asks for both registers: what one of them does not say is unknown.
        """
        self.ensure_one()
        if self.standing == insolvency.OPEN:
            return PROCEEDINGS
        if self.state == CLOSED:
            return CLOSED
        return ACTIVE if self.state == ACTIVE and self.bulletin_on else UNKNOWN

    def _apply(self):
        """Tell the customers what the registers say, and open what has to be opened.

        What a person has entered as proceedings is never lifted here.
        """
        partners = self.env["res.partner"].search(
            [("relance_siren", "in", self.mapped("siren"))]
        )
        by_siren = partners.grouped("relance_siren")
        today = fields.Date.context_today(self)
        groups = {}
        for company in self:
            state = company._get_solvency()
            theirs = by_siren.get(company.siren, partners.browse())
            if state != PROCEEDINGS:
                theirs = theirs.filtered(lambda p: p.solvency_state != PROCEEDINGS)
            groups[state] = groups.get(state, partners.browse()) + theirs
        for state, found in groups.items():
            found.write({"solvency_state": state, "solvency_checked_on": today})
        self.env["relance.proceeding"]._follow(self, by_siren)
