from odoo import api, models
from odoo.tools import format_date, formatLang

from ..core.penalty import BUSINESS, CONSUMER, PUBLIC


class RelancePenaltySheet(models.AbstractModel):
    """Penalties laid out row by row: on screen, on the statement, in the PDF."""

    _name = "relance.penalty.sheet"
    _description = "Sheet of late-payment penalties"

    def _get_penalty_sheet(self):
        """Return what is laid out. To be overridden.

        :return: a dict: ``company``, ``partner``, ``day``, ``reference``, ``law`` (a
            sentence), ``errors`` and ``groups``: see ``_sheet_group``
        """
        raise NotImplementedError

    def _get_sheet_lang(self):
        """Return the language of who receives the sheet, if it is installed."""
        installed = dict(self.env["res.lang"].get_installed())
        lang = self._get_sheet_partner().lang
        return lang if lang in installed else self.env.lang

    def _get_sheet_partner(self):
        """Return who receives the sheet. To be extended."""
        self.ensure_one()
        return self.partner_id

    @api.model
    def _make_sheet(self, company, partner, day, groups, errors=(), reference=""):
        """Return a sheet of groups of rows, one for each currency."""
        return {
            "company": company,
            "partner": partner,
            "day": day,
            "reference": reference,
            "law": self._say_law(partner._get_relance_regime()),
            "errors": list(dict.fromkeys(errors)),
            "groups": groups,
        }

    @api.model
    def _sheet_group(self, currency, rows, cost=0, cost_note=""):
        """Return rows with their totals.

        :param rows: dicts: ``number``, ``due``, ``interest``, ``indemnity`` and
            ``segments``: dicts of ``start``, ``end``, ``days``, ``base``, ``rate``,
            ``amount``
        """
        interest = sum(row["interest"] for row in rows)
        indemnity = sum(row["indemnity"] for row in rows)
        return {
            "currency": currency,
            "rows": rows,
            "interest": interest,
            "indemnity": indemnity,
            "cost": cost,
            "cost_note": cost_note,
            "total": interest + indemnity + cost,
        }

    @api.model
    def _sheet_of_lines(self, lines, day, penalties, missing=None):
        """Return the groups and the errors of what has accrued on instalments.

        :param penalties: ``{line id: core.penalty.Penalty}``
        :param missing: ``{line id: core.penalty.MissingRateError}``
        """
        rates = self.env["relance.interest.rate"]
        errors = [rates._say_missing(error) for error in (missing or {}).values()]
        late = lines.filtered(lambda li: li.id in penalties and penalties[li.id].total)
        late = late.sorted(lambda line: (line.date_maturity, line.id))
        groups = [
            self._sheet_group(
                currency,
                [self._sheet_row(line, penalties[line.id]) for line in group],
            )
            for currency, group in late.grouped("currency_id").items()
        ]
        return groups, errors

    @api.model
    def _sheet_row(self, line, penalty):
        return {
            "number": line.move_name or line.move_id.name,
            "due": line.date_maturity,
            **line._relance_penalty_dict(penalty),
        }

    @api.model
    def _sheet_values(self, sheet):
        """Return what the template of a sheet is rendered with."""
        env = self.env
        return {
            "sheet": sheet,
            "money": lambda amount, cur: formatLang(env, amount, currency_obj=cur),
            "day": lambda date: format_date(env, date),
            "percent": lambda rate: formatLang(env, rate, digits=2),
        }

    @api.model
    def _render_sheet(self, sheet):
        """Return a sheet as HTML, for the screen."""
        return self.env["ir.qweb"]._render(
            "relance_ar.penalty_sheet", self._sheet_values(sheet)
        )

    @api.model
    def _say_law(self, regime):
        """Return why penalties are due, by which texts."""
        sentences = {
            BUSINESS: self.env._(
                "Interest runs by law from the day after the due date, without any "
                "reminder, on the amount with VAT, until the funds arrive; the "
                "indemnity for recovery costs is €40 for each late invoice (articles "
                "L441-10 and D441-5 of the French Code de commerce). Neither bears VAT."
            ),
            PUBLIC: self.env._(
                "Interest runs by law from the day after the payment term, without any "
                "formality, at the rate of the half-year in which it began; the "
                "indemnity for recovery costs is €40 (articles L2192-13, R2192-31 and "
                "D2192-35 of the French Code de la commande publique). Neither bears "
                "VAT."
            ),
            CONSUMER: self.env._(
                "Interest at the legal rate runs from the formal notice (article "
                "1231-6 of the French Code civil)."
            ),
        }
        return sentences.get(regime, "")

    @api.model
    def _say_days(self, company):
        """Return how days are counted, for an accountant who reckons again."""
        basis = dict(
            company._fields["relance_penalty_year"]._description_selection(self.env)
        )[company.relance_penalty_year]
        return self.env._(
            "Interest = amount owed × rate × days ÷ year (%(basis)s), rounded once per "
            "instalment; the last row bears the difference. Days run from the day "
            "after the due date to the day on which the funds arrive, included.",
            basis=basis,
        )
