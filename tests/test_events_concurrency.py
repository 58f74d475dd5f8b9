"""Two contacts with one debtor at once: the chain does not fork."""

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestAtOnce(TransactionCase):
    """In transactions of their own, really committed, and taken away afterwards.

    The test itself writes nothing: it would lock the company that they record for.
    """

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner_id = env["res.partner"].create({"name": "At once"}).id
            self.company_id = env["res.company"].search([], limit=1).id
        self.addCleanup(self._clean)

    def _clean(self):
        with self.registry.cursor() as cr:
            for table in ("relance_event", "relance_event_chain"):
                cr.execute(
                    f"DELETE FROM {table} WHERE partner_id = %s", (self.partner_id,)
                )
            cr.execute("DELETE FROM res_partner WHERE id = %s", (self.partner_id,))

    def _record(self, cr, subject):
        env = api.Environment(cr, SUPERUSER_ID, {})
        values = {"company_id": self.company_id, "partner_id": self.partner_id}
        env["relance.event"]._record([{**values, "kind": "phone", "subject": subject}])

    def test_the_second_transaction_starts_again(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT 1 FROM res_partner LIMIT 1")  # takes its snapshot
            self._record(first, "one")
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                self._record(second, "lost")
            second.rollback()
            self._record(second, "two")  # as Odoo runs it again
            second.commit()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            chain = env["relance.event.chain"].search(
                [("partner_id", "=", self.partner_id)]
            )
            events = chain.event_ids.sorted("position")
            self.assertEqual(events.mapped("subject"), ["one", "two"])
            self.assertEqual(chain._find_breaks(), [])
