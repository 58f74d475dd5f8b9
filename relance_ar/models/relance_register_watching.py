import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core import insolvency
from ..core.notices import read_notice
from ..registers.http import RegisterError
from .relance_register import CACHE, OFF

_logger = logging.getLogger(__name__)

# SIRENs in one question to the bulletin, and in one transaction.
BULLETIN_BATCH, REGISTER_BATCH = 50, 20
# Issues come out late: the days before the last reading are read again.
OVERLAP = timedelta(days=7)
# Two batches in a row without an answer: the service is down, and left alone.
GIVE_UP = 2
LONGEST_REST = timedelta(hours=12)


class RelanceRegisterWatching(models.AbstractModel):
    """Follows the whole portfolio in the registers, batch by batch.

    Each batch is committed: killed at any moment, the next call goes on after the last
    one. The memory does not depend on the number of customers.
    """

    _name = "relance.register.watching"
    _inherit = "relance.register"
    _description = "Watch of the public registers"

    # ------------------------------------------------------------------------ crons

    @api.model
    def _cron_watch_bulletin(self):
        """Look for new insolvency notices about the customers, once a day."""
        if self._get_setting("bulletin_watch"):
            before = self._start_of_day()
            self._work_through(
                "bulletin_tried_at", before, BULLETIN_BATCH, "_read_bulletin"
            )

    @api.model
    def _cron_watch_register(self):
        """Look the customers up whose last answer is a month old."""
        if self._get_service() != OFF and self._get_setting("register_watch"):
            before = self._now() - CACHE
            self._work_through("tried_at", before, REGISTER_BATCH, "_read_register")

    @api.model
    def _start_of_day(self):
        return fields.Datetime.to_datetime(fields.Date.context_today(self))

    @api.model
    def _work_through(self, column, before, size, method):
        """Work through the SIRENs not asked about since ``before``.

        :param column: field that says when they were last asked about
        :param method: name of the method that asks about a batch
        """
        cron, failures = self.env["ir.cron"], 0
        cron._commit_progress(remaining=self._count_portfolio(column, before))
        while sirens := self._next_sirens(column, before, size):
            failure = self._try_batch(sirens, method, column)
            failures = failures + 1 if failure else 0
            if failures >= GIVE_UP:
                self._rest(failure)
                return
            if not cron._commit_progress(len(sirens)):
                return

    @api.model
    def _try_batch(self, sirens, method, column):
        """Ask about a batch; return the error, or None. What fails stays unknown."""
        companies = self._of_sirens(sirens)
        try:
            getattr(companies, method)()
        except RegisterError as error:
            self.env.cr.rollback()
            companies = self._of_sirens(sirens)  # made again, if they were new
            failure = column.replace("tried_at", "failure")
            companies.write({column: self._now(), failure: error.code})
            _logger.info("A register gave no answer: %s", error)
            return error
        return None

    @api.model
    def _rest(self, error):
        """Leave the service alone: until it said so, else until the next day."""
        self.env["ir.cron"]._commit_progress(remaining=0)
        cron = self.env["ir.cron"].browse(self.env.context.get("cron_id"))
        if error.retry_after and cron.exists():
            rest = min(timedelta(seconds=error.retry_after), LONGEST_REST)
            cron._trigger(self._now() + rest)

    # -------------------------------------------------------------------- portfolio

    @api.model
    def _from_portfolio(self, column, before):
        """Return the FROM and WHERE of customers' SIRENs to ask about."""
        tried = SQL.identifier("c", column)
        return SQL(
            """
            FROM (SELECT DISTINCT relance_siren AS siren
                    FROM res_partner
                   WHERE relance_siren_state = 'valid' AND relance_siren IS NOT NULL
                     AND active AND customer_rank > 0) p
            LEFT JOIN relance_register_company c ON c.siren = p.siren
            WHERE %(tried)s IS NULL OR %(tried)s < %(before)s
            """,
            tried=tried,
            before=before,
        )

    @api.model
    def _count_portfolio(self, column, before):
        self.env.flush_all()
        query = SQL("SELECT count(*) %s", self._from_portfolio(column, before))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _next_sirens(self, column, before, size):
        """Return the next SIRENs: never asked about first, then the oldest ones."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT p.siren %s ORDER BY %s NULLS FIRST, p.siren LIMIT %s",
                self._from_portfolio(column, before),
                SQL.identifier("c", column),
                size,
            )
        )
        return [siren for [siren] in rows]

    # --------------------------------------------------------------------- bulletin

    def _read_bulletin(self):
        """Read the new notices about these companies, and what they change.

        :raise RegisterError: when an answer cannot be used: nothing is taken for read
        """
        bulletin = self._get_bulletin()
        today = fields.Date.context_today(self)
        never = self.filtered(lambda company: not company.bulletin_on)
        for companies, since in (
            (never, None),
            (self - never, min((self - never).mapped("bulletin_on"), default=None)),
        ):
            records = bulletin.notices(
                companies.mapped("siren"), since and since - OVERLAP
            )
            notices = filter(None, map(read_notice, records))
            self.env["relance.notice"]._keep(notices, companies.mapped("siren"))
        self.write(
            {
                "bulletin_on": today,
                "bulletin_tried_at": self._now(),
                "bulletin_failure": False,
            }
        )
        self._judge(today)
        self._apply()

    def _judge(self, today):
        """Bring the standing up to date with all the notices kept."""
        notices = self.env["relance.notice"]._of_sirens(self.mapped("siren"))
        for company in self:
            found = insolvency.standing(notices[company.siren], company.siren, today)
            values = {
                "standing": found.state,
                "standing_kind": found.kind or False,
                "opened_on": found.opened_on or False,
                "published_on": found.published_on or False,
                "opening_number": found.opening_id or False,
                "court": found.court or False,
                "ended_on": found.ended_on or False,
                "in_plan": found.in_plan,
            }
            if any(company[name] != value for name, value in values.items()):
                company.write(values)

    # --------------------------------------------------------------------- register

    def _read_register(self):
        """Ask the register about these companies, one by one.

        :raise RegisterError: when an answer cannot be used
        """
        client = self._get_client()
        for company in self:
            found = self._fetch_company(company.siren, client)
            company._note_answer(found, client.code)
        self._apply()
