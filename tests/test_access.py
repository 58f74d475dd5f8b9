from contextlib import suppress
from itertools import count

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import freeze_time, tagged

from .common import SIREN, TODAY, RelanceCase, days

OFFICER, MANAGER = "relance_ar.group_relance_user", "relance_ar.group_relance_manager"
NOTHING, ADMIN = "", "base.user_admin"
# Model: what each role may do with it (r: read, w: write, c: create, d: delete).
# Reminders and their lines are made by runs alone: nobody writes a proof by hand.
RIGHTS = {
    "relance.channel": {"officer": "r", "manager": "rw"},
    "relance.scenario": {"officer": "r", "manager": "rwcd", "settings": "r"},
    "relance.level": {"officer": "r", "manager": "rwcd"},
    "relance.level.channel": {"officer": "r", "manager": "rwcd"},
    "relance.interest.rate": {
        "officer": "r",
        "manager": "rwcd",
        "accountant": "rwcd",
    },
    "relance.check": {"officer": "r", "manager": "rw"},
    "relance.closing": {"officer": "rwcd", "manager": "rwcd"},
    "relance.season": {"officer": "r", "manager": "rwcd"},
    "relance.payer.profile": {"officer": "r", "manager": "rw"},
    "relance.payer.assessment": {"officer": "r", "manager": "r"},
    "relance.penalty.claim": {
        "officer": "rw",
        "manager": "rwd",
        "invoicing": "rw",
        "accountant": "rw",
    },
    **dict.fromkeys(
        ("relance.penalty.claim.line", "relance.penalty.claim.segment"),
        dict.fromkeys(("officer", "manager", "invoicing", "accountant"), "r"),
    ),
    "relance.penalty.statement": dict.fromkeys(
        ("officer", "manager", "invoicing", "accountant"), "rwcd"
    ),
    "relance.penalty.waive": {"manager": "rwcd"},
    "relance.run": {"officer": "rwc", "manager": "rwcd"},
    "relance.run.batch": {"officer": "r", "manager": "r"},
    "relance.reminder": {"officer": "rw", "manager": "rwd"},
    "relance.reminder.line": {"officer": "r", "manager": "r"},
    "relance.line.hold": {"officer": "r", "manager": "r"},
    "relance.line.hold.wizard": {"officer": "rwcd", "manager": "rwcd"},
    "relance.register.company": {"officer": "r", "manager": "r"},
    "relance.notice": {"officer": "r", "manager": "r"},
    "relance.proceeding": {"officer": "rw", "manager": "rwd"},
    "relance.lookup": {"officer": "rwcd", "manager": "rwcd"},
    "relance.lookup.line": {"officer": "rwcd", "manager": "rwcd"},
    "relance.identity.finding": {"officer": "r", "manager": "r"},
    "relance.billing.requirement": {"officer": "rwcd", "manager": "rwcd"},
    "relance.risk.class": {"officer": "r", "manager": "rwcd"},
    "relance.score": {"officer": "rwc", "manager": "rwcd"},
    "relance.exposure": {"officer": "r", "manager": "r"},
    "relance.explain": {"officer": "rwcd", "manager": "rwcd"},
    "relance.simulation": {"officer": "rwcd", "manager": "rwcd"},
    "relance.simulation.line": {"officer": "r", "manager": "r"},
    "relance.handover": {"settings": "r"},
    "relance.restart": {"manager": "rwcd"},
    # A salesperson reads a dispute of their own: see test_dispute_access.
    "relance.dispute": {"officer": "rwc", "manager": "rwc"},
    "relance.dispute.reason": {"officer": "r", "manager": "rwcd", "salesperson": "r"},
    "relance.dispute.conclude": {"officer": "rwcd", "manager": "rwcd"},
    "relance.promise": {"officer": "rwc", "manager": "rwc"},
    "relance.promise.cancel": {"manager": "rwcd"},
    "relance.plan": {"officer": "rwc", "manager": "rwc"},
    "relance.plan.instalment": {"officer": "rwcd", "manager": "rwcd"},
    "relance.plan.line": {"officer": "r", "manager": "r"},
    "relance.line.turn": {"settings": "r"},
    "relance.call": {"officer": "rwcd", "manager": "rwcd"},
    "relance.delegation": {"officer": "rwcd", "manager": "rwcd"},
    "relance.activation": {"manager": "rwcd"},
    "relance.activation.line": {"manager": "rwcd"},
    "relance.event": {"officer": "r", "manager": "r"},
    "relance.event.chain": {"officer": "r", "manager": "r"},
    "relance.registered.letter": {"officer": "rw", "manager": "rw"},
    "relance.mailing": {"officer": "r", "manager": "rd"},
    "relance.mailing.line": {"officer": "r", "manager": "r"},
    "relance.fate": {"officer": "rwcd", "manager": "rwcd"},
    "relance.posting": {"officer": "rwcd", "manager": "rwcd"},
    "relance.posting.line": {"officer": "rwcd", "manager": "rwcd"},
    "relance.statement": {"officer": "rwcd", "manager": "rwcd"},
    "relance.litigation": {"officer": "rw", "manager": "rwd"},
    "relance.litigation.entry": {"officer": "rwcd", "manager": "rwcd"},
    "relance.litigation.route": {"officer": "r", "manager": "rwcd"},
    "relance.proof": {"officer": "r", "manager": "r"},
    "relance.proof.joining": {"officer": "rwc", "manager": "rwc"},
    "relance.witness": {"manager": "r"},
    "relance.witness.compare": {"manager": "rwc"},
    # Links and answers are made and moved by transitions alone.
    "relance.link": {"officer": "r", "manager": "r"},
    "relance.answer": {"officer": "r", "manager": "r"},
    "relance.throttle": {"settings": "r"},
    # Figures are read from the books, forecasts are kept by a job alone.
    "relance.receivable": {"officer": "r", "manager": "r"},
    "relance.settlement": {"officer": "r", "manager": "r"},
    "relance.movement": {"officer": "r", "manager": "r"},
    "relance.effect": {"officer": "r", "manager": "r"},
    "relance.forecast": {"officer": "r", "manager": "r"},
    "relance.weekly": {"manager": "r"},
}
ROLES = {
    "internal": "base.group_user",
    "salesperson": "relance_ar.group_relance_dispute",
    "invoicing": "account.group_account_invoice",
    "accountant": "account.group_account_manager",
    "settings": "base.group_system",
    "officer": OFFICER,
    "manager": MANAGER,
    "portal": "base.group_portal",
    "public": "base.group_public",
}
PRIVATE = (
    "relance_scenario_id",
    "relance_user_id",
    "relance_hold_until",
    "relance_hold_reason",
    "relance_role",
    "relance_requires_order",
    "relance_refused_channel_ids",
    "relance_closing_ids",
    "relance_electronic_consent_on",
    "relance_reminder_count",
    "relance_level_id",
    "payer_profile_id",
    "payer_profile_strategy",
    "payer_profile_suggestion_id",
    "payer_profile_evidence",
    "payer_profile_to_confirm",
    "solvency_state",
    "solvency_checked_on",
    "solvency_judgment_on",
    "relance_penalty_regime",
    "relance_penalty_regime_proposed",
    "relance_penalty_rate",
    "relance_penalty_rate_note",
    "relance_penalty_accrued",
    "relance_claim_count",
    "relance_legal_form",
    "relance_activity",
    "relance_size",
    "relance_staff",
    "relance_closed_on",
    "relance_proceeding_ids",
    "relance_open_proceeding_id",
    "relance_requirement_ids",
    "relance_score",
    "relance_risk_class_id",
)


class Undo(Exception):
    """Ends a savepoint, to try a call without keeping what it did."""


class AccessCase(RelanceCase):
    """A debtor with one proposed reminder, looked at by everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(relance_siren=SIREN)
        cls.invoice = cls._invoice(cls.debtor, days(-3))
        cls.campaign = cls.runs.create({"date": TODAY})
        cls.campaign.action_plan()
        cls.reminder = cls.campaign.reminder_ids
        cls.line = cls.reminder.line_ids

    def _try(self, call, refusal=AccessError):
        """Say whether a call is allowed; undo what it did."""
        try:
            with self.env.cr.savepoint():
                call()
                self.env.flush_all()
                raise Undo
        except refusal:
            return False
        except Undo:
            return True
        finally:
            self.env.invalidate_all(flush=False)

    def _rpc(self, user, records, method, *args, **kwargs):
        """Call a method as a client does, ids first."""
        records = records.with_user(user)
        ids = [records.ids] if records else []
        return call_kw(records, method, [*ids, *args], kwargs)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRights(AccessCase):
    """Who may read, write, create and delete what: the whole table, by real calls."""

    mail_ids = count(1)

    def _own_sample(self, model, user):
        """Return the same for what belongs to who made it, else None."""
        mine = self.env[model].with_user(user).sudo()
        lines, reminder = self._lines(self.invoice).ids, self.reminder.id
        simple = {
            "relance.explain": ({"move_line_ids": lines}, {"date": days(1)}),
            "relance.restart": (
                {"reminder_id": reminder, "reason": "an agreement"},
                {"reason": "another"},
            ),
            "relance.line.hold.wizard": (
                {"move_line_ids": lines, "reason": "x"},
                {"reason": "y"},
            ),
            "relance.activation": ({}, {"date_from": days(1)}),
            "relance.simulation": ({}, {"date": days(1)}),
            "relance.penalty.statement": (
                {"partner_id": self.debtor.id},
                {"date": days(1)},
            ),
            "relance.penalty.waive": ({"reason": "deal"}, {"reason": "other"}),
            "relance.lookup": ({"partner_id": self.debtor.id}, {"is_shown": True}),
        }
        if model in simple:
            vals, written = simple[model]
            return mine.create(vals), written, vals
        if model in ("relance.simulation.line", "relance.activation.line"):
            wizard = self.env[model.removesuffix(".line")].with_user(user).sudo()
            name = model.split(".")[1]
            vals = {f"{name}_id": wizard.create({}).id, "phase": "level_1"}
            return mine.create(vals), {"phase": "level_2"}, vals
        if model == "relance.lookup.line":
            wizard = self.env["relance.lookup"].with_user(user).sudo()
            vals = {"lookup_id": wizard.create({"partner_id": self.debtor.id}).id}
            return mine.create(vals), {"is_taken": True}, vals
        if model == "relance.line.hold":
            line = self._lines(self.invoice)
            vals = {"move_line_id": line.id, "reason": "x", "user_id": user.id}
            return self.env[model]._hold(line, "x"), {"reason": "y"}, vals
        return None

    def _sample(self, model, user):
        """Return a record, values to write on it, and values to create another."""
        ref, company = self.env.ref, {"company_id": self.company.id}
        email, level = ref("relance_ar.relance_channel_email"), self.reminder.level_id
        own = self._own_sample(model, user)
        if own:
            return own
        # A transient record belongs to who made it.
        mine = self.env[model].with_user(user).sudo()
        if found := self._sample_agreement(model, mine):
            return found
        if found := self._figure_sample(model):
            return found
        if model.startswith("relance.penalty."):
            return self._penalty_sample(model)
        letters = self._letter_sample(model, user)
        if letters:
            return letters
        registers = self._register_samples()
        if model in registers:
            return self._register_sample(model, *registers[model])
        return {
            "relance.channel": (email, {"sequence": 5}, {"name": "x", "code": "email"}),
            "relance.scenario": (
                self.env["relance.scenario"].create({"name": "free"}),
                {"sequence": 5},
                {"name": "new"},
            ),
            "relance.level": (
                ref("relance_ar.level_litigation"),
                {"deadline_days": 5},
                {
                    "scenario_id": self.scenario.id,
                    "name": "new",
                    "phase": "litigation",
                    "delay_days": 100,
                },
            ),
            "relance.level.channel": (
                level.channel_line_ids[:1],
                {"sequence": 50},
                {
                    "level_id": level.id,
                    "channel_id": ref("relance_ar.relance_channel_visit").id,
                },
            ),
            "relance.interest.rate": (
                ref("relance_ar.relance_interest_rate_ecb_mro_2013_01"),
                {"value": 1},
                {"kind": "ecb_mro", "date_from": "2031-01-01", "value": 2},
            ),
            "relance.check": (
                ref("relance_ar.relance_check_terms"),
                {"severity": "blocking"},
                {"code": "terms"},
            ),
            "relance.closing": (
                self.env["relance.closing"].create({"name": "Inventory"}),
                {"is_yearly": True},
                {"name": "Bridge"},
            ),
            "relance.season": (
                ref("relance_ar.relance_season_august"),
                {"lead_days": 5},
                {"name": "New", "first_month": "1", "last_month": "2", "last_day": 1},
            ),
            "relance.payer.profile": (
                ref("relance_ar.payer_profile_good"),
                {"sequence": 5},
                {"name": "new", "code": "good"},
            ),
            "relance.payer.assessment": (
                self._assessment(),
                {"is_settled": True},
                {"partner_id": self.company.partner_id.id, **company},
            ),
            "relance.run": (
                self.runs.create({"date": TODAY}),
                {"date": days(1)},
                {"date": TODAY},
            ),
            "relance.run.batch": (
                self.env["relance.run.batch"].sudo().create(self._batch_vals()),
                {"attempts": 2},
                self._batch_vals(),
            ),
            "relance.handover": (
                self.env["relance.handover"].sudo().create(self._handover_vals()),
                {"mail_id": next(self.mail_ids)},
                self._handover_vals(),
            ),
            "relance.reminder": (
                self.reminder,
                {"channel": "phone"},
                self._reminder_vals(),
            ),
            "relance.reminder.line": (
                self.line,
                {"amount_residual": 1.0},
                self._line_vals(self.reminder),
            ),
        }[model]

    def _figure_sample(self, model):
        """Return a sample of the analyses and of the forecasts kept, or None."""
        if model == "relance.forecast":
            row = {"company_id": self.company.id, "made_on": TODAY, "made_week": TODAY}
            row |= dict.fromkeys(("expected", "low_sum", "expected_sum", "high_sum"), 1)
            kept = self.env[model].sudo()
            week = days(next(self.mail_ids))  # another one for each role
            kept = kept.create({**row, "week": week})
            return kept, {"expected": 2}, {**row, "week": days(-7)}
        if model == "relance.weekly":
            row = self.env[model].sudo().create(self._weekly_vals())
            return row, {"is_refused": True}, self._weekly_vals()
        if model in ("relance.settlement", "relance.movement"):
            self._register_payment(self._invoice(self.debtor, days(-9), 7))
        if model == "relance.effect":
            done = self._reminder_vals(state="sent", date_done=TODAY)
            reminder = self.env["relance.reminder"].sudo().create(done)
            line = self._lines(self._invoice(self.debtor, days(-9), 7))
            vals = self._line_vals(reminder, move_line_id=line.id)
            self.env["relance.reminder.line"].sudo().create(vals)
        self.env.flush_all()
        names = ("receivable", "settlement", "movement", "effect")
        if model not in [f"relance.{name}" for name in names]:
            return None
        found = self.env[model].search([], limit=1)
        return found, {"partner_id": False}, {"partner_id": self.debtor.id}

    def _weekly_vals(self):
        user = self._new_user(f"weekly_{next(self.mail_ids)}", "base.group_user")
        return {"user_id": user.id, "company_id": self.company.id}

    def _letter_sample(self, model, user):
        """Return a sample of the models of letters, proof and litigation, or None."""
        mine = self.env[model].with_user(user).sudo()
        debtor = {"partner_id": self.debtor.id, "company_id": self.company.id}
        reminder = {"reminder_id": self.reminder.id}
        case = {**debtor, "currency_id": self.company.currency_id.id}
        signed = {"company_id": self.company.id, "user_id": user.id}
        if model in ("relance.event", "relance.event.chain"):
            event = self.env["relance.event"]._record([{**debtor, "kind": "phone"}])
            found = event if model == "relance.event" else event.chain_id
            return found, {found._rec_name: 1}, debtor
        if model in ("relance.registered.letter", "relance.fate"):
            letters = self.env["relance.registered.letter"].sudo()
            other = self.env["relance.reminder"].sudo().create(self._reminder_vals())
            vals = {"reminder_id": other.id, "posted_on": TODAY}
            letter = letters.create(vals)
            if model == letter._name:
                return letter, {"number": "1A"}, vals
            vals = {"letter_ids": [(6, 0, letter.ids)]}
            return mine.create(vals), {"day": TODAY}, vals
        if model.endswith(".line") and model.startswith(("relance.mai", "relance.pos")):
            parent = model.removesuffix(".line")
            made = self._letter_sample(parent, user)[0]
            vals = {f"{parent.split('.')[1]}_id": made.id, **reminder, "sequence": 1}
            if parent == "relance.posting":
                del vals["sequence"]
            else:  # a letter waits in one post only
                vals["state"] = "printed"
            return mine.create(vals), {"reminder_id": self.reminder.id}, vals
        if model == "relance.proof.joining":
            made = self._letter_sample("relance.proof", user)[0]
            vals = {"proof_id": made.id}
            return mine.create(vals), vals, vals
        if model == "relance.litigation.entry":
            vals = {
                "litigation_id": self.env["relance.litigation"].sudo().create(case).id
            }
            vals["amount"] = 10
            return mine.create(vals), {"amount": 11}, vals
        made = {**signed, "date": TODAY, "state": "printed"}
        proof = {**debtor, "user_id": user.id, "name": "x", "made_on": TODAY}
        route = {"name": "x", "kind": "court"}
        kept = {"company_id": self.company.id, "made_on": TODAY}
        table = {"company_id": self.company.id, "table": b"eA=="}
        link = {**debtor, "contact_id": self.debtor.id, "expires_on": days(9)}
        said = {**debtor, "kind": "copy", "day": TODAY, "digest": str(user.id)}
        counted = {"key": str(user.id), "started_on": TODAY, "hits": 1}
        samples = {
            "relance.link": (link, {"email": "x@debtor.test"}),
            "relance.answer": (said, {"note": "x"}),
            "relance.throttle": (counted, {"hits": 2}),
            "relance.mailing": (made, {"date": days(1)}),
            "relance.posting": ({}, {"posted_on": days(1)}),
            "relance.statement": (debtor, {"date": days(1)}),
            "relance.litigation": (case, {"court": "Paris"}),
            "relance.litigation.route": (route, {"name": "y"}),
            "relance.proof": (proof, {"name": "y"}),
            "relance.witness": (kept, {"note": "y"}),
            "relance.witness.compare": (table, {"table_name": "y"}),
        }
        if model not in samples:
            return None
        vals, written = samples[model]
        return mine.create(vals), written, vals

    def _sample_agreement(self, model, mine):
        """Return the same about what was said with the debtor, or nothing."""
        lines = {"move_line_ids": self._lines(self.invoice).ids}
        other = self.env.ref("relance_ar.dispute_reason_other")
        dispute = {**lines, "reason_id": other.id, "amount": 10.0}
        promise = {**lines, "date": days(3), "amount": 10.0}
        if model == "relance.dispute":
            return mine.sudo().create(dispute), {"asked": "?"}, dispute
        if model == "relance.dispute.reason":
            vals = {"name": "New", "owner_rule": "officer"}
            return other.create(vals), {"days": 4}, vals
        if model == "relance.dispute.conclude":
            record = self.env["relance.dispute"].create(dispute)
            vals = {"dispute_id": record.id, "outcome": "confirmed"}
            return mine.create(vals), {"words": "so"}, vals
        if model == "relance.promise":
            return mine.sudo().create(promise), {"note": "so"}, promise
        if model == "relance.plan":
            return mine.sudo().create(lines), {"note": "so"}, lines
        if model == "relance.plan.instalment":
            plan = self.env["relance.plan"].create(lines)
            vals = {"plan_id": plan.id, "date": days(3), "amount": 5.0}
            record = mine.sudo().create(vals)
            return record, {"amount": 6.0}, {**vals, "date": days(4)}
        if model in ("relance.plan.line", "relance.line.turn"):
            return self._sample_of_line(model)
        return self._sample_of_wizard(model, mine)

    def _sample_of_wizard(self, model, mine):
        """Return the same of what asks people for something, or nothing."""
        reminder = {"reminder_id": self.reminder.id}
        asked = {
            "relance.call": {**reminder, "outcome": "other"},
            "relance.delegation": {
                **reminder,
                "user_id": self.officer.id,
                "date": days(3),
            },
            "relance.promise.cancel": {"reason": "noted wrongly"},
        }
        if model not in asked:
            return None
        vals = asked[model]
        written = {"reason": "so"} if "reason" in vals else {"note": "so"}
        return mine.create(vals), written, vals

    def _sample_of_line(self, model):
        """Return a row of an instalment: that of its turn is shared by all roles."""
        if model == "relance.plan.line":  # held by a plan: not what others promise
            line = self._lines(self._invoice(self.debtor, days(-3)))
            plan = self.env["relance.plan"].create({"move_line_ids": line.ids})
            vals = {"move_line_id": line.id, "plan_id": plan.id}
            return self.env[model].sudo().create(vals), {"plan_id": plan.id}, vals
        line = self._lines(self.invoice)
        vals, turns = {"move_line_id": line.id}, self.env[model].sudo()
        known = turns.search([("move_line_id", "=", line.id)])
        return known or turns.create(vals), {"turn": 7}, vals

    def _penalty_sample(self, model):
        claims = self.env["relance.penalty.claim"].sudo()
        claim = claims.create(self._claim_vals())
        line_vals = {"claim_id": claim.id, "move_name": "x", "date_maturity": TODAY}
        line = self.env["relance.penalty.claim.line"].sudo().create(line_vals)
        segment_vals = {
            "line_id": line.id,
            "date_from": TODAY,
            "date_to": TODAY,
            "days": 1,
            "base": 1.0,
            "rate": 1.0,
            "amount": 1.0,
        }
        segments = self.env["relance.penalty.claim.segment"].sudo()
        return {
            "relance.penalty.claim": (claim, {"amount_cost": 5}, self._claim_vals()),
            "relance.penalty.claim.line": (line, {"interest": 1}, line_vals),
            "relance.penalty.claim.segment": (
                segments.create(segment_vals),
                {"rate": 2},
                segment_vals,
            ),
        }[model]

    def _claim_vals(self):
        return {
            "company_id": self.company.id,
            "partner_id": self.debtor.id,
            "currency_id": self.company.currency_id.id,
            "date": TODAY,
        }

    def _register_sample(self, model, vals, written, new):
        """Return one record for all roles: what they do to it is undone."""
        rows = self.env[model].sudo()
        known = rows.search([(name, "=", value) for name, value in vals.items()])
        return known[:1] or rows.create(vals), written, new

    def _register_samples(self):
        """Return values to create, to change, and to create another."""
        debtor, siren = {"partner_id": self.debtor.id}, {"siren": SIREN}
        notice = {"kind": "annonce", "effect": "opens", "published_on": TODAY, **siren}
        finding = {"heading": "missing", "code": "missing", **debtor}
        return {
            "relance.register.company": (siren, {"state": "active"}, {"siren": "1"}),
            "relance.notice": (
                {"number": "A1", **notice},
                {"court": "Paris"},
                {"number": "A2", **notice},
            ),
            "relance.proceeding": (debtor, {"court": "Paris"}, debtor),
            "relance.identity.finding": (finding, {"code": "vat"}, finding),
            "relance.billing.requirement": (
                {"kind": "order", **debtor},
                {"severity": "block"},
                {"kind": "market", **debtor},
            ),
            "relance.risk.class": (
                {"name": "x", "least_score": 11},
                {"advice": "Pay first"},
                {"name": "y", "least_score": 12},
            ),
            "relance.score": (
                {"score": 5, **debtor},
                {"limit": 10},
                {"score": 5, "provider": "new", **debtor},
            ),
            "relance.exposure": (
                {"company_id": self.company.id, **debtor},
                {"band": 50},
                {
                    "company_id": self.company.id,
                    "partner_id": self.company.partner_id.id,
                },
            ),
        }

    def _assessment(self):
        rows = self.env["relance.payer.assessment"]
        rows._assess(self.company, self.debtor.ids)
        return rows.search([("partner_id", "=", self.debtor.id)])

    def _handover_vals(self):
        return {"mail_id": next(self.mail_ids), "company_id": self.company.id}

    def _batch_vals(self):
        return {"run_id": self.campaign.id, "debtor_ids": self.debtor.ids}

    def _reminder_vals(self, **values):
        return {
            "partner_id": self.debtor.id,
            "contact_id": self.debtor.id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "level_id": self.reminder.level_id.id,
            "phase": "level_1",
            "channel": "email",
            "date_planned": TODAY,
            **values,
        }

    def _line_vals(self, reminder, **values):
        return {
            "reminder_id": reminder.id,
            "move_line_id": self._lines(self.invoice).id,
            "move_name": "forged",
            "level_id": self.env.ref("relance_ar.level_1_second").id,
            "date_maturity": TODAY,
            "amount_residual": 1.0,
            **values,
        }

    def _user(self, role):
        return self._new_user(f"a_{role}", ROLES[role])

    def test_every_role_on_every_model(self):
        for role in ROLES:
            user = self._user(role)
            for model, expected in RIGHTS.items():
                with self.subTest(role=role, model=model):
                    record, values, new = self._sample(model, user)
                    self.env.flush_all()
                    theirs = record.with_user(user).sudo(False)
                    found = "".join(
                        letter
                        for letter, call in (
                            ("r", lambda t=theirs: t.read()),
                            ("w", lambda t=theirs, v=values: t.write(v)),
                            ("c", lambda t=theirs, v=new: t.create(dict(v))),
                            ("d", lambda t=theirs: t.unlink()),
                        )
                        if self._try(call)
                    )
                    self.assertEqual(found, expected.get(role, NOTHING))

    def test_the_table_names_every_model_of_the_addon(self):
        models = self.env["ir.model"].search([("model", "=like", "relance.%")])
        stored = {m.model for m in models if not self.env[m.model]._abstract}
        self.assertEqual(stored, set(RIGHTS))

    def test_menus_are_for_officers_and_configuration_for_managers(self):
        menu = self.env.ref("relance_ar.relance_menu")
        configuration = self.env.ref("relance_ar.relance_configuration_menu")
        for role, shown in (
            ("internal", (False, False)),
            ("salesperson", (False, False)),
            ("invoicing", (False, False)),
            ("officer", (True, False)),
            ("manager", (True, True)),
        ):
            with self.subTest(role):
                visible = self.env["ir.ui.menu"].with_user(self._user(role))
                ids = visible._visible_menu_ids()
                self.assertEqual((menu.id in ids, configuration.id in ids), shown)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPrivacy(AccessCase):
    """What is written of a customer is for collections, not for everybody."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write(
            {"relance_hold_until": days(9), "relance_hold_reason": "in a divorce"}
        )
        cls.seller = cls._new_user("seller", "relance_ar.group_relance_dispute")

    def test_a_salesperson_reads_the_identity_only(self):
        partner = self.debtor.with_user(self.seller)
        self.assertEqual(partner.relance_siren, SIREN)
        shown = partner.fields_get()
        for name in PRIVATE:
            with self.subTest(name):
                self.assertNotIn(name, shown)
                with self.assertRaises(AccessError):
                    partner.read([name])

    def test_a_salesperson_cannot_guess_by_searching(self):
        partners = self.env["res.partner"].with_user(self.seller)
        for domain in (
            [("relance_hold_reason", "ilike", "divorce")],
            [("relance_hold_until", "!=", False)],
            [("relance_scenario_id", "!=", False)],
            [("payer_profile_id", "!=", False)],
            [("payer_profile_suggestion_id.code", "=", "insolvent")],
            [("payer_profile_to_confirm", "=", True)],
            [("solvency_state", "=", "insolvency")],
        ):
            with self.subTest(domain), self.assertRaises(AccessError):
                partners.search(domain)
        with self.assertRaises(AccessError):
            partners.search([], order="relance_hold_until")

    def test_a_salesperson_neither_writes_nor_groups_by_it(self):
        partner = self.debtor.with_user(self.seller)
        with self.assertRaises(AccessError):
            partner.write({"relance_hold_until": days(300)})
        with self.assertRaises(AccessError):
            partner.formatted_read_group([], ["relance_hold_until:day"])

    def test_an_invoicing_user_opens_an_invoice_without_seeing_reminders(self):
        user = self._new_user("invoicing", "account.group_account_invoice")
        invoice = self.invoice.with_user(user)
        self.assertEqual(invoice.read(["name"])[0]["name"], self.invoice.name)
        for record in (invoice, self._lines(self.invoice).with_user(user)):
            self.assertNotIn("relance_level_id", record.fields_get())
            with self.assertRaises(AccessError):
                record.read(["relance_level_id"])
        # Of the addon an invoice shows them its penalties: who invoices sets the rate.
        arch = invoice.get_view(view_type="form")["arch"]
        self.assertIn("relance_penalty_table", arch)
        for name in ("relance_level", "relance_reminder", "relance_preflight"):
            self.assertNotIn(name, arch)

    def test_neither_salesperson_nor_public_asks_for_explanations(self):
        lines = self._lines(self.invoice)
        users = {
            "salesperson": self.seller,
            "public": self.env.ref("base.public_user"),
            "portal": self._new_user("client", "base.group_portal"),
        }
        for name, user in users.items():
            with self.subTest(name), self.assertRaises(AccessError):
                runs = self.env["relance.run"].with_user(user)
                runs.explain(lines.ids, "2026-03-18")

    def test_a_salesperson_does_nothing_to_reminders(self):
        for method in ("action_approve", "action_send", "action_cancel", "action_done"):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.seller, self.reminder, method)
        with self.assertRaises(AccessError):
            self._rpc(self.seller, self.campaign, "action_plan")

    def test_the_debtor_on_the_portal_reads_nothing_of_it(self):
        client = self._new_user("client", "base.group_portal")
        self.invoice.message_subscribe(client.partner_id.ids)
        client.partner_id.parent_id = self.debtor
        for record in (self.reminder, self.campaign, self.line, self.scenario):
            with self.subTest(record), self.assertRaises(AccessError):
                record.with_user(client).read(["display_name"])
        with self.assertRaises(AccessError):
            self.debtor.with_user(client).read(["relance_hold_reason"])


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestOfficer(AccessCase):
    """What an officer does, and what only a credit manager may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.formal = cls.env.ref("relance_ar.level_formal_notice")
        firm = cls._debtor("Firm SA")
        cls._invoice(firm, days(-60))
        cls.campaign.action_plan()
        cls.notice = cls.campaign.reminder_ids - cls.reminder
        # The run climbs one phase at a time: put it at the firm step directly.
        cls.notice.sudo().write(
            {
                "level_id": cls.formal.id,
                "phase": "formal_notice",
                "channel": "registered_letter",
            }
        )
        cls.notice.sudo().line_ids.level_id = cls.formal

    def test_an_officer_reads_the_smart_buttons(self):
        self.reminder.action_approve()
        self.reminder.sudo()._confirm("sent")
        level = self.env.ref("relance_ar.level_1_first")
        for record in (self.debtor, self.invoice):
            theirs = record.with_user(self.officer)
            self.assertEqual(theirs.relance_reminder_count, 1)
            self.assertEqual(theirs.relance_level_id, level)
            action = theirs.action_relance_reminders()
            found = self.reminders.search(action["domain"])
            self.assertEqual(found, self.reminder)
        line = self._lines(self.invoice).with_user(self.officer)
        self.assertEqual(line.relance_level_id, level)
        self.assertEqual(line.relance_days_late, 3)

    def test_an_officer_opens_the_explanation(self):
        action = self.invoice.with_user(self.officer).action_relance_explain()
        wizard = self.env[action["res_model"]].with_user(self.officer)
        html = wizard.browse(action["res_id"]).explanation
        self.assertIn("Due on 03/15/2026, 3 day(s) late.", html)

    def test_an_officer_cannot_approve_a_formal_notice(self):
        for method in ("action_approve", "action_approve_and_send"):
            with self.subTest(method):
                with self.assertRaises(AccessError) as refused:
                    self._rpc(self.officer, self.notice, method)
                self.assertEqual(
                    str(refused.exception),
                    f"{self.notice.reference} · Firm SA: the level “Formal notice” is "
                    "approved by a credit manager.",
                )
        self.assertEqual(self.notice.state, "proposed")
        self.notice.with_user(self.manager).action_approve()
        self.assertEqual(self.notice.state, "approved")

    def test_in_a_selection_only_what_one_may_approve_is_approved(self):
        both = (self.reminder + self.notice).with_user(self.officer)
        self.assertEqual(both.action_approve(), self.reminder)
        self.assertEqual(self.reminder.state, "approved")
        self.assertEqual(self.notice.state, "proposed")

    def _refused(self, *records_and_values):
        """Check that an officer cannot write these values by RPC."""
        for record, values in records_and_values:
            with self.subTest(values):
                allowed = self._try(
                    lambda r=record, v=values: self._rpc(self.officer, r, "write", v),
                    refusal=UserError,
                )
                self.assertFalse(allowed, "written by RPC")

    def test_a_state_cannot_be_written(self):
        self._refused(
            *((self.reminder, {"state": s}) for s in ("sent", "done", "cancelled"))
        )

    def test_the_approval_of_the_manager_cannot_be_bypassed_by_writing(self):
        mild = self.env.ref("relance_ar.level_1_first")
        self._refused(
            (self.notice, {"state": "approved"}),
            (self.notice, {"level_id": mild.id}),
            (self.notice, {"phase": "level_1"}),
        )

    def test_the_record_of_what_was_said_cannot_be_rewritten(self):
        self.reminder.sudo()._confirm("sent")
        other = self._debtor("Other SA")
        self._refused(
            (self.reminder, {"state": "proposed"}),
            (self.reminder, {"date_done": days(-30)}),
            (self.reminder, {"deadline": days(300)}),
            (self.reminder, {"recipient": "never@debtor.test"}),
            (self.reminder, {"partner_id": other.id}),
            (self.reminder, {"channel": "registered_letter"}),
            (self.reminder, {"why": "because"}),
            (self.reminder, {"line_ids": [Command.clear()]}),
            (self.line, {"amount_residual": 99999.0}),
            (self.line, {"move_name": "other"}),
            (self.line, {"cycle": 2}),
        )

    def test_an_officer_cannot_make_a_sent_reminder(self):
        vals = {
            "partner_id": self.debtor.id,
            "contact_id": self.debtor.id,
            "currency_id": self.company.currency_id.id,
            "level_id": self.formal.id,
            "phase": "formal_notice",
            "channel": "registered_letter",
            "date_planned": TODAY,
        }
        for state in ("sent", "done", "approved"):
            with self.subTest(state), self.assertRaises(UserError):
                self._rpc(
                    self.officer,
                    self.reminders.browse(),
                    "create",
                    [{**vals, "state": state}],
                )

    def test_defaults_of_the_context_do_not_approve(self):
        copied = self.reminder.with_user(self.officer).with_context(
            default_state="approved"
        )
        with suppress(UserError):
            self.assertEqual(copied.copy().state, "proposed")

    def test_a_sent_reminder_is_kept(self):
        self.reminder.sudo()._confirm("sent")
        with self.assertRaises(AccessError):
            self.reminder.with_user(self.officer).unlink()
        with self.assertRaises(UserError) as refused:
            self.reminder.with_user(self.manager).unlink()
        self.assertEqual(
            str(refused.exception),
            f"The reminder {self.reminder.reference} · Debtor SARL has left: it is "
            "kept as a proof.",
        )

    def test_the_lines_of_a_sent_reminder_are_kept(self):
        self.reminder.sudo()._confirm("sent")
        for user in (self.officer, self.manager):
            with self.subTest(user.login):
                line = self.line.with_user(user)
                self.assertFalse(self._try(line.unlink, refusal=UserError))

    def test_private_steps_are_out_of_reach(self):
        for record, method in (
            (self.notice, "_approve"),
            (self.notice, "_dispatch"),
            (self.reminder, "_confirm"),
            (self.campaign, "_cron_daily_run"),
            (self.campaign, "_load"),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.officer, record, method)

    def test_an_officer_changes_no_policy(self):
        level, rate = self.reminder.level_id, self.env["relance.interest.rate"]
        for record, values in (
            (self.scenario, {"min_gap_days": 0}),
            (self.scenario, {"level_ids": [Command.clear()]}),
            (level, {"auto_send": True}),
            (self.formal, {"approver": "officer"}),
            (level, {"channel_ids": [Command.clear()]}),
            (rate.search([], limit=1), {"value": 0}),
            (self.company, {"relance_auto_send": True}),
            (self.company, {"relance_auto_send_from": TODAY}),
            (self.company, {"relance_old_debt_rule": "include"}),
            (self.company, {"relance_penalty_rate": 99}),
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                self._rpc(self.officer, record, "write", values)

    def test_a_manager_does_not_switch_automatic_sending_by_writing(self):
        with self.assertRaises(AccessError):
            self._rpc(self.manager, self.company, "write", {"relance_auto_send": True})

    def test_settings_do_not_switch_automatic_sending(self):
        user = self._new_user("settings", "base.group_system")
        settings = self.env["res.config.settings"].with_user(user)
        with suppress(UserError):
            settings.create({"relance_auto_send": True}).execute()
        self.assertFalse(self.company.relance_auto_send)

    def test_an_officer_neither_opens_nor_activates(self):
        wizards = self.env["relance.activation"]
        with self.assertRaises(AccessError):
            self._rpc(self.officer, wizards, "action_open")
        with self.assertRaises(AccessError):
            self._rpc(self.officer, wizards, "create", [{}])
        wizard = wizards.with_user(self.manager).create({})
        wizard.action_simulate()
        for method in ("action_simulate", "action_activate", "action_deactivate"):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.officer, wizard, method)
        action = self.env.ref("relance_ar.relance_activation_action")
        with self.assertRaises(AccessError):
            action.with_user(self.officer).run()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestDefaults(AccessCase):
    """Defaults of one's own are no way round the transitions."""

    def _keep(self, user, model, name, value):
        self.env["ir.default"].with_user(user).set(model, name, value, user_id=True)

    def test_nobody_gives_reminders_an_approver_of_their_own(self):
        self._keep(
            self.officer, "relance.reminder", "approved_by_id", self.env.ref(ADMIN).id
        )
        self._keep(self.officer, "relance.reminder", "state", "sent")
        self._invoice(self._debtor(), days(-3))
        reminder = self._plan()
        self.assertRecordValues(
            reminder, [{"state": "proposed", "approved_by_id": False}]
        )

    def test_nor_a_run_a_state(self):
        self._keep(self.officer, "relance.run", "failures", "forged")
        self._keep(self.officer, "relance.run", "state", "done")
        run = self.env["relance.run"].with_user(self.officer).create({"date": TODAY})
        self.assertRecordValues(run, [{"state": "draft", "failures": False}])

    def test_what_people_may_write_keeps_its_defaults(self):
        self._keep(self.officer, "relance.run", "date", str(days(3)))
        runs = self.env["relance.run"].with_user(self.officer)
        self.assertEqual(runs.create({}).date, days(3))


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestActivitiesOfOthers(AccessCase):
    def test_anybody_changes_the_type_of_their_own_activity(self):
        plain = self._new_user("plain", "base.group_user")
        first, second = (
            self.env["mail.activity.type"].create({"name": name})
            for name in ("Ring", "Meet")
        )
        partner = self.env["res.partner"].create({"name": "A contact"})
        activity = partner.activity_schedule(
            activity_type_id=first.id, user_id=plain.id
        )
        activity.with_user(plain).activity_type_id = second
        self.assertEqual(activity.activity_type_id, second)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCompanies(AccessCase):
    """An officer of one company neither sees nor touches what is another's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls._new_user("stranger", OFFICER, company=cls.other)
        cls.both = cls._new_user("both", OFFICER)
        cls.both.company_ids += cls.other
        # A scenario of our own, not shared.
        cls.private = cls.env["relance.scenario"].create(
            {"name": "Private", "company_id": cls.company.id}
        )

    def test_a_stranger_finds_and_reads_nothing(self):
        for record in (self.reminder, self.line, self.campaign, self.private):
            theirs = record.with_user(self.stranger)
            with self.subTest(record._name):
                self.assertNotIn(record, theirs.search([]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])

    def test_a_stranger_neither_approves_nor_sends(self):
        self.reminder.action_approve()
        for method in (
            "action_approve",
            "action_send",
            "action_approve_and_send",
            "action_cancel",
            "action_done",
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                self._rpc(self.stranger, self.reminder, method)
        self.assertEqual(self.reminder.state, "approved")

    def test_a_stranger_neither_plans_nor_creates_a_run(self):
        with self.assertRaises(AccessError):
            self._rpc(self.stranger, self.campaign, "action_plan")
        with self.assertRaises(AccessError):
            self._rpc(
                self.stranger,
                self.runs.browse(),
                "create",
                [{"date": "2026-03-18", "company_id": self.company.id}],
            )

    def test_a_stranger_gets_no_explanation(self):
        lines = self._lines(self.invoice)
        mine = self._invoice(self.debtor, days(-3), company_id=self.other.id)
        runs = self.env["relance.run"].with_user(self.stranger)
        with self.assertRaises(AccessError):
            runs.explain(lines.ids, TODAY)
        with self.assertRaises(AccessError):
            runs.explain((lines + self._lines(mine)).ids, TODAY)
        with self.assertRaises(AccessError):
            lines.with_user(self.stranger).relance_penalty(TODAY)
        with self.assertRaises(AccessError):
            wizard = self.env["relance.explain"].with_user(self.stranger)
            wizard.create({"move_line_ids": lines.ids}).read(["explanation"])

    def test_a_run_of_a_stranger_tells_nothing_of_our_debts(self):
        run = self.env["relance.run"].with_user(self.stranger).create({"date": TODAY})
        run.action_plan()
        self.assertEqual(run.company_id, self.other)
        self.assertFalse(run.reminder_ids)

    def test_a_forged_list_of_companies_is_refused(self):
        theirs = self.reminder.with_user(self.stranger).with_context(
            allowed_company_ids=[self.other.id, self.company.id]
        )
        with self.assertRaises(AccessError):
            theirs.read(["amount_net"])

    def test_an_officer_of_both_plans_where_they_work_now(self):
        run = self.campaign.with_user(self.both).with_context(
            allowed_company_ids=[self.other.id]
        )
        with self.assertRaises(UserError):
            run.action_plan()
        here = self.env["relance.run"].with_user(self.both).with_company(self.other)
        self.assertEqual(here.create({"date": TODAY}).company_id, self.other)

    def test_the_company_of_a_reminder_or_a_run_cannot_be_changed(self):
        for record in (self.reminder, self.campaign):
            with (
                self.subTest(record._name),
                self.assertRaises(UserError),
            ):
                record.with_user(self.both).write({"company_id": self.other.id})
                self.env.flush_all()

    def test_a_debtor_of_another_company_is_refused(self):
        theirs = self._debtor("Theirs SA", company_id=self.other.id)
        for name in ("partner_id", "contact_id"):
            with (
                self.subTest(name),
                self.assertRaises(UserError),
            ):
                self.reminder.with_user(self.officer).write({name: theirs.id})
                self.env.flush_all()

    def test_an_invoice_of_another_company_cannot_be_slipped_into_a_reminder(self):
        self._invoice(self.debtor, days(-3), company_id=self.other.id)
        run = self.env["relance.run"].with_user(self.stranger).create({"date": TODAY})
        run.action_plan()
        mine = run.reminder_ids
        self.assertEqual(mine.company_id, self.other)
        ours = self._lines(self.invoice)
        with self.assertRaises(UserError):
            mine.line_ids.create(
                {
                    "reminder_id": mine.id,
                    "move_line_id": ours.id,
                    "move_name": "forged",
                    "level_id": self.env.ref("relance_ar.level_1_second").id,
                    "date_maturity": TODAY,
                    "amount_residual": 1.0,
                }
            )
            self.env.flush_all()
        with self.assertRaises(UserError):
            mine.line_ids.write({"move_line_id": ours.id})
            self.env.flush_all()

    def test_counts_of_a_shared_customer_are_those_of_ones_company(self):
        debtor = self.debtor.with_user(self.stranger)
        self.assertEqual(debtor.relance_reminder_count, 0)
        self.assertFalse(debtor.relance_level_id)

    def test_a_shared_customer_is_held_in_one_company_only(self):
        self.debtor.relance_hold_until = days(9)
        self.assertFalse(self.debtor.with_user(self.stranger).relance_hold_until)

    def test_a_duplicate_in_another_company_does_not_break_the_form(self):
        self.debtor.company_id = self.company
        shared = self._debtor("Shared SA", relance_siren=SIREN)
        shared.invalidate_recordset()
        specification = {
            "relance_same_siren_ids": {"fields": {"display_name": {}}},
            "relance_siren_note": {},
        }
        [values] = shared.with_user(self.stranger).web_read(specification)
        self.assertEqual(values["relance_same_siren_ids"], [])

    def test_an_activity_of_ones_own_does_not_act_on_a_reminder(self):
        plain = self._new_user("plain", "base.group_user")
        activities = self.env["mail.activity"].with_user(plain)
        call = self.env.ref("relance_ar.mail_activity_type_call")
        todo = self.env.ref("mail.mail_activity_data_todo")
        free = {"activity_type_id": todo.id, "user_id": plain.id}
        [own] = call_kw(activities, "create", [[free]], {})
        tie = {
            "res_model": self.reminder._name,
            "res_id": self.reminder.id,
            "activity_type_id": call.id,
        }
        with self.assertRaises(AccessError):
            call_kw(activities, "write", [[own], tie], {})

    def test_a_stranger_does_not_activate_for_us(self):
        chief = self._new_user("chief", MANAGER, company=self.other)
        wizards = self.env["relance.activation"].with_user(chief)
        with self.assertRaises(AccessError):
            wizards.create({"company_id": self.company.id}).action_simulate()
        mine = wizards.create({})
        with self.assertRaises(UserError):
            mine.write({"company_id": self.company.id})
            mine.action_simulate()
            mine.action_activate()
        self.assertFalse(self.company.relance_auto_send)

    def test_a_scenario_of_another_company_is_not_given_to_a_customer(self):
        with self.assertRaises(UserError):
            debtor = self.debtor.with_user(self.stranger)
            debtor.relance_scenario_id = self.private
            self.env.flush_all()

    def test_the_scenario_of_another_company_cannot_be_the_default(self):
        with self.assertRaises(UserError):
            self.other.relance_scenario_id = self.private
