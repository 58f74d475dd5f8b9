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

        Called once for a letter, before it counts as posted.

        :param letters: ``relance.registered.letter``, with their form and their number
        :return: ``{letter id: {"number", "posted_on"}}``, of what the provider gives
        :raise UserError: when nothing was posted
        """
        return {}

    @api.model
    def _fetch(self, letters):
        """Return what has become of letters that are on their way.

        :return: ``{letter id: {"state", "presented_on", "delivered_on", "files"}}``
            with ``files`` as ``[(name, bytes)]``; those with nothing new are left out
        """
        return {}

    @api.model
    def _get_providers(self):
        """Return ``[(name of the model, description)]``, the manual one first."""
        found = self.env.registry.descendants([self._name], "_inherit") - {self._name}
        names = sorted(found, key=lambda name: (name != MANUAL, name))
        return [(name, self.env[name]._description) for name in names]


class RelancePostalManual(models.AbstractModel):
    """Letters that a person takes to the post office: all is entered by hand."""

    _name = MANUAL
    _inherit = ["relance.postal.provider"]
    _description = "By hand"
