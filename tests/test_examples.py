"""The examples of the developer's guide do what the guide says."""

import re
from contextlib import ExitStack
from pathlib import Path

from odoo.orm.model_classes import add_to_registry
from odoo.orm.models import MetaModel
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SIREN, TODAY, RelanceCase, days
from .letter_case import PDF_LOGGER, LetterCase

GUIDE = Path(__file__).parents[1] / "docs" / "developer.md"
EXAMPLE = re.compile(r"^```python\n# example: ([^\n]+)\n(.*?)^```$", re.M | re.S)
ADDON = "relance_ar_example"


def examples():
    """Return ``{name: code}`` of the guide's examples."""
    return dict(EXAMPLE.findall(GUIDE.read_text()))


class ExampleMixin:
    """Lets the models of an example live until the end of a test."""

    def _load(self, name):
        """Add the models of an example to the registry; return what it defines."""
        return self._load_code(examples()[name], name)

    def _load_code(self, code, name, **space):
        """Add the models that some code defines to the registry; return what it does.

        :param space: what the code finds by these names
        """
        space |= {"__name__": f"odoo.addons.{ADDON}.models.example"}
        exec(compile(code, name, "exec"), space)
        self.addCleanup(MetaModel._module_to_models__.pop, ADDON, None)
        known, undo = set(self.registry.models), ExitStack()
        names = [
            self._extend(definition, undo)
            for definition in space.values()
            if getattr(definition, "__module__", "") == space["__name__"]
        ]
        # Cleanups run from the last to the first.
        self.addCleanup(self._set_up, [name for name in names if name in known])
        self.addCleanup(undo.close)
        self._set_up(names)
        return space

    def _extend(self, definition, undo):
        """Add one model; remember how to take it out again."""
        registry, name = self.registry, definition._name
        if name in registry:
            model = registry[name]
            undo.callback(setattr, model, "_base_classes__", model._base_classes__)
        else:
            undo.callback(registry.models.pop, name)
            for parent in definition._inherit:
                undo.callback(registry[parent]._inherit_children.discard, name)
        add_to_registry(registry, definition)
        return name

    def _set_up(self, names):
        self.env.flush_all()
        self.registry._setup_models__(self.env.cr, names)
        self.env.transaction.reset()
        self.registry.registry_invalidated = False  # of this process alone


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestExamples(ExampleMixin, RelanceCase):
    """An addon that holds an example, as if it were installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls._debtor(relance_siren=SIREN)

    def _write_label(self, model, name, value):
        """Write the label of an added value, as installing its addon does."""
        field = self.env["ir.model.fields"]._get(model, name)
        label = dict(self.env[model]._fields[name].selection)[value]
        self.env.cr.execute(
            """
            INSERT INTO ir_model_fields_selection (field_id, value, name, sequence)
            VALUES (%s, %s, jsonb_build_object('en_US', %s), 99)
            """,
            (field.id, value, label),
        )
        self.registry.clear_cache("stable")

    def test_a_provider_of_scores(self):
        self._load("a provider of scores")
        self.debtor.with_user(self.officer).action_relance_fetch_score()
        score = self.env["relance.score"].search([("partner_id", "=", self.debtor.id)])
        self.assertRecordValues(score, [{"level": 60, "provider": "Cautious Ratings"}])

    def test_a_check(self):
        self._load("a check of our own side")
        # sudo: what the data of an addon brings.
        checks = self.env["relance.check"].sudo()
        checks.create({"code": "no_salesperson", "severity": "warning"})
        self._write_label("relance.check", "code", "no_salesperson")
        invoice = self._invoice(self.debtor, days(-5))
        invoice.invoice_user_id = False
        reminder = self._plan()
        self.assertEqual(reminder.preflight_state, "warning")
        self.assertIn("Nobody is named as its salesperson", reminder.preflight_text)
        self.assertIn("The invoice has no salesperson", reminder.preflight_panel)

    def test_a_channel(self):
        space = self._load("a channel")
        self.assertEqual(space["TEXT"], [("text", "Text message")])
        channels = self.env["relance.channel"].sudo()  # sudo: the data of an addon
        channel = channels.create({"code": "text", "name": "Text message"})
        levels = self.scenario.level_ids
        first = levels.filtered(lambda lv: lv.phase == "level_1")
        first.channel_ids = channel
        self._invoice(self.debtor, days(-5))
        reminder = self._plan()
        self.assertEqual(reminder.channel, "text")
        sent = []
        self.patch(
            type(reminder),
            "_send_text",
            lambda _self, phone, said: sent.append((phone, said)),
        )
        reminder.action_approve()
        reminder.action_send()
        self.assertEqual(reminder.state, "sent")
        [(phone, said)] = sent
        self.assertEqual(phone, self.debtor.phone)
        self.assertIn(reminder.line_ids.move_name, said)
        self.assertEqual(reminder.event_ids.kind, "text")
        self.assertIn(said, reminder.event_ids.body)

    def test_the_task_of_a_call(self):
        self._load("the task of a call")
        levels = self.scenario.level_ids.filtered(lambda lv: lv.phase == "level_1")
        levels.channel_ids = self.env.ref("relance_ar.relance_channel_phone")
        self._invoice(self.debtor, days(-5))
        reminder = self._plan()
        reminder.action_approve()
        self.assertRegex(reminder.activity_ids.summary, "^☎ Debtor SARL")

    def test_a_figure(self):
        self._load("a figure")
        self._create_invoice_one_line(
            move_type="out_refund",
            price_unit=120.0,
            tax_ids=[],
            partner_id=self.debtor,
            invoice_date=TODAY,
            post=True,
        )
        dashboard = self.env["relance.dashboard"].with_user(self.officer)
        kpis = {kpi["code"]: kpi for kpi in dashboard.get_data()["kpis"]}
        self.assertEqual(kpis["free_credits"]["value"], 120)
        action = dashboard.open_records("free_credits")
        found = self.env[action["res_model"]].with_context(action["context"])
        credits = found.search(action["domain"])
        self.assertEqual(credits.partner_id, self.debtor)

    def test_what_an_example_adds_is_gone_after_it(self):
        codes = self.env["relance.check"]._fields["code"].get_values(self.env)
        self.assertNotIn("no_salesperson", codes)
        self.assertEqual(self.env["relance.score.provider"]._get_providers(), [])
        self.assertNotIn("swift.post", self.registry)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestPostalExample(ExampleMixin, LetterCase):
    """A service that posts registered letters."""

    def test_a_provider_of_registered_letters(self):
        self._load("a provider of registered letters")
        names = dict(self.company._selection_relance_postal_provider())
        self.assertEqual(names["swift.post"], "Swift Post")
        self.company.relance_postal_provider = "swift.post"
        invoice = self._invoice(self._debtor(), days(-60))
        reminder = self._reminder(
            invoice, phase="formal_notice", channel="registered_letter"
        )
        with mute_logger(PDF_LOGGER):
            self._real(reminder).action_print_letter()
        posting = self.env["relance.posting"].with_user(self.officer)
        action = reminder.action_post_letters()
        posting.browse(action["res_id"]).action_confirm()
        letter = self.env["relance.registered.letter"].search(
            [("reminder_id", "=", reminder.id)]
        )
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_postal_providers").method_direct_trigger()
        self.assertRecordValues(
            letter, [{"provider": "swift.post", "number": f"SP{letter.id:08d}"}]
        )
        self.assertRecordValues(letter, [{"state": "delivered", "delivered_on": TODAY}])
