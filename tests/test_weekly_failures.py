"""One colleague who cannot be written to silences nobody else."""

from unittest.mock import patch

import psycopg2

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.models import relance_weekly

from .common import TODAY, RelanceCase, days
from .weekly_case import WeeklyMixin

LOGGER = "odoo.addons.relance_ar.models.relance_attempting"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWeeklyFailures(WeeklyMixin, RelanceCase):
    """One colleague who cannot be written to silences nobody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_weekly()
        cls.second = cls._new_user("second", "relance_ar.group_relance_dispute")
        cls.other.write({"user_id": cls.second.id, "customer_rank": 1})
        cls.company.relance_user_id = cls.manager

    def _break(self, method, user, error=ValueError, after=False):
        """Let a method fail for one colleague, or once it is done."""
        weekly = type(self.env["relance.weekly"])
        original = getattr(weekly, method)

        def failing(rows, *args, **kwargs):
            done = original(rows, *args, **kwargs) if after else None
            if rows.user_id == user:
                raise error("boom")
            return done if after else original(rows, *args, **kwargs)

        return patch.object(weekly, method, failing)

    def _tasks(self, user):
        return user.partner_id.activity_ids

    @mute_logger(LOGGER)
    def test_one_who_fails_silences_nobody_and_is_tried_again(self):
        with self._break("_send", self.seller):
            found = self._send()
        self.assertEqual(found[self.seller], [])
        self.assertEqual(len(found[self.second]), 1)
        self.assertEqual(len(found[self.manager]), 1)
        row = self._row(self.seller)
        self.assertIn("ValueError", row.failure)
        self.assertEqual(row.failed_on, TODAY)
        self.assertFalse(self._row(self.second).failure)
        # A manager has it to do, once; the job comes back tomorrow.
        self.assertEqual(self._tasks(self.seller).user_id, self.manager)
        self.assertIn("ValueError", self._tasks(self.seller).note)
        cron = self.env.ref("relance_ar.ir_cron_weekly")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(triggers.mapped(lambda t: t.call_at.date()), [days(1)])
        with freeze_time(days(1)):
            found = self._send()
        self.assertEqual(len(found[self.seller]), 1)
        self.assertEqual(len(self.mails), 1)  # the others have theirs
        self.assertFalse(row.failure)
        self.assertFalse(self._tasks(self.seller))

    @mute_logger(LOGGER)
    def test_what_a_failure_had_written_is_undone(self):
        with self._break("_send", self.seller, after=True):
            found = self._send()
        self.assertEqual(found[self.seller], [])
        self.assertEqual(len(found[self.second]), 1)
        with freeze_time(days(1)):
            self.assertEqual(len(self._send()[self.seller]), 1)

    @mute_logger(LOGGER)
    def test_who_failed_is_written_to_last(self):
        with self._break("_send", self.manager):
            self._send()
        with freeze_time(days(7)):
            self._send()
        last = self.mails.sorted("id")[-1:]
        self.assertIn(self.manager.email, last.email_to)

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_a_job_that_is_cut_short_goes_on_and_doubles_nothing(self):
        conflict = psycopg2.errors.SerializationFailure
        with (
            patch.object(relance_weekly, "SENT_PER_COMMIT", 1),
            self._break("_send", self.seller, conflict),
        ):
            before = self._send()
        after = self._send()
        readers = self.manager | self.seller | self.second
        for user in readers:
            self.assertEqual(len(before[user]) + len(after[user]), 1)
        self.assertTrue(any(before[user] for user in readers))
        self.assertFalse(self._tasks(self.seller))

    @mute_logger(LOGGER)
    def test_one_who_fails_again_is_on_the_list_once(self):
        for later in (0, 1):
            with freeze_time(days(later)), self._break("_send", self.seller):
                self._send()
        self.assertEqual(len(self._tasks(self.seller)), 1)

    @mute_logger(LOGGER)
    def test_a_company_that_cannot_be_read_stops_no_other(self):
        first = self.env["res.company"].create({"name": "Aaa", "sequence": 0})
        third = self._new_user("third", "relance_ar.group_relance_manager")
        (self.manager | third).company_ids += first
        dashboard = type(self.env["relance.dashboard"])
        original = dashboard._get_scope

        def failing(records, *args, **kwargs):
            if records.env.company == first:
                raise ValueError("boom")
            return original(records, *args, **kwargs)

        with patch.object(dashboard, "_get_scope", failing):
            found = self._send()
        self.assertEqual(len(found[self.manager]), 1)
        rows = self._row(self.manager, first) | self._row(third, first)
        self.assertTrue(all(row.failure for row in rows))
        self.assertFalse(self._row(self.manager).failure)
        # One task, not one for each colleague.
        partners = rows.user_id.partner_id | first.partner_id
        self.assertEqual(len(partners.activity_ids), 1)
        self._send()
        self.assertFalse(any(rows.mapped("failure")))
        self.assertFalse(partners.activity_ids)

    def test_a_language_that_was_deactivated(self):
        self._lose_lang(self.seller)
        found = self._send()
        self.assertEqual(len(found[self.seller]), 1)
        self.assertEqual(len(found[self.second]), 1)
        self.assertFalse(self._row(self.seller).failure)
