"""Counters of the page: they count what fails, and nobody waits for another."""

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from .common import RelanceCase

KEY, HOUR = "test_page_counters", 3600


@tagged("post_install", "-at_install")
class TestCounters(RelanceCase):
    """In transactions of their own, really committed, and taken away afterwards."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)

    def _clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM relance_throttle WHERE key = %s", (KEY,))

    def _throttle(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})["relance.throttle"]

    def test_a_request_that_fails_counts(self):
        with self.registry.cursor() as cr:
            self.assertEqual(self._throttle(cr)._hit(KEY, HOUR)[0], 1)
            cr.rollback()
        with self.registry.cursor() as cr:
            self.assertEqual(self._throttle(cr)._hit(KEY, HOUR, 2)[0], 3)
            self.assertEqual(self._throttle(cr)._count(KEY, HOUR)[0], 3)

    def test_two_at_once_neither_wait_nor_start_again(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SET LOCAL lock_timeout = '1s'")
            second.execute("SELECT 1 FROM res_partner LIMIT 1")  # takes its snapshot
            self.assertEqual(self._throttle(first)._hit(KEY, HOUR)[0], 1)
            # The first one is at work still: nothing is committed there.
            self.assertEqual(self._throttle(second)._hit(KEY, HOUR)[0], 2)
            self.assertEqual(self._throttle(first)._hit(KEY, HOUR)[0], 3)
