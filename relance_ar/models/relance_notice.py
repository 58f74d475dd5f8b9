from odoo import api, fields, models

from ..core import insolvency
from ..core.notices import CANCELLING, ISSUED, RECTIFYING, Notice

COPIED = (
    "kind",
    "family",
    "published_on",
    "judgment_on",
    "heading",
    "nature",
    "complement",
    "court",
    "url",
)


class RelanceNotice(models.Model):
    """A notice of the bulletin about one company, kept as it was published.

    The same for all companies of the database: it is public. The watch alone writes it.
    """

    _name = "relance.notice"
    _description = "Notice of the bulletin"
    _order = "published_on desc, id desc"
    _rec_name = "number"

    number = fields.Char(required=True, readonly=True)
    siren = fields.Char(string="SIREN", required=True, readonly=True)
    kind = fields.Selection(
        [
            (ISSUED, "Notice"),
            (RECTIFYING, "Correction"),
            (CANCELLING, "Cancellation"),
        ],
        required=True,
        readonly=True,
    )
    family = fields.Char(readonly=True)
    published_on = fields.Date(required=True, readonly=True)
    judgment_on = fields.Date(string="Judgment of", readonly=True)
    heading = fields.Char(readonly=True)
    nature = fields.Char(readonly=True)
    complement = fields.Text(readonly=True)
    court = fields.Char(readonly=True)
    url = fields.Char(string="Address", readonly=True)
    previous = fields.Char(
        string="Corrects", readonly=True, help="The notice corrected or cancelled."
    )
    effect = fields.Selection(
        [
            (insolvency.OPENS, "Opens"),
            (insolvency.OPENS_ANEW, "Opens anew"),
            (insolvency.EXTENDS, "Extends"),
            (insolvency.CONVERTS, "Converts"),
            (insolvency.PLANS, "Plan decided"),
            (insolvency.CLOSES, "Closes"),
            (insolvency.NEUTRAL, "Neutral"),
        ],
        required=True,
        readonly=True,
    )

    _number_uniq = models.UniqueIndex("(siren, number)", "This notice is known.")

    @api.model
    def _keep(self, notices, sirens):
        """Keep the notices about these companies that are not known yet.

        :param notices: iterable of ``core.notices.Notice``
        :return: the new records
        """
        wanted = set(sirens)
        found = {
            (siren, notice.id): notice
            for notice in notices
            for siren in notice.sirens
            if siren in wanted
        }
        numbers = list({number for _siren, number in found})
        known = {
            (notice.siren, notice.number)
            for notice in self.search([("number", "in", numbers)])
        }
        return self.create(
            [
                self._prepare_vals(siren, notice)
                for (siren, number), notice in found.items()
                if (siren, number) not in known
            ]
        )

    @api.model
    def _prepare_vals(self, siren, notice):
        return {
            **{name: getattr(notice, name) or False for name in COPIED},
            "number": notice.id,
            "siren": siren,
            "previous": notice.previous_id or False,
            "effect": insolvency.effect_of(notice).what,
        }

    @api.model
    def _of_sirens(self, sirens):
        """Return ``{siren: [core.notices.Notice]}`` of all that is kept about them."""
        found = {siren: [] for siren in sirens}
        for notice in self.search([("siren", "in", list(sirens))]):
            found[notice.siren].append(notice._to_core())
        return found

    def _to_core(self):
        self.ensure_one()
        return Notice(
            id=self.number,
            sirens=(self.siren,),
            previous_id=self.previous or "",
            **{
                name: self[name] or (None if name.endswith("_on") else "")
                for name in COPIED
            },
        )
