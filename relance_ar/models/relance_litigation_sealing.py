from odoo import api, models

from odoo.addons.base.models.ir_qweb_fields import nl2br

from .relance_event_kinds import LITIGATION

# What the page of a debtor tells of a case: to whom they pay, by which reference.
SHOWN = ("route_id", "handler_id", "court", "case_number")


class RelanceLitigationSealing(models.AbstractModel):
    """Seals the steps of a litigation among the contacts of its debtor."""

    _name = "relance.litigation.sealing"
    _description = "Seal of the steps of a litigation"

    def write(self, vals):
        # Once it was handed over, a change of what a debtor reads of it is sealed.
        if not vals.keys() & set(SHOWN):
            return super().write(vals)
        before = {case: case._get_shown() for case in self if case.handed_on}
        result = super().write(vals)
        changed = {
            case: case._get_shown() - said
            for case, said in before.items()
            if case._get_shown() != said
        }
        # sudo: sealed by the change, whoever makes it.
        self.sudo()._record(
            {case.sudo(): (case._say_shown(new), ()) for case, new in changed.items()}
        )
        return result

    def _get_shown(self):
        """Return ``{(field, text)}`` of what the debtor reads of the case."""
        self.ensure_one()
        names = {"route_id": self.route_id.name, "handler_id": self.handler_id.name}
        return {(name, names.get(name, self[name]) or "–") for name in SHOWN}

    def _say_shown(self, shown):
        """Return fields of the case with their values, in one sentence."""
        words = dict(shown)
        said = []
        for name in SHOWN:
            if name in words:
                label = self._fields[name]._description_string(self.env)
                label = self.env._("%(label)s:", label=label)
                said.append(f"{label} {words[name]}")
        return " · ".join(said)

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
