from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KEPT_DAYS = 2


class RelanceThrottle(models.Model):
    """Counts, in windows of time, what is asked of the personal pages.

    In the database, so that all the processes of a server count together. A key names
    no person: addresses of the network are kept as digests, for two days.

    Counted in a transaction of its own, before what is asked for is done: a request
    that fails counts, and none waits for the slow work of another. Rows are only added,
    never updated, so that those who count at once do not hinder each other.
    """

    _name = "relance.throttle"
    _description = "Counter of the personal pages"
    _log_access = False

    key = fields.Char(required=True)
    started_on = fields.Datetime(required=True, index=True)
    hits = fields.Float(required=True)

    _key_idx = models.Index("(key, started_on)")

    @api.model
    def _hit(self, key, seconds, weight=1):
        """Count one more in the current window.

        :param weight: how much it counts, number or bytes
        :return: ``(total of the window, seconds until the next one)``
        """
        start, left = self._window(seconds)
        with self.env.registry.cursor() as cr:
            cr.execute(
                """
                INSERT INTO relance_throttle (key, started_on, hits)
                     VALUES (%s, %s, %s)
                """,
                (key, start, weight),
            )
        # Summed once it is kept: of those who count at once, the last one sees all.
        with self.env.registry.cursor() as cr:
            cr.execute(
                """
                SELECT sum(hits) FROM relance_throttle
                 WHERE key = %s AND started_on = %s
                """,
                (key, start),
            )
            [[total]] = cr.fetchall()
        return total, left

    @api.model
    def _count(self, prefix, seconds):
        """Return what was counted in the current window under keys with a prefix.

        :return: ``(total, seconds until the next window)``
        """
        start, left = self._window(seconds)
        [[total]] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(sum(hits), 0) FROM relance_throttle
                 WHERE started_on = %s AND key LIKE %s
                """,
                start,
                f"{prefix}%",
            )
        )
        return total, left

    @api.model
    def _window(self, seconds):
        now = fields.Datetime.now()
        past = int((now - datetime(2000, 1, 1)).total_seconds()) % seconds
        return now - timedelta(seconds=past), seconds - past

    @api.autovacuum
    def _gc_windows(self):
        """Drop the windows that are over."""
        day = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.env.cr.execute(
            "DELETE FROM relance_throttle WHERE started_on < %s", (day,)
        )
