from odoo import api, models

MANUAL = "relance.postal.manual"


class RelancePostalProvider(models.AbstractModel):
    """What an addon implements to have registered letters posted by a service.

    A provider is a model of its own that inherits this one; it is found by that, and
    chosen in the settings.
    """

    _name = "relance.postal.provider"
    _description = "Provider of registered letters"
    _is_electronic = False

    @api.model
    def _post(self, letters):
        """Hand registered letters over; their PDF is in ``reminder_id.letter_id``.

        Called by a job once the posting is noted and committed, for one letter at a
        time. It may be called again for the same letter, after a failure half-way:
        ``handover_key`` stays the same, and a service must be given it, or asked for
        it first, so that it posts the letter once.

        :param letters: ``relance.registered.letter``, with their form, their number and
            their ``handover_key``
        :return: ``{letter id: {"number", "posted_on"}}``, of what the provider gives
        :raise UserError: when the service refuses the letter for good: the reminder
            fails; after any other error the job tries again
        """
        return {}

    @api.model
    def _fetch(self, letters):
        """Return what has become of letters that are on their way.

        Called by a job each day, and by a button. News that are refused, for a day
        that is missing for instance, are kept as an error on that letter alone.

        :return: ``{letter id: {"state", "presented_on", "delivered_on", "files"}}``
            with ``files`` as ``[(name, bytes)]``; those with nothing new are left out
        """
        return {}

    @api.model
    def _get_providers(self):
        """Return ``[(name of the model, description)]``, the manual one first."""
        found = self.env.registry.descendants([self._name], "_inherit") - {self._name}
        names = sorted(found, key=lambda name: (name != MANUAL, name))
        # As translated, unlike the description of the class.
        kinds = self.env["ir.model"]
        return [(n, kinds._get(n).name or self.env[n]._description) for n in names]


class RelancePostalManual(models.AbstractModel):
    """Letters that a person takes to the post office: all is entered by hand."""

    _name = MANUAL
    _inherit = ["relance.postal.provider"]
    _description = "By hand"
