from odoo import api, fields, models
from odoo.tools import SQL

from .relance_event_kinds import FAILED

SEALED_AT_ONCE = 200
CHANGED = "changed"


class RelanceAgreementSealing(models.AbstractModel):
    """Seals what was agreed or contested, and each state that it comes to.

    Whatever moves a record goes through ``write``: nothing has to think of the seal.
    """

    _name = "relance.agreement.sealing"
    _inherit = ["relance.sealed.thread"]
    _description = "Seal of what was said about instalments"
    _event_kind = ""

    def _get_stage(self):
        """Return the state as the seal knows it, or "" when there is nothing to seal.

        To be extended.
        """
        self.ensure_one()
        return self.state or ""

    @api.model
    def _get_sealed_fields(self):
        """Return the names of the fields whose change is sealed. To be extended."""
        return {"move_line_ids"}

    def _get_sealed_facts(self):
        """Return ``[(label, text)]`` of what was said. To be overridden."""
        return []

    def _get_sealed_files(self):
        """Return the files that come with it. To be extended."""
        return self.env["ir.attachment"]

    def _get_proof_files(self):
        """Return the files that a proof file shows. To be extended."""
        return self._get_sealed_files()

    def _get_proof_credits(self):
        """Return the posted credit notes that came of it. To be extended."""
        return self.env["account.move"]

    # ------------------------------------------------------------------------ CRUD

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # sudo: what is entered is sealed, whoever enters it.
        entered = records.sudo().filtered(lambda r: r._get_stage())
        entered._seal(lambda record: record._get_stage())
        return records

    def write(self, vals):
        if not vals.keys() & (self._get_sealed_fields() | {"state"}):
            return super().write(vals)
        records = self.sudo()  # sudo: as in create
        before = {record: record._get_sealed_content() for record in records}
        result = super().write(vals)
        after = {record: record._get_sealed_content() for record in records}
        changed = records.filtered(lambda r: after[r][0] and before[r] != after[r])
        changed._seal(
            lambda r: CHANGED if before[r][0] == after[r][0] else after[r][0],
        )
        return result

    def _get_sealed_content(self):
        """Return what is compared before and after a change: stage, words, files."""
        self.ensure_one()
        if not (stage := self._get_stage()):
            return ("",)
        lines = sorted(self.move_line_ids.ids)
        return stage, self._get_sealed_facts(), self._get_sealed_files().ids, lines

    # --------------------------------------------------------------------- sealing

    def _seal(self, get_stage):
        """Seal where records stand.

        :param get_stage: returns the stage of one
        """
        vals_list = [record._prepare_stage_event(get_stage(record)) for record in self]
        return self.env["relance.event"]._record(vals_list)

    def _prepare_stage_event(self, stage):
        """Return the values of the event, in our language: a debtor who answers on
        their page reads it in theirs."""
        self.ensure_one()
        ours = self.with_context(lang=self.company_id._get_relance_lang())
        states = dict(self._fields["state"]._description_selection(ours.env))
        states[CHANGED] = ours.env._("Changed")
        return {
            **ours._prepare_event_base(),
            "kind": self._event_kind,
            "stage": stage,
            "subject": f"{self.reference} · {states[stage]}",
            "body": ours.env["relance.event"]._to_html(ours._get_sealed_facts()),
            "attachment_ids": self._get_sealed_files().ids,
        }

    def _prepare_event_base(self):
        # OVERRIDES relance.sealed.thread
        self.ensure_one()
        debtor = self.partner_id
        return {
            "company_id": self.company_id.id,
            "partner_id": debtor.id,
            "about_model": self._name,
            "about_id": self.id,
            "reference": self.reference,
            "debtor": " ".join(filter(None, (debtor.name, debtor.relance_siren))),
            "lines": [line._to_event_line() for line in self.move_line_ids],
        }

    def _message_receive_bounce(self, email, partner):
        # EXTENDS 'mail': what we wrote did not arrive.
        result = super()._message_receive_bounce(email, partner)
        report = self.env.context.get("relance_report")
        if not report or report.failed:
            reason = (report and report.reason) or email or ""
            bases = [record._prepare_event_base() for record in self.sudo()]
            # sudo: the gateway speaks for their server.
            self.env["relance.event"]._record(
                [{**base, "kind": FAILED, "subject": reason} for base in bases]
            )
        return result

    # -------------------------------------------------------------------- migration

    @api.model
    def _seal_existing(self):
        """Seal the records made before they were sealed, as they are found.

        :return: how many
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s t WHERE NOT EXISTS (SELECT FROM relance_event e"
                " WHERE e.about_model = %s AND e.about_id = t.id) ORDER BY id",
                SQL.identifier(self._table),
                self._name,
            )
        )
        ids = [row[0] for row in rows]
        count = 0
        for start in range(0, len(ids), SEALED_AT_ONCE):
            found = self.browse(ids[start : start + SEALED_AT_ONCE])
            found = found.filtered(lambda r: r._get_stage() and r.partner_id)
            self.env["relance.event"]._record([r._as_found() for r in found])
            count += len(found)
            self.env.invalidate_all()
        return count

    def _as_found(self):
        return {
            **self._prepare_stage_event(self._get_stage()),
            "date": fields.Datetime.to_datetime(self.write_date),
            "author": self.create_uid.name or self.company_id.name,
            "is_sealed_later": True,
        }
