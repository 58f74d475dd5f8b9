from odoo import api, models


class RelanceWordingChannel(models.AbstractModel):
    """Puts in words why a channel is chosen, or none can be."""

    _name = "relance.wording.channel"
    _description = "Words for the choice of a channel"

    @api.model
    def _channel_name(self, code):
        selection = self.env["relance.channel"]._fields["code"]
        return dict(selection._description_selection(self.env)).get(code, code)

    @api.model
    def _say_channel_first(self, channel, **_names):
        return self.env._(
            "%(channel)s: the first channel of this level.",
            channel=self._channel_name(channel),
        )

    @api.model
    def _say_channel_varied(self, channel, last, on, **_names):
        return self.env._(
            "%(channel)s, to vary: the last contact, on %(on)s, was: %(last)s.",
            channel=self._channel_name(channel),
            on=on,
            last=self._channel_name(last),
        )

    @api.model
    def _say_channel_only(self, channel, **_names):
        return self.env._(
            "%(channel)s again: no other channel of this level can be used.",
            channel=self._channel_name(channel),
        )

    @api.model
    def _say_channel_missing(self, channel, **_names):
        missing = {
            "email": self.env._("No working e-mail address."),
            "phone": self.env._("No phone number."),
        }
        return missing.get(channel) or self.env._("No complete postal address.")

    @api.model
    def _say_channel_refused(self, channel, **_names):
        return self.env._(
            "%(channel)s: the customer does not want it.",
            channel=self._channel_name(channel),
        )

    @api.model
    def _say_channel_failed(self, channel, **_names):
        return self.env._(
            "%(channel)s: the last one did not arrive.",
            channel=self._channel_name(channel),
        )

    @api.model
    def _say_no_channel(self, **_names):
        return self.env._("The level has no channel: choose one in the scenario.")

    @api.model
    def _say_unreachable(self, **_names):
        return self.env._(
            "The debtor cannot be reached by any channel of this level: complete the "
            "contact."
        )
