from odoo import SUPERUSER_ID, api, models

from ..core.smtp import is_automatic, read_report

REMINDER = "relance.reminder"
# Context: the login by which an e-mail was brought in.
BROUGHT_BY = "relance_brought_by"


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        # EXTENDS 'mail': a reply quotes the link of the reminder, with its key.
        parsed = super().message_parse(message, save_original=save_original)
        return self.env["relance.link.hiding"]._hide_in_parsed(parsed)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS 'mail': any colleague may hand in an e-mail that they wrote themselves
        # (``message_process``): by whose account it came in is sealed with it.
        user = self.env.user
        login = user.login if user.id != SUPERUSER_ID else False
        self = self.with_context(**{BROUGHT_BY: login})
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        # EXTENDS 'mail': what a machine answers to a reminder is no answer. Only here
        # are both the headers and the record that it is routed to at hand.
        found = super()._routing_check_route(
            message, message_dict, route, raise_exception
        )
        if found and found[0] == REMINDER and is_automatic(message):
            message_dict["message_type"] = "out_of_office"
        return found

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        # EXTENDS 'mail': a reminder needs to know why its e-mail came back; and Odoo
        # overlooks a bounce without a part that machines can read.
        report = read_report(email_message)
        bounced = message_dict["bounced_message"]
        self = self.with_context(
            relance_report=report, relance_bounced_message_id=bounced.id
        )
        result = super()._routing_handle_bounce(email_message, message_dict)
        if bounced.model == REMINDER and not message_dict["bounced_email"]:
            # sudo: the mail gateway speaks for the debtor's server.
            reminder = self.env[REMINDER].sudo().browse(bounced.res_id).exists()
            reminder._message_receive_bounce(report.recipient, self.env["res.partner"])
        return result
