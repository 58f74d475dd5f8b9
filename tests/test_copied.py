"""Rows that a run hands to PostgreSQL are those that the ORM would have made."""

from odoo.tests import freeze_time, tagged

from .common import TODAY, RelanceCase, days

ODD = "a\tb\nc\\d\\N\r'\"é"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCopied(RelanceCase):
    """The same values, given to ``create`` and to ``_copy_in``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor()
        cls.values = {
            "partner_id": cls.debtor.id,
            "contact_id": cls.debtor.id,
            "currency_id": cls.company.currency_id.id,
            "level_id": cls.env.ref("relance_ar.level_1_first").id,
            "phase": "level_1",
            "channel": "email",
            "date_planned": TODAY,
            "date_oldest": days(-3),
            "why": ODD,
            "lang": False,
            "user_id": False,
            "over_ceiling": True,
            "preflight": [{"line": 1, "number": ODD, "params": {}}],
            "line_count": 2,
            "amount_due": 0.1 + 0.2,
            "amount_credit": 0,
            "amount_net": 12345678.9,
        }

    def _read(self, reminder):
        """Return what the database holds, less what is of one record."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM relance_reminder WHERE id = %s", (reminder.id,)
        )
        [row] = self.env.cr.dictfetchall()
        return {k: v for k, v in row.items() if k not in ("id", "amount_due")}

    def test_they_are_as_created(self):
        reminders = self.env["relance.reminder"].sudo()
        created = reminders.with_context(tracking_disable=True).create(self.values)
        copied, second = reminders._copy_in([self.values, self.values])
        self.assertEqual(self._read(copied), self._read(created))
        self.assertEqual(copied.why, ODD)
        self.assertEqual(copied.preflight, self.values["preflight"])
        self.assertAlmostEqual(copied.amount_due, 0.3)
        self.assertGreater(second.id, copied.id)
        self.assertEqual(copied.state, "proposed")

    def test_nothing_makes_nothing(self):
        self.assertFalse(self.env["relance.reminder"].sudo()._copy_in([]))

    def test_what_depends_on_them_is_known(self):
        run = self.runs.create({"date": TODAY}).sudo()
        self.assertFalse(run.reminder_ids)
        self.assertEqual(run.proposed_count, 0)
        copied = (
            self.env["relance.reminder"]
            .sudo()
            ._copy_in([{**self.values, "run_id": run.id}])
        )
        run.invalidate_recordset(["reminder_ids"])
        self.assertEqual(run.reminder_ids, copied)
        self.assertEqual(run.proposed_count, 1)
