from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..core.penalty import (
    BUSINESS,
    CONSUMER,
    CONTRACT,
    ECB_MRO,
    LEGAL_PROFESSIONAL,
    MARKUP,
    PUBLIC,
)

# Which text adds the points: that tells a public buyer's rate from a company's.
ARTICLES = {int(MARKUP[BUSINESS]): "L441-10", int(MARKUP[PUBLIC]): "R2192-31"}


class RelancePenaltySheet(models.AbstractModel):
    """Penalties laid out row by row: on screen, on the statement, in the PDF."""

    _name = "relance.penalty.sheet"
    _description = "Sheet of late-payment penalties"
    _inherit = ["relance.writing"]

    def _get_penalty_sheet(self):
        """Return what is laid out. To be overridden.

        :return: a dict: ``company``, ``partner``, ``day``, ``reference``, ``law``
            (sentences), ``errors``, ``notes`` and ``groups``: see ``_sheet_group``
        """
        raise NotImplementedError

    def _get_sheet_lang(self):
        """Return the language of who receives the sheet, if it is installed."""
        return self._to_installed_lang(self._get_sheet_partner().lang)

    def _get_sheet_partner(self):
        """Return who receives the sheet. To be extended."""
        self.ensure_one()
        return self.partner_id

    @api.model
    def _make_sheet(self, company, partner, day, groups):
        """Return a sheet of groups of rows, one for each currency.

        To be completed with ``reference``, ``law``, ``errors`` (why it is not complete)
        and ``notes`` (for us, not for the debtor).
        """
        return {
            "company": company,
            "partner": partner,
            "day": day,
            "reference": "",
            "law": "",
            "errors": [],
            "notes": [],
            "groups": groups,
        }

    def _get_printed_sheet(self):
        """Return the sheet as the debtor receives it.

        :raise UserError: when a part is not known: it would be taken for the whole
        """
        sheet = self._get_penalty_sheet()
        if sheet["errors"]:
            raise UserError("\n".join(sheet["errors"]))
        return {**sheet, "notes": []}

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
    def _sheet_of_lines(self, lines, day, penalties, missing):
        """Return a sheet of what has accrued on instalments of one debtor.

        :param penalties: ``{line id: core.penalty.Penalty}``
        :param missing: ``{line id: core.penalty.UnknownPenaltyError}``
        """
        rates = self.env["relance.interest.rate"]
        errors = [rates._say_missing(missing[i]) for i in lines.ids if i in missing]
        late = lines.filtered(lambda li: li.id in penalties and penalties[li.id].total)
        late = late.sorted(lambda line: (line.date_maturity, line.id))
        groups = [
            self._sheet_group(
                currency,
                [self._sheet_row(line, penalties[line.id]) for line in group],
            )
            for currency, group in late.grouped("currency_id").items()
        ]
        company = lines.company_id[:1]
        debtor = lines.partner_id.commercial_partner_id[:1].with_company(company)
        # sudo: terms of invoices that the reader may see.
        facts = self.env["relance.penalty.facts"].sudo()
        regimes = set(facts._get_regimes(late.ids).values())
        return {
            **self._make_sheet(company, debtor, day, groups),
            "law": self._say_laws(regimes),
            "errors": list(dict.fromkeys(errors)),
            "notes": self._say_unconverted(late, regimes),
        }

    @api.model
    def _say_unconverted(self, lines, regimes):
        """Return that the indemnity is left out in currencies without rates."""
        if not regimes & {BUSINESS, PUBLIC}:
            return []
        facts = self.env["relance.penalty.facts"].sudo()  # sudo: rates of currencies
        return [
            self.env._(
                "The indemnity of €40 is left out: enter a rate of %(currency)s.",
                currency=currency.name,
            )
            for currency in facts._find_unconverted(lines)
        ]

    @api.model
    def _sheet_row(self, line, penalty):
        row = line._relance_penalty_dict(penalty)
        for shown, segment in zip(row["segments"], penalty.segments, strict=True):
            shown["kind"] = segment.kind
            shown["reference"] = float(segment.reference or 0)
        return {
            "number": line.move_name or line.move_id.name,
            "due": line.date_maturity,
            **row,
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
            "origin": self._say_origin,
        }

    @api.model
    def _say_origin(self, segment):
        """Return where the rate of a segment comes from."""
        kind, published = segment["kind"], segment["reference"]
        if kind == CONTRACT:
            return self.env._("contract")
        if kind == LEGAL_PROFESSIONAL:
            return self.env._("legal rate")
        if kind != ECB_MRO:
            return ""
        points = round(segment["rate"] - published)
        words = self.env._(
            "ECB %(rate)s + %(points)s",
            rate=formatLang(self.env, published, digits=2),
            points=points,
        )
        article = ARTICLES.get(points)
        return f"{words} ({article})" if article else words

    @api.model
    def _render_sheet(self, sheet):
        """Return a sheet as HTML, for the screen."""
        return self.env["ir.qweb"]._render(
            "relance_ar.penalty_sheet", self._sheet_values(sheet)
        )

    @api.model
    def _say_laws(self, regimes):
        """Return why penalties are due under each of several regimes."""
        found = (BUSINESS, PUBLIC, CONSUMER)
        return " ".join(self._say_law(r) for r in found if r in regimes)

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
