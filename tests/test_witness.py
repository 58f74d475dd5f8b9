"""The digests that leave the house show what was written again inside."""

import base64
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import TODAY, days
from .test_events import MODEL_LOGGER, EventCase

WITNESS_LOGGER = "odoo.addons.relance_ar.models.relance_witness"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestWitness(EventCase):
    def setUp(self):
        super().setUp()
        self.manager.email = "manager@creditor.test"
        self.reminder = self._email()
        self._answer(self.reminder)
        self._answer(self.reminder, "We dispute it.")
        self.chain = self._chain()
        self.witnesses = self.env["relance.witness"].with_user(self.manager)

    def _run_check(self, day=0):
        cron = self.env.ref("relance_ar.ir_cron_check_proof")
        with freeze_time(days(day)), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        return self.witnesses.search([("company_id", "=", self.company.id)])

    def _cut_and_check(self):
        self._cut(self.chain)
        self.assertFalse(self.chain.action_check())

    def _compare(self, content):
        wizards = self.env["relance.witness.compare"].with_user(self.manager)
        wizard = wizards.create(
            {"company_id": self.company.id, "table": base64.b64encode(content)}
        )
        wizard.action_compare()
        return wizard.result

    def test_the_table_is_sent_once_a_month_to_the_credit_managers(self):
        [made] = self._run_check()
        mails = self.env["mail.mail"].sudo()
        sent = mails.search([("attachment_ids", "in", made.file_id.ids)])
        self.assertIn("manager@creditor.test", str(sent.mapped("email_to")))
        self.assertNotIn(self.officer.email_formatted, sent.mapped("email_to"))
        self.assertIn(made.digest, sent[0].body_html)
        self.assertIn(self.chain.head, made.file_id.raw.decode("utf-8-sig"))
        self.assertEqual(len(self._run_check(1)), 1)
        self.assertEqual(len(self._run_check(31)), 2)

    def test_what_was_written_again_differs_from_the_table_received(self):
        [made] = self._run_check()
        received = made.file_id.raw
        self._answer(self.reminder, "Once more.")
        self.assertIn("those of the table", self._compare(received))
        self._sql("DELETE FROM relance_event WHERE position = 4")
        self._sql(
            "UPDATE relance_event_chain SET event_count = 3, head = e.digest "
            "FROM relance_event e WHERE e.chain_id = relance_event_chain.id "
            "AND e.position = 3"
        )
        self.assertIn("those of the table", self._compare(received))
        self._cut_and_check()
        found = self._compare(received)
        self.assertIn(f"{self.debtor.name}: contact 3", found)
        latest = self._run_check(31)[0]
        self.assertIn("contact 3", latest.note)

    def test_another_file_is_refused_in_words(self):
        for content in (b"\xff\xfe", b"a;b\r\n1;2\r\n"):
            with self.assertRaisesRegex(UserError, "not a table"):
                self._compare(content)

    def test_a_table_of_nothing_is_refused(self):
        [made] = self._run_check()
        header = made.file_id.raw.splitlines(keepends=True)[0]
        for content in (header, header + b"\r\n", b"\xef\xbb\xbf", b"a;b;c;d"):
            with self.assertRaisesRegex(UserError, "not a table"):
                self._compare(content)
        wizards = self.env["relance.witness.compare"].with_user(self.manager)
        for table in (b"", "###", "a"):
            wizard = wizards.new({"company_id": self.company.id, "table": table})
            with self.assertRaisesRegex(UserError, "not a table"):
                wizard.action_compare()

    def test_nobody_writes_it_and_others_do_not_see_it(self):
        [made] = self._run_check()
        for user in (self.officer, self.manager):
            with self.assertRaises(AccessError), mute_logger(MODEL_LOGGER):
                call_kw(made.with_user(user), "write", [made.ids, {"digest": "x"}], {})
        with self.assertRaises(UserError):
            made.file_id.with_user(self.env.ref("base.user_admin")).unlink()
        other = self.env["res.company"].create({"name": "Other"})
        user = self._new_user(
            "other", "relance_ar.group_relance_manager", company=other
        )
        self.assertFalse(self.witnesses.with_user(user).search([]))
        wizard = {"company_id": self.company.id, "table": base64.b64encode(b"x")}
        compare = self.env["relance.witness.compare"].with_user(user)
        with self.assertRaises(AccessError):
            compare.create(wizard).action_compare()

    def _without_addresses(self):
        """Take the addresses of the credit managers away; return them all."""
        group = self.env.ref("relance_ar.group_relance_manager")
        people = group.all_user_ids.filtered(lambda u: self.company in u.company_ids)
        people.sudo().email = False
        return people

    def _run_unsent(self, day=0):
        with self.assertLogs(WITNESS_LOGGER, "WARNING") as logs:
            found = self._run_check(day)
        self.assertIn(self.company.name, logs.output[0])
        return found

    def test_digests_that_reach_nobody_are_told_to_a_manager(self):
        managers = self._without_addresses()
        [made] = self._run_unsent()
        self.assertFalse(made.sent_to)
        [task] = made.sudo().activity_ids
        self.assertIn(task.user_id, managers)
        self.assertIn("e-mail", task.note)
        # Neither another table nor another task, but it is tried again.
        self.assertEqual(self._run_unsent(1), made)
        self.assertEqual(made.sudo().activity_ids, task)
        self.manager.sudo().email = "manager@creditor.test"
        self.assertEqual(self._run_check(2), made)
        self.assertEqual(made.sent_to, "manager@creditor.test")
        self.assertFalse(made.sudo().activity_ids)

    def test_a_manager_sends_what_reached_nobody(self):
        self._without_addresses()
        [made] = self._run_unsent()
        mails = self.env["mail.mail"].sudo()
        refused = self.assertRaisesRegex(UserError, "No credit manager")
        with refused, mute_logger(WITNESS_LOGGER):
            made.action_send()
        self.manager.sudo().email = "manager@creditor.test"
        for _twice in range(2):
            call_kw(made, "action_send", [made.ids], {})
        self.assertEqual(made.sent_to, "manager@creditor.test")
        sent = mails.search([("attachment_ids", "in", made.file_id.ids)])
        self.assertEqual(len(sent), 1)
        with self.assertRaises(AccessError):
            made.with_user(self.officer).action_send()

    def test_a_manager_says_that_it_is_done(self):
        self._without_addresses()
        [made] = self._run_unsent()
        task = made.sudo().activity_ids
        call_kw(task.with_user(task.user_id), "action_feedback", [task.ids], {})
        self.assertFalse(made.sudo().activity_ids)

    def test_without_any_manager_the_officer_is_told(self):
        self.company.sudo().relance_user_id = self.officer
        nobody = self.env["res.users"].browse
        with patch.object(
            type(self.witnesses), "_get_managers", lambda _self: nobody()
        ):
            self._run_unsent()
        tasks = self.company.partner_id.activity_ids
        self.assertEqual(tasks.user_id, self.officer)
        self.assertIn("Nobody keeps", tasks.summary)

    def test_a_table_of_another_company_is_refused_in_words(self):
        [made] = self._run_check()
        other = self.env["res.company"].create({"name": "Other SAS"})
        user = self._new_user("both", "relance_ar.group_relance_manager", company=other)
        user.sudo().company_ids += self.company
        wizards = self.env["relance.witness.compare"]
        table = {"company_id": other.id, "table": base64.b64encode(made.file_id.raw)}
        wizard = wizards.with_user(user).create(table)
        with self.assertRaisesRegex(UserError, f"is of {self.company.name}, not of"):
            wizard.action_compare()
        # Whoever does not work there learns no name.
        user.sudo().company_ids -= self.company
        with self.assertRaises(UserError) as refused:
            wizard.action_compare()
        self.assertIn("another company", str(refused.exception))
        self.assertNotIn(self.company.name, str(refused.exception))

    def test_a_chain_moved_to_another_company_is_lost_not_refused(self):
        [made] = self._run_check()
        other_debtor = self._debtor("Second SA")
        self._sql(
            "INSERT INTO relance_event_chain (company_id, partner_id, code, is_open, "
            "event_count, head) VALUES (%s, %s, repeat('a', 32), TRUE, 0, '')",
            self.company.id,
            other_debtor.id,
        )
        received = made.file_id.raw + f"Second SA;{'a' * 32};0;{'0' * 64}\r\n".encode()
        other = self.env["res.company"].create({"name": "Other SAS"})
        self._sql(
            "UPDATE relance_event_chain SET company_id = %s WHERE id = %s",
            other.id,
            self.chain.id,
        )
        self.assertIn("is not what the table says", self._compare(received))

    def test_a_table_changed_here_stops_no_other_one(self):
        [made] = self._run_check()
        made.file_id.sudo().raw = b"a;b\r\n1;2\r\n"
        self.assertIn("was changed", self._run_check(31)[0].note)
