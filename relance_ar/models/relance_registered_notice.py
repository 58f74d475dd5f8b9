from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..core.postal import (
    DELIVERED,
    POSTED,
    REFUSED,
    UNCLAIMED,
    Notice,
    news_expected_before,
)
from .ids_array import ids_array
from .relance_facts_types import CONFIRMED
from .relance_level import FORMAL_NOTICE

NEWS_ACTIVITY = "relance_ar.mail_activity_type_postal"
ASKED_AT_ONCE = 200


class RelanceRegisteredNotice(models.AbstractModel):
    """Formal notices by registered letter: when they count, what waits for them."""

    _name = "relance.registered.notice"
    _description = "Formal notice by registered letter"

    @api.model
    def _load_notices(self, line_ids):
        """Return ``{line id: core.postal.Notice}`` of the latest notice of each line.

        In one query, for lines about which a formal notice was posted as a registered
        letter that has not come back.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (rl.move_line_id)
                       rl.move_line_id, r.id, g.number, g.state, g.posted_on,
                       g.notice_on, r.deadline, said.deadline_days, s.grace_days
                  FROM relance_registered_letter g
                  JOIN relance_reminder r ON r.id = g.reminder_id
                  JOIN relance_reminder_line rl ON rl.reminder_id = r.id
                  JOIN relance_level lv ON lv.id = rl.level_id
                  JOIN relance_level said ON said.id = r.level_id
                  JOIN relance_scenario s ON s.id = said.scenario_id
                 WHERE rl.move_line_id = ANY(%s) AND rl.is_over IS NOT TRUE
                   AND lv.phase = %s AND r.state IN %s
                 ORDER BY rl.move_line_id, g.posted_on DESC, g.id DESC
                """,
                ids_array(line_ids),
                FORMAL_NOTICE,
                CONFIRMED,
            )
        )
        name_of = self.env["relance.reminder"]._reference_of
        return {
            line_id: Notice(name_of(reminder_id), number or "", *about)
            for line_id, reminder_id, number, *about in rows
        }

    @api.model
    def _say_notices(self, line_ids):
        """Return a sentence for each formal notice about lines, in their order."""
        notices = self._load_notices(line_ids)
        found = dict.fromkeys(notices[key] for key in line_ids if key in notices)
        return [self._say_notice(notice) for notice in found]

    def _to_notice(self):
        """Return the letter as the core's notice, without what it grants."""
        self.ensure_one()
        return Notice(
            self.reminder_id.reference,
            self.number or "",
            self.state,
            self.posted_on,
            self.notice_on or None,
        )

    @api.model
    def _say_notice(self, notice):
        """Return what became of a formal notice, in one sentence."""
        words = {
            POSTED: self.env._("on its way"),
            DELIVERED: self.env._("received on"),
            REFUSED: self.env._("refused, first presented on"),
            UNCLAIMED: self.env._("not collected, first presented on"),
        }
        fate = words.get(notice.state, "")
        if notice.notice_on:
            fate = f"{fate} {format_date(self.env, notice.notice_on)}"
        return self.env._(
            "Formal notice %(name)s posted on %(day)s by registered letter %(number)s: "
            "%(fate)s.",
            name=notice.reminder,
            day=format_date(self.env, notice.posted_on),
            number=notice.number or "–",
            fate=fate,
        )

    # ------------------------------------------------------------------------ news

    @api.model
    def _cron_ask_news(self):
        """Ask officers what became of letters that have been on their way for long."""
        kind = self.env.ref(NEWS_ACTIVITY)
        expected = news_expected_before(fields.Date.context_today(self))
        silent = self.search(
            [
                ("state", "=", POSTED),
                ("posted_on", "<", expected),
                ("reminder_id.state", "in", CONFIRMED),
                ("activity_ids", "not any", [("activity_type_id", "=", kind.id)]),
            ],
            order="id",
        )
        commit = self.env["ir.cron"]._commit_progress
        for batch in silent.grouped(lambda r: r.id // ASKED_AT_ONCE).values():
            batch._ask_news()
            if not commit(len(batch)):
                return

    def _ask_news(self):
        """Put on the to-do list of each officer what became of a letter.

        Without an e-mail about it.
        """
        for letter in self.with_context(mail_activity_quick_update=True):
            who = letter.reminder_id._get_responsible() or self.env.user
            asked = letter.with_context(lang=who.lang or self.env.lang)
            asked.activity_schedule(
                NEWS_ACTIVITY,
                user_id=who.id,
                summary=asked.env._("What became of it?"),
                note=asked.env._(
                    "Posted on %(day)s, no news since: until it is noted, nothing else "
                    "is sent about a formal notice.",
                    day=format_date(asked.env, letter.posted_on),
                ),
            )

    def _drop_news_task(self):
        """Take the question off the to-do lists: what became of them is known."""
        self.activity_unlink([NEWS_ACTIVITY], only_automated=False)
