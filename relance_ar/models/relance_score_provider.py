from odoo import api, models


class RelanceScoreProvider(models.AbstractModel):
    """What an addon implements to bring scores from a provider: one method.

    A provider is a model of its own that inherits this one; it is found by that.
    """

    _name = "relance.score.provider"
    _description = "Provider of credit scores"

    @api.model
    def _fetch(self, partners):
        """Return what the provider says of these companies.

        :return: dicts with ``partner_id``, ``score``, ``worst``, ``best`` and perhaps
            ``limit`` (in company currency) and ``date``; none for who is not known
        :raise UserError: when the provider gives no usable answer
        """
        return []

    @api.model
    def _get_providers(self):
        """Return the models that inherit this one."""
        return [
            self.env[name]
            for name in sorted(self.env.registry.descendants([self._name], "_inherit"))
            if name != self._name
        ]

    @api.model
    def _bring(self, partners):
        """Ask all the providers about companies; return the scores, new or replaced."""
        scores = self.env["relance.score"]
        for provider in self._get_providers():
            for found in provider._fetch(partners):
                scores += scores._replace({"provider": provider._description, **found})
        return scores
