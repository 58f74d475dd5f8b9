from odoo import api, models

from odoo.addons.base.models.ir_qweb_fields import nl2br

from .relance_event_kinds import LITIGATION


class RelanceLitigationSealing(models.AbstractModel):
    """Seals the steps of a litigation among the contacts of its debtor."""

    _name = "relance.litigation.sealing"
    _description = "Seal of the steps of a litigation"

    @api.model
    def _record(self, sealed):
        """Seal what happened in the chains of the debtors, and note it.

        :param sealed: ``{case: (what happened, sentences of what is contested, promised
            or agreed)}``
        """
        if not sealed:
            return
        cases = self.browse().concat(*sealed)
        cases._message_log_batch(
            {
                case.id: nl2br("\n".join((words, *said)))
                for case, (words, said) in sealed.items()
            }
        )
        self.env["relance.event"]._record(
            [case._prepare_event(*told) for case, told in sealed.items()]
        )

    def _prepare_event(self, subject, said):
        """Return the values of the event of a step of the case."""
        self.ensure_one()
        debtor, events = self.partner_id, self.env["relance.event"]
        title = self._fields["said_note"]._description_string(self.env)
        return {
            "body": events._to_html([(title, "\n".join(said))]),
            "company_id": self.company_id.id,
            "partner_id": debtor.id,
            "kind": LITIGATION,
            "subject": subject,
            "about_model": self._name,
            "about_id": self.id,
            "reference": self.reference,
            "debtor": " ".join(filter(None, (debtor.name, debtor.relance_siren))),
            "recipient": self.handler_id.display_name or "",
            "lines": [line._to_event_line() for line in self.move_line_ids],
        }
