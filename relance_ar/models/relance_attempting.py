import logging

import psycopg2

from odoo import api, models
from odoo.tools import plaintext2html

from .relance_groups import MANAGER_GROUP

_logger = logging.getLogger(__name__)

TASK = "mail.mail_activity_data_warning"


class RelanceAttempting(models.AbstractModel):
    """Parts of a job: one that fails stops no other, and a credit manager is told."""

    _name = "relance.attempting"
    _description = "Parts of a job"

    @api.model
    def _attempt(self, work, tell):
        """Do a part of a job; what fails is undone, logged and told.

        :param work: function without arguments
        :param tell: function that is given the error
        :return: what ``work`` returns; None if it failed
        """
        try:
            with self.env.cr.savepoint():
                return work()
        except psycopg2.OperationalError:
            raise  # a conflict of transactions: the scheduler tries again
        except Exception as error:
            _logger.exception("A part of a job of %s failed", self._name)
            tell(error)
            return None

    @api.model
    def _get_managers(self, company):
        """Return the credit managers of a company."""
        return company._get_relance_officers().filtered(
            lambda user: user.has_group(MANAGER_GROUP)
        )

    @api.model
    def _tell_manager(self, company, partner, summary, error):
        """Give a credit manager of the company a task about what failed, once.

        :param partner: whose record the task is on
        """
        managers = self._get_managers(company)
        # Who administers the server is a manager from the start, on purpose or not.
        others = managers.filtered(lambda user: not user._is_system())
        user = company._pick_relance_officer(others or managers)
        if not user or self._find_tasks(partner, summary):
            return
        # Without an e-mail about it, which might fail for the same reason.
        quiet = partner.with_context(mail_activity_quick_update=True)
        words = plaintext2html(self.env["relance.run"]._say_error(error))
        self._attempt(
            lambda: quiet.activity_schedule(
                TASK, summary=summary, note=words, user_id=user.id
            ),
            lambda _error: None,
        )

    @api.model
    def _drop_told(self, partners, summary):
        """Take the tasks about what has failed before off the list."""
        self._find_tasks(partners, summary).unlink()

    @api.model
    def _find_tasks(self, partners, summary):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", partners.ids),
                ("summary", "=", summary),
            ]
        )
