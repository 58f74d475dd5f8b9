"""A person accepts a payer profile or keeps another; it is logged, for officers."""

from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .common import TODAY, days
from .test_profile import ProfileCase

OFFICER = "relance_ar.group_relance_user"


class DecisionCase(ProfileCase):
    """A good payer and a bad one, assessed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls._debtor("Good SAS")
        cls.bad = cls._debtor("Bad SA")
        cls._paid(cls.good, 0, 0, 0)
        cls._paid(cls.bad, 20, 40, 55)
        cls.env["relance.payer.assessment"]._assess(cls.company)
        cls.profiles = {
            profile.code: profile
            for profile in cls.env["relance.payer.profile"].search([])
        }

    def _rpc(self, user, records, method, *args, **kwargs):
        """Call a method as a client does, ids first."""
        records = records.with_user(user)
        ids = [records.ids] if records else []
        return call_kw(records, method, [*ids, *args], kwargs)

    def _shown(self, message, user):
        """Return what the chatter shows of a message: body, and changes by name."""
        message = message.with_user(user)
        [data] = Store().add(message).get_result()["mail.message"]
        changes = {
            value["fieldInfo"]["changedField"]: (
                value["oldValue"] or False,
                value["newValue"] or False,
            )
            for value in data["trackingValues"]
        }
        return str(data["body"][1]), changes


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDecisions(DecisionCase):
    """Accept, keep, choose by hand."""

    def test_nothing_changes_before_a_person_decides(self):
        self.assertFalse(self.good.payer_profile_id)
        partner = self.good.with_user(self.officer)
        self.assertEqual(partner.payer_profile_suggestion_id, self.profiles["good"])
        self.assertTrue(partner.payer_profile_to_confirm)

    def test_an_officer_accepts_on_the_form(self):
        self._rpc(self.officer, self.good, "action_accept_payer_profile")
        self.assertEqual(self.good.payer_profile_id, self.profiles["good"])
        self.assertTrue(self._row(self.good).is_settled)
        partner = self.good.with_user(self.officer)
        self.assertFalse(partner.payer_profile_to_confirm)
        self.assertEqual(partner.payer_profile_strategy, self.profiles["good"].strategy)

    def test_who_accepted_what_and_why_is_in_the_chatter(self):
        before = self.good.message_ids
        self._rpc(self.officer, self.good, "action_accept_payer_profile")
        message = self.good.message_ids - before
        self.assertEqual(message.author_id, self.officer.partner_id)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        body, changes = self._shown(message, self.officer)
        self.assertIn("Payer profile: the suggestion was accepted.", body)
        self.assertEqual(changes["Payer profile"], (False, "Good payer"))
        self.assertEqual(changes["Suggested profile"], (False, "Good payer"))
        evidence = changes["Evidence"][1]
        self.assertIn("On average on the due date over 12 months", evidence)
        self.assertIn("➔ Good payer", evidence)

    def test_those_who_may_not_read_the_profile_do_not_read_it_there(self):
        self._rpc(self.officer, self.bad, "action_accept_payer_profile")
        message = self.bad.message_ids[:1]
        seller = self._new_user("seller", "relance_ar.group_relance_dispute")
        body, changes = self._shown(message, seller)
        self.assertFalse(changes)
        self.assertNotIn("Bad payer", body)

    def test_several_are_accepted_in_the_list(self):
        rows = self._row(self.good) + self._row(self.bad)
        self._rpc(self.officer, rows, "action_accept")
        self.assertRecordValues(
            self.good + self.bad,
            [
                {"payer_profile_id": self.profiles["good"].id},
                {"payer_profile_id": self.profiles["bad_payer"].id},
            ],
        )
        self.assertEqual(rows.mapped("is_settled"), [True, True])
        self.assertEqual(rows.current_id, rows.suggestion_id)

    def test_accepting_again_does_nothing(self):
        row = self._row(self.good)
        self.assertEqual(row.action_accept(), row)
        messages = self.good.message_ids
        self.assertFalse(row.action_accept())
        self.assertFalse(row.action_keep())
        self.assertEqual(self.good.message_ids, messages)

    def test_nothing_is_accepted_without_a_suggestion(self):
        new = self._debtor("New SAS")
        self._invoice(new, days(-3))
        row = self._assessed(new)
        self.assertFalse(row.action_accept())
        self.assertFalse(row.action_keep())
        self.assertFalse(new.payer_profile_id)

    def test_what_is_kept_is_not_asked_again(self):
        self.bad.payer_profile_id = self.profiles["administrative"]
        other = self._row(self.bad).sudo()
        other.kept_for_id = False
        other._settle()
        self.assertFalse(other.is_settled)
        self._rpc(self.officer, self.bad, "action_keep_payer_profile")
        self.assertEqual(self.bad.payer_profile_id, self.profiles["administrative"])
        self.assertTrue(self._row(self.bad).is_settled)
        self.assertTrue(self._assessed(self.bad).is_settled)
        body, changes = self._shown(self.bad.message_ids[:1], self.officer)
        self.assertIn("Payer profile: kept in spite of the suggestion.", body)
        self.assertEqual(changes["Suggested profile"], (False, "Bad payer"))
        self.assertIn("➔ Bad payer", changes["Evidence"][1])

    def test_it_is_asked_again_when_the_suggestion_changes(self):
        self._row(self.good).action_keep()
        self._paid(self.good, 0)
        self.assertTrue(self._assessed(self.good).is_settled, "still a good payer")
        self.good.sudo().solvency_state = "insolvency"
        row = self._assessed(self.good)
        self.assertRecordValues(
            row,
            [
                {
                    "suggestion_id": self.profiles["insolvent"].id,
                    "is_settled": False,
                    "kept_for_id": False,
                }
            ],
        )
        self.good.sudo().solvency_state = "active"
        self.assertFalse(self._assessed(self.good).is_settled)

    def test_a_profile_chosen_by_hand_is_a_decision_too(self):
        with Form(self.bad.with_user(self.officer)) as form:
            form.payer_profile_id = self.profiles["dispute"]
        self.assertTrue(self._row(self.bad).is_settled)
        body, changes = self._shown(self.bad.message_ids[:1], self.officer)
        self.assertIn("Payer profile changed.", body)
        self.assertEqual(changes["Payer profile"], (False, "Disputing payer"))
        self.assertEqual(changes["Suggested profile"], (False, "Bad payer"))
        self.bad.with_user(self.officer).payer_profile_id = False
        self.assertFalse(self._row(self.bad).is_settled, "undecided again")
        _body, changes = self._shown(self.bad.message_ids[:1], self.officer)
        self.assertEqual(changes["Payer profile"], ("Disputing payer", False))

    def test_writing_the_same_profile_logs_nothing(self):
        self.bad.payer_profile_id = self.profiles["dispute"]
        messages = self.bad.message_ids
        self.bad.write({"payer_profile_id": self.profiles["dispute"].id})
        self.assertEqual(self.bad.message_ids, messages)

    def test_the_solvency_is_edited_by_officers(self):
        with Form(self.bad.with_user(self.officer)) as form:
            form.solvency_state = "active"
            form.solvency_checked_on = TODAY
        self.assertRecordValues(
            self.bad, [{"solvency_state": "active", "solvency_checked_on": TODAY}]
        )

    def test_who_is_not_an_officer_still_makes_and_copies_customers(self):
        clerk = self._new_user("clerk", "base.group_user,base.group_partner_manager")
        made = self.env["res.partner"].with_user(clerk).create({"name": "New"})
        copied = self.bad.with_user(clerk).copy()
        self.assertEqual(made.sudo().solvency_state, "unknown")
        self.assertEqual(copied.sudo().solvency_state, "unknown")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSearches(DecisionCase):
    """Customers found by their suggestion."""

    def _found(self, *domain):
        partners = self.env["res.partner"].with_user(self.officer)
        ours = ("id", "in", (self.good + self.bad + self.company.partner_id).ids)
        return partners.search([ours, *domain]).sorted("id").mapped("name")

    def test_by_suggestion(self):
        name = "payer_profile_suggestion_id"
        good = self.profiles["good"]
        self.assertEqual(self._found((name, "=", good.id)), ["Good SAS"])
        self.assertEqual(self._found((name, "ilike", "bad")), ["Bad SA"])
        self.assertEqual(self._found((name + ".code", "=", "good")), ["Good SAS"])
        self.assertEqual(self._found((name, "=", False)), ["Creditor SAS"])
        self.assertEqual(self._found((name, "!=", False)), ["Good SAS", "Bad SA"])
        self.assertEqual(self._found((name, "!=", good.id)), ["Creditor SAS", "Bad SA"])
        self.assertEqual(
            self._found((name, "in", [good.id, False])), ["Creditor SAS", "Good SAS"]
        )

    def test_by_what_is_to_confirm(self):
        name = "payer_profile_to_confirm"
        self._row(self.good).action_accept()
        self.assertEqual(self._found((name, "=", True)), ["Bad SA"])
        self.assertEqual(self._found((name, "=", False)), ["Creditor SAS", "Good SAS"])

    def test_by_current_profile(self):
        self._row(self.good).action_accept()
        self.assertEqual(self._found(("payer_profile_id", "!=", False)), ["Good SAS"])
        domain = [("current_id.code", "=", "good")]
        self.assertEqual(self.assessments.search(domain), self._row(self.good))

    def test_the_filters_of_the_screens_work(self):
        for model in ("relance.payer.assessment", "res.partner"):
            records = self.env[model].with_user(self.officer)
            arch = records.get_view(view_type="search")["arch"]
            self.assertIn("confirm" if model == "res.partner" else "to_decide", arch)
        groups = self.assessments.formatted_read_group(
            [("is_settled", "=", False)], ["suggestion_id"], ["overdue_amount:sum"]
        )
        self.assertGreaterEqual(len(groups), 2)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRights(DecisionCase):
    """What the others may not do, by RPC."""

    def test_who_is_not_an_officer_decides_nothing(self):
        seller = self._new_user(
            "seller", "relance_ar.group_relance_dispute,base.group_partner_manager"
        )
        row = self._row(self.good)
        for records, method in (
            (row, "action_accept"),
            (row, "action_keep"),
            (row, "read"),
            (row, "action_assess_now"),
            (self.good, "action_accept_payer_profile"),
            (self.good, "action_keep_payer_profile"),
            (self.good, "action_assess_payer_profile"),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(seller, records, method)
        with self.assertRaises(AccessError):
            values = {"payer_profile_id": self.profiles["good"].id}
            self._rpc(seller, self.good, "write", values)
        with self.assertRaises(AccessError):
            self._rpc(seller, self.good, "write", {"solvency_state": "active"})

    def test_an_officer_does_not_write_assessments(self):
        row = self._row(self.good)
        for values in (
            {"suggestion_id": self.profiles["good"].id},
            {"is_settled": True},
            {"kept_for_id": self.profiles["good"].id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self._rpc(self.officer, row, "write", values)
        with self.assertRaises(AccessError):
            self._rpc(self.officer, row, "unlink")
        for private in ("_assess", "_settle", "_keep", "_upsert"):
            with self.subTest(private), self.assertRaises(AccessError):
                self._rpc(self.officer, row, private)

    def test_the_code_of_a_profile_stays_unique(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.profiles["good"].sudo().copy()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCompanies(DecisionCase):
    """The same customer in two companies: two histories, two profiles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls._new_user("stranger", OFFICER, company=cls.other)
        for due in (-100, -80, -70):
            cls._invoice(cls.good, days(due), company_id=cls.other.id)

    def _assess_there(self):
        rows = self.env["relance.payer.assessment"].with_user(self.stranger)
        rows.action_assess_now()
        return rows.search([("partner_id", "=", self.good.id)])

    def test_each_company_has_its_own_suggestion(self):
        theirs = self._assess_there()
        self.assertRecordValues(
            theirs,
            [
                {
                    "company_id": self.other.id,
                    "suggestion_id": self.profiles["bad_payer"].id,
                    "paid_count": 0,
                }
            ],
        )
        self.assertEqual(self._row(self.good).suggestion_id, self.profiles["good"])
        for user, code in ((self.officer, "good"), (self.stranger, "bad_payer")):
            partner = self.good.with_user(user)
            self.assertEqual(partner.payer_profile_suggestion_id.code, code)
            here = [("payer_profile_suggestion_id.code", "=", code)]
            self.assertIn(self.good, partner.search(here))

    def test_each_company_decides_for_itself(self):
        self._assess_there().action_accept()
        self.assertFalse(self.good.with_company(self.company).payer_profile_id)
        there = self.good.with_company(self.other)
        self.assertEqual(there.payer_profile_id, self.profiles["bad_payer"])
        self.assertFalse(self._row(self.good).is_settled)
        self._row(self.good).action_accept()
        self.assertEqual(there.payer_profile_id, self.profiles["bad_payer"])
        self.assertEqual(self._assess_there().current_id.code, "bad_payer")

    def test_the_log_of_one_company_is_not_shown_to_another(self):
        self._assess_there().action_accept()
        message = self.good.message_ids[:1]
        body, changes = self._shown(message, self.stranger)
        self.assertEqual(changes["Payer profile"], (False, "Bad payer"))
        self.assertIn("(company_2)", body)
        _body, changes = self._shown(message, self.officer)
        self.assertFalse(changes)

    def test_a_stranger_does_not_see_or_move_our_assessments(self):
        row = self._row(self.bad)
        self.assertNotIn(row, row.with_user(self.stranger).search([]))
        for method in ("read", "action_accept", "action_keep"):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.stranger, row, method)
        with self.assertRaises(AccessError):
            forged = row.with_user(self.stranger).with_context(
                allowed_company_ids=[self.other.id, self.company.id]
            )
            forged.action_accept()

    def test_the_list_of_both_companies_shows_each_current_profile(self):
        self._assess_there().action_accept()
        self._row(self.good).action_accept()
        both = self._new_user("both", OFFICER)
        both.company_ids += self.other
        rows = self.env["relance.payer.assessment"].with_user(both)
        rows = rows.with_context(allowed_company_ids=[self.company.id, self.other.id])
        found = rows.search([("partner_id", "=", self.good.id)])
        profiles = {row.company_id: row.current_id.code for row in found}
        self.assertEqual(profiles, {self.company: "good", self.other: "bad_payer"})


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 03:00")
class TestCron(DecisionCase):
    """Once a week, through Odoo's scheduler."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("relance_ar.ir_cron_assess_profiles")
        cls.env["relance.payer.assessment"].sudo().search([]).unlink()

    def _run_cron(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_it_assesses_every_company(self):
        other = self.setup_other_company()["company"]
        for due in (-100, -80, -70):
            self._invoice(self.good, days(due), company_id=other.id)
        self._run_cron()
        rows = self.env["relance.payer.assessment"].sudo().search([])
        self.assertEqual(
            {(r.company_id, r.partner_id, r.suggestion_id.code) for r in rows},
            {
                (self.company, self.good, "good"),
                (self.company, self.bad, "bad_payer"),
                (other, self.good, "bad_payer"),
            },
        )
        self.assertFalse(self.good.payer_profile_id, "a person decides")

    def test_what_fails_in_one_company_does_not_stop_the_others(self):
        broken = self.setup_other_company()["company"]
        broken.sequence = -1  # the first one
        model = type(self.env["relance.payer.assessment"])
        load = model._load_payments

        def failing(records, company, *args):
            if company == broken:
                raise UserError("the disk is full")
            return load(records, company, *args)

        logger = "odoo.addons.relance_ar.models.relance_payer_assessing"
        with (
            patch.object(model, "_load_payments", failing),
            self.assertLogs(logger, "ERROR") as logs,
        ):
            self._run_cron()
        self.assertIn(f"The payers of {broken.name} could not be", logs.output[0])
        self.assertEqual(self._row(self.good).suggestion_id.code, "good")
        self.assertRecordValues(
            broken,
            [
                {
                    "relance_assessed_on": False,
                    "relance_assessment_failure": f"{broken.name}: the disk is full",
                }
            ],
        )
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.assertIn(f"{days(1)} 03:00:00", [str(t.call_at) for t in triggers])
        with freeze_time(f"{days(1)} 03:00"):
            done = self._assessed_by_cron()
        self.assertEqual(done, broken, "the others were done yesterday")
        self.assertRecordValues(
            broken,
            [{"relance_assessed_on": days(1), "relance_assessment_failure": False}],
        )

    def _assessed_by_cron(self):
        """Run the job; return the companies that it assessed."""
        model = type(self.env["relance.payer.assessment"])
        assess, done = model._assess, self.env["res.company"].browse()

        def noting(records, company, *args):
            nonlocal done
            done += company.with_env(self.env)
            return assess(records, company, *args)

        with patch.object(model, "_assess", noting):
            self._run_cron()
        return done

    def test_an_interrupted_call_goes_on_with_the_companies_left(self):
        other = self.setup_other_company()["company"]
        (self.company + other).relance_assessed_on = days(-7)
        other.relance_assessed_on = TODAY
        done = self._assessed_by_cron()
        self.assertNotIn(other, done)
        self.assertIn(self.company, done)
        # On a day when all is done, whoever triggers it has it done again.
        done = self._assessed_by_cron()
        self.assertLessEqual(self.company + other, done)
