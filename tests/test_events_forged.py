"""What somebody writes into the database beside the chains, or to stop the check."""

from unittest.mock import patch

import psycopg2

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.relance_ar.core.chain import START, digest
from odoo.addons.relance_ar.models.relance_event_proving import CHECKS

from .common import TODAY, days
from .test_events import CHAIN_LOGGER, EventCase

PROVING_LOGGER = "odoo.addons.relance_ar.models.relance_event_proving"


class ForgedCase(EventCase):
    def setUp(self):
        super().setUp()
        self.reminder = self._email()
        self._answer(self.reminder)
        self.chain = self._chain()
        self.assertFalse(self.chain.action_check())

    def _check(self, chain=None):
        chain = chain or self.chain
        with mute_logger(CHAIN_LOGGER, PROVING_LOGGER):
            self.assertEqual(chain.action_check(), chain)
        self.assertGreater(chain.break_position, 0)  # shown as broken
        return chain.break_note

    def _forge(self, chain_id, **values):
        """Insert a contact as somebody does who writes to the database."""
        row = {
            "chain_id": chain_id,
            "company_id": self.company.id,
            "partner_id": self.debtor.id,
            "origin_id": self.debtor.id,
            "kind": "answer",
            "date": "2026-01-05 10:00:00",
            "body": "We acknowledge the debt",
            "digest": "f" * 64,
            "previous_digest": START,
            **values,
        }
        columns = ", ".join(row)
        places = ", ".join(["%s"] * len(row))
        self._sql(
            f"INSERT INTO relance_event ({columns}) VALUES ({places})", *row.values()
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestForged(ForgedCase):
    def test_no_contact_stands_before_the_first(self):
        for position in (0, -7):
            with (
                self.assertRaises(psycopg2.errors.CheckViolation),
                mute_logger("odoo.sql_db"),
            ):
                self._forge(self.chain.id, position=position)

    def test_a_contact_before_the_first_is_found_without_the_constraint(self):
        self._sql(
            "ALTER TABLE relance_event "
            "DROP CONSTRAINT IF EXISTS relance_event_position_positive"
        )
        for position in (0, -7):
            self._forge(self.chain.id, position=position)
        note = self._check()
        self.assertIn("Contact 0 ", note)
        self.assertIn("Contact -7 ", note)
        self.assertNotIn("Contact 1 ", note)

    def test_a_second_contact_at_a_place_is_found(self):
        self._sql("DROP INDEX relance_event_position_uniq")
        self._forge(self.chain.id, position=2)
        self.assertIn("Contact 2 ", self._check())

    def _forge_closed(self, code, told):
        """Insert a closed chain whose digests are right, that tells of a merged one."""
        self._sql(
            "INSERT INTO relance_event_chain "
            "(company_id, partner_id, code, is_open, event_count, head) "
            "VALUES (%s, %s, %s, FALSE, 2, 'x')",
            self.company.id,
            self.debtor.id,
            code,
        )
        chain = self.chains.search([("code", "=", code)])
        previous = START
        for position, values in enumerate(
            ({"kind": "answer"}, {"kind": "merged", "reference": told}), 1
        ):
            self._forge(chain.id, position=position, previous_digest=previous, **values)
            event = chain.event_ids.filtered(lambda e, p=position: e.position == p)
            previous = digest(event.previous_digest, event._to_link().content)
            self._sql(
                "UPDATE relance_event SET digest = %s WHERE id = %s",
                previous,
                event.id,
            )
        self._sql(
            "UPDATE relance_event_chain SET head = %s WHERE id = %s",
            previous,
            chain.id,
        )
        return chain

    def test_a_forged_chain_does_not_tell_of_itself(self):
        chain = self._forge_closed("f" * 32, "f" * 32)
        self.assertIn("no contact tells of a merged account", self._check(chain))

    def test_two_forged_chains_do_not_tell_of_each_other(self):
        first = self._forge_closed("a" * 32, "b" * 32)
        second = self._forge_closed("b" * 32, "a" * 32)
        for chain in (first, second):
            self.assertIn("no contact tells of a merged account", self._check(chain))

    def test_accounts_merged_one_after_the_other_are_told(self):
        double, third = self._debtor("Debtor again"), self._debtor("Debtor thrice")
        for debtor in (double, third):
            self.env["relance.event"]._record(
                [
                    {
                        "company_id": self.company.id,
                        "partner_id": debtor.id,
                        "kind": "answer",
                    }
                ]
            )
        merging = self.env["base.partner.merge.automatic.wizard"]
        merging._merge((double + third).ids, double, extra_checks=False)
        merging._merge((self.debtor + double).ids, self.debtor, extra_checks=False)
        self.assertEqual(len(self._chain()), 3)
        self.assertFalse(self._chain().action_check())


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestUnreadable(ForgedCase):
    """What cannot be read is a finding of its chain, and stops no other check."""

    def _write_files(self, value):
        self._sql(
            "UPDATE relance_event SET files = %s WHERE position = 1 AND chain_id = %s",
            value,
            self.chain.id,
        )

    def test_files_that_cannot_be_read(self):
        for value in ("[1]", '{"a": 1}', '"x"', '[{"id": "x"}]', '[{"id": [1]}]', "7"):
            with self.subTest(value):
                self._write_files(value)
                note = self._check()
                self.assertIn("Contact 1 was changed", note)
                self.assertIn("Contact 1: what it says of its files", note)

    def test_a_contact_that_cannot_be_fetched(self):
        self._sql(
            "UPDATE relance_event SET date = '20000-01-01' WHERE position = 1 "
            "AND chain_id = %s",
            self.chain.id,
        )
        self.assertIn("cannot be read", self._check())

    def test_each_step_of_the_check_stands_alone(self):
        for name in CHECKS:
            with (
                self.subTest(name),
                patch.object(type(self.chain), name, self._fail_in_sql),
                mute_logger("odoo.sql_db"),
            ):
                self.assertIn("cannot be read", self._check())

    @staticmethod
    def _fail_in_sql(chain):
        chain.env.cr.execute("SELECT 1 / 0")

    def test_heads_that_cannot_be_read(self):
        with mute_logger("odoo.addons.base.models.ir_actions_report"):
            self._real(self.invoice.with_user(self.officer)).action_relance_proof()
        heads = (
            '{"a": 1}',
            "[1]",
            '"x"',
            '[{"code": 5}]',
            '[{"code": "x", "head": "y", "count": "z"}]',
            '[{"code": "x", "head": "y", "count": 1e30}]',
        )
        for value in heads:
            with self.subTest(value):
                self._sql("UPDATE relance_proof SET heads = %s", value)
                self.assertIn("says of the contacts cannot be read", self._check())

    def test_the_others_are_checked_and_the_table_is_made(self):
        other = self._debtor("Other SA")
        self.env["relance.event"]._record(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": other.id,
                    "kind": "answer",
                }
            ]
        )
        self._write_files('{"a": 1}')
        self._sql("UPDATE relance_event_chain SET break_keys = '5', checked_on = NULL")
        cron = self.env.ref("relance_ar.ir_cron_check_proof")
        with (
            freeze_time(days(1)),
            mute_logger(CHAIN_LOGGER, PROVING_LOGGER),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertEqual(self._chain(other).checked_on.date(), days(1))
        self.assertGreater(self.chain.break_position, 0)
        self.assertTrue(self.chain.sudo().activity_ids)
        self.assertTrue(
            self.env["relance.witness"].search([("company_id", "=", self.company.id)])
        )

    def test_a_head_that_is_gone_stops_no_table(self):
        self._sql(
            "UPDATE relance_event_chain SET event_count = NULL, head = NULL "
            "WHERE id = %s",
            self.chain.id,
        )
        self.env["relance.witness"].sudo()._make_due()
        made = self.env["relance.witness"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.assertIn(self.chain.code, made.file_id.raw.decode())
        self.assertIn("cut", self._check())

    def test_a_table_that_cannot_be_made_does_not_stop_the_check(self):
        cron = self.env.ref("relance_ar.ir_cron_check_proof")
        witnesses = type(self.env["relance.witness"])
        with (
            freeze_time(days(31)),
            patch.object(witnesses, "_make_due", side_effect=TypeError),
            mute_logger(CHAIN_LOGGER),
            self.enter_registry_test_mode(),
        ):
            cron.method_direct_trigger()
        self.assertEqual(self.chain.checked_on.date(), days(31))
