import logging
import uuid

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.base.models.ir_qweb_fields import nl2br

from ..core.chain import START

_logger = logging.getLogger(__name__)
# Chains proven between two commits of the monthly check.
CHECKED_AT_ONCE = 50
SAID_AT_ONCE = 30


class RelanceEventChain(models.Model):
    """The contacts with one debtor of one company, each tied to the one before it.

    The head is locked while a contact is added, so that two at once do not fork the
    chain: the second transaction fails on the row that the first has changed, and Odoo
    runs it again.
    """

    _name = "relance.event.chain"
    _description = "Chain of the contacts with a debtor"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "relance.guarded",
        "relance.event.proving",
    ]
    _order = "break_position desc, checked_on, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    code = fields.Char(
        required=True, readonly=True, help="Part of what is sealed in each contact."
    )
    is_open = fields.Boolean(
        default=True,
        readonly=True,
        help="Not open: of an account that was merged into this one.",
    )
    event_count = fields.Integer(string="Contacts", readonly=True)
    head = fields.Char(string="Last digest", readonly=True, default=START)
    event_ids = fields.One2many("relance.event", "chain_id", readonly=True)
    checked_on = fields.Datetime(string="Last check", readonly=True)
    break_position = fields.Integer(
        string="Broken at", readonly=True, help="Position of the first broken link."
    )
    break_note = fields.Text(string="What is broken", readonly=True)
    break_keys = fields.Json(
        readonly=True, help="What was found, whatever the language: told once each."
    )

    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE is_open", "This debtor has a chain already."
    )

    @api.model
    def _lock(self, keys):
        """Lock the heads of chains until the end of the transaction, made if need be.

        :param keys: ``(company id, debtor id)``
        :return: ``{key: (chain id, code, event_count, head)}``
        """
        keys = sorted(set(keys))
        self.flush_model()
        self._make_missing(keys)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT company_id, partner_id, id, code, event_count, head
                  FROM relance_event_chain
                 WHERE is_open AND (company_id, partner_id) IN %s
                 ORDER BY id
                   FOR UPDATE
                """,
                tuple(keys),
            )
        )
        return {(row[0], row[1]): tuple(row[2:]) for row in rows}

    @api.model
    def _make_missing(self, keys):
        """Insert the chains that do not exist."""
        rows = [
            SQL("(%s, %s, %s, TRUE, 0, %s)", company, partner, uuid.uuid4().hex, START)
            for company, partner in keys
        ]
        self.env.execute_query(
            SQL(
                """
                INSERT INTO relance_event_chain
                            (company_id, partner_id, code, is_open, event_count, head)
                     VALUES %s
                ON CONFLICT (company_id, partner_id) WHERE is_open DO NOTHING
                RETURNING id
                """,
                SQL(", ").join(rows),
            )
        )

    @api.model
    def _move_heads(self, heads):
        """Note the last link of chains.

        :param heads: ``{chain id: (length, head)}``
        """
        rows = [SQL("(%s, %s, %s)", key, *value) for key, value in heads.items()]
        self.env.cr.execute(
            SQL(
                """
                UPDATE relance_event_chain c
                   SET event_count = v.event_count, head = v.head
                  FROM (VALUES %s) AS v (id, event_count, head)
                 WHERE c.id = v.id
                """,
                SQL(", ").join(rows),
            )
        )
        self.browse(heads).invalidate_recordset(["event_count", "head"])

    # ------------------------------------------------------------------- checking

    def action_check(self):
        """Prove the chains, and the files and messages that they tell of.

        :return: the chains that are broken
        """
        self.check_access("read")
        # sudo: what the check found is written on chains that the user may read.
        broken = self.sudo()._check()
        return broken.with_env(self.env)

    def action_check_and_tell(self):
        """Check one chain, and say what was found."""
        self.ensure_one()
        broken = self.action_check()
        message = self.break_note or self.env._(
            "%(count)s contacts are as they were recorded.", count=self.event_count
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if broken else "success",
                "sticky": bool(broken),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check(self):
        """Prove chains one after the other; return those that are broken."""
        broken = self.browse()
        for chain in self:
            # What is kept and told of it is in the language of the company.
            chain = chain.with_context(lang=chain.company_id._get_relance_lang())
            found = chain._find_breaks()
            keys = [finding.key for finding in found]
            is_new = set(keys) - chain._get_told_keys()
            chain.write(
                {
                    "checked_on": fields.Datetime.now(),
                    # One that stands before the first place is shown at the first.
                    "break_position": min(
                        (max(f.position, 1) for f in found), default=0
                    ),
                    "break_note": chain._say_breaks(found),
                    "break_keys": keys,
                }
            )
            if found:
                broken += chain
            if is_new:
                chain._tell_broken()
        return broken

    def _get_told_keys(self):
        """Return the keys of what was told before, as far as they can be read."""
        keys = self.break_keys
        keys = keys if isinstance(keys, list) else ()
        return {key for key in keys if isinstance(key, str)}

    @api.model
    def _say_breaks(self, found):
        """Return what was found in sentences, the first ones; False if nothing was."""
        if len(found) > SAID_AT_ONCE:
            rest = self.env._("And %(count)s more.", count=len(found) - SAID_AT_ONCE)
            return "\n".join([*(f.words for f in found[:SAID_AT_ONCE]), rest])
        return "\n".join(finding.words for finding in found) or False

    def _tell_broken(self):
        """Tell the officer of the company, and the server's log."""
        self.ensure_one()
        _logger.error(
            "The chain of contacts %s is broken: %s", self.id, self.break_note
        )
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("The proof of contacts has been changed"),
            note=nl2br(self.break_note),
            user_id=self.company_id._get_relance_officer().id or self.env.uid,
        )

    @api.model
    def _cron_check(self):
        """Prove all the chains, those checked longest ago first: once a month."""
        cron = self.env["ir.cron"]
        self._make_lost_chains()
        self._make_witnesses()
        start = fields.Datetime.subtract(fields.Datetime.now(), days=20)
        domain = ["|", ("checked_on", "=", False), ("checked_on", "<", start)]
        cron._commit_progress(remaining=self.search_count(domain))
        while chains := self.search(domain, limit=CHECKED_AT_ONCE, order="id"):
            chains._check()
            left = cron._commit_progress(len(chains))
            self.env.invalidate_all()
            if not left:
                break

    @api.model
    def _make_witnesses(self):
        """Make the tables of digests that are due: neither they nor the check of the
        chains wait for the other."""
        try:
            with self.env.cr.savepoint():
                self.env["relance.witness"]._make_due()
        except psycopg2.OperationalError:
            raise  # the whole is run again
        except Exception:  # whatever somebody put in the way
            _logger.exception("The digests of the contacts were not kept")
