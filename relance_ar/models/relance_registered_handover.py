import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..core.postal import NOT_POSTED, POSTED
from .relance_facts_types import CONFIRMED
from .relance_postal_provider import MANUAL
from .relance_reminder_failure import PROVIDER

_logger = logging.getLogger(__name__)
PROVIDERS_CRON = "relance_ar.ir_cron_postal_providers"
ASKED_AT_ONCE = 200


class RelanceRegisteredHandover(models.AbstractModel):
    """Hands registered letters over to their providers, and asks them for news.

    After the posting is committed, one letter in each transaction, with a key that
    stays the same: whatever is run again, a provider posts a letter once.
    """

    _name = "relance.registered.handover"
    _description = "Hand-over of registered letters"

    handover_key = fields.Char(
        readonly=True,
        copy=False,
        help="What the provider tells a letter by: the same one, it posts once.",
    )
    handed_on = fields.Datetime(
        string="Handed over", readonly=True, copy=False, help="Taken by the provider."
    )
    provider_error = fields.Text(
        string="Answer of the provider",
        readonly=True,
        copy=False,
        help="Why it was not handed over, or its news not noted: it is tried again.",
    )

    @api.model
    def _get_waiting_domain(self):
        """Return the letters that wait to be handed over to a service."""
        return [
            ("provider", "!=", MANUAL),
            ("handed_on", "=", False),
            ("state", "=", POSTED),
            ("reminder_id.state", "in", CONFIRMED),
        ]

    def _waits_for_provider(self):
        """Say whether a service has still to take the letter: it has not left yet."""
        self.ensure_one()
        is_theirs = self.provider != MANUAL and self.provider in self.env.registry
        return is_theirs and self.state == POSTED and not self.handed_on

    def _wake_providers(self):
        """Have those of a service handed over as soon as this is committed."""
        if self.filtered(lambda letter: letter.provider != MANUAL):
            # sudo: to wake the job, which works as superuser.
            self.env.ref(PROVIDERS_CRON).sudo()._trigger()

    @api.model
    def _cron_providers(self):
        """Hand over what waits, then ask for news; each letter is committed.

        What has failed before comes last: a service that does not answer keeps no other
        letter waiting, and is not asked again before the next day.
        """
        waiting = self.search(self._get_waiting_domain(), order="id")
        failed = waiting.filtered("provider_error")
        new = waiting - failed
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(new) + 1)  # and the news: when time is over, it goes on
        if not new._hand_over_each(commit):
            return
        commit(remaining=0)
        if self._fetch_all_news(commit):
            failed._hand_over_each(commit)

    def _hand_over_each(self, commit):
        """Hand letters over one by one; say whether there is time left.

        :param commit: called after each letter, returns the time left
        """
        for letter in self:
            letter._hand_over()
            if not commit(1):
                return False
        return True

    @api.model
    def _fetch_all_news(self, commit):
        """Ask for the news of all that is on its way; say whether there is time left.

        :param commit: called after each batch, returns the time left
        """
        moving = self.search(
            [
                ("provider", "!=", MANUAL),
                ("handed_on", "!=", False),
                ("state", "=", POSTED),
            ],
            order="id",
        )
        for provider, group in moving.grouped("provider").items():
            if provider not in self.env.registry:
                continue
            for part in split_every(ASKED_AT_ONCE, group.ids, group.browse):
                part._fetch_news()
                if not commit(len(part)):
                    return False
        return True

    def _hand_over(self):
        """Hand one letter over; what fails for a time is tried again."""
        letter = self.try_lock_for_update().filtered(
            lambda r: r.state == POSTED and not r.handed_on
        )
        if not letter:
            return
        if letter.provider not in self.env.registry:
            letter.provider_error = self.env._("The provider is no longer installed.")
            return
        try:
            with self.env.cr.savepoint():
                given = self.env[letter.provider]._post(letter).get(letter.id) or {}
        except psycopg2.OperationalError:
            raise  # a conflict of transactions: run again, with the same key
        except UserError as error:
            letter._note_not_posted(str(error))
        except Exception as error:
            _logger.info("%s is not handed over", letter.display_name, exc_info=error)
            letter.provider_error = str(error)
        else:
            letter._note_handed(given)

    def _note_handed(self, given):
        """Note that the provider took the letter, and what it says of it.

        The letter has left, whether or not that can be noted: what is wrong with it is
        kept beside it.

        :param given: ``{"number", "posted_on"}``, in part
        """
        about = {name: given[name] for name in ("number", "posted_on") if name in given}
        self.write({"handed_on": fields.Datetime.now(), "provider_error": False})
        said = self.with_context(relance_why=self.env._("As the provider says."))
        try:
            with self.env.cr.savepoint():
                said.write(about)
                self._follow_posting()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.info("answer about %s is refused", self.display_name)
            self.provider_error = str(error)
            self._message_log(body=str(error))

    def _note_not_posted(self, message):
        """Note that the provider refused the letter: the step has not been taken."""
        self.write({"state": NOT_POSTED, "provider_error": message})
        words = self.env._(
            "%(name)s was not posted: %(why)s",
            name=self.reminder_id.reference,
            why=message,
        )
        self._record_postal({self: words}, {})
        self.reminder_id._fail(words, PROVIDER)

    # ------------------------------------------------------------------------ news

    def action_fetch(self):
        """Ask the providers what has become of letters on their way.

        A job does it each day.

        :return: the letters with something new
        """
        self.check_access("write")
        # sudo: see _note_fate.
        moving = self.sudo().filtered(
            lambda r: (
                r.state == POSTED and r.handed_on and r.provider in self.env.registry
            )
        )
        news = self.browse()
        for group in moving.grouped("provider").values():
            news += group._fetch_news()
        return news.with_env(self.env)

    def action_fetch_and_tell(self):
        """Ask the providers for news, and say what there is."""
        news = self.action_fetch()
        errors = [letter.provider_error for letter in self if letter.provider_error]
        said = self.env._("%(count)s letters with news.", count=len(news))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if errors else "success",
                "sticky": bool(errors),
                "message": "\n".join([said, *errors]),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _fetch_news(self):
        """Note what one provider says of its letters; return those with news.

        What cannot be noted of one is kept beside it: the others have theirs.
        """
        news, provider = self.browse(), self[:1].provider
        try:
            with self.env.cr.savepoint():
                found = self._read_news(self.env[provider]._fetch(self))
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.warning("%s gives no news", provider, exc_info=error)
            self.provider_error = str(error)
            return news
        self.filtered("provider_error").provider_error = False
        for letter, fate in found.items():
            news += letter._note_news(fate)
        return news

    def _read_news(self, answer):
        """Return ``{letter: fate}`` of what a provider answered of these letters.

        :param answer: ``{id: fate}``; of letters without news, nothing or None
        :raise Exception: if it is none of that
        """
        told = dict(answer or {})
        return {letter: dict(told[letter.id]) for letter in self if told.get(letter.id)}

    def _note_news(self, fate):
        """Note the news of one letter; return it, or nothing if they are refused.

        :param fate: as ``relance.postal.provider._fetch`` returns it
        """
        try:
            with self.env.cr.savepoint():
                self._note_fate(fate.pop("state"), files=fate.pop("files", ()), **fate)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.info("news of %s are refused", self.display_name, exc_info=error)
            self.provider_error = str(error)
            return self.browse()
        return self
