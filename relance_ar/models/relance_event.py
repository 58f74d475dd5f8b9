from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.chain import Link, digest, digest_of_file
from .relance_channel import CHANNELS

ANSWER, FAILED, POSTAL, LITIGATION = "answer", "failed", "postal", "litigation"
DISPUTE, PROMISE, PLAN, HANDOVER = "dispute", "promise", "plan", "handover"
KINDS = [
    *CHANNELS,
    (ANSWER, "Answer of the debtor"),
    (FAILED, "It did not arrive"),
    (POSTAL, "Fate of a registered letter"),
    (LITIGATION, "Litigation"),
    (DISPUTE, "Dispute"),
    (PROMISE, "Promise to pay"),
    (PLAN, "Payment plan"),
    (HANDOVER, "Handed over"),
]
# A call or a visit in which nobody was spoken to: no contact yet.
ATTEMPT = "attempt"
# What is sealed as it is stored; dates, files and lines come beside.
TEXTS = (
    "kind",
    "stage",
    "subject",
    "body",
    "debtor",
    "recipient",
    "author",
    "reference",
)


class RelanceEvent(models.Model):
    """One contact with a debtor: what was said, to whom, how, with which files.

    Written when it takes place, and never again: each carries the digest of the one
    before it, so that a removal or a change in the database shows.
    """

    _name = "relance.event"
    _description = "Contact with a debtor"
    _inherit = ["relance.event.evidence"]
    _order = "date desc, position desc, id desc"
    _rec_name = "subject"

    chain_id = fields.Many2one(
        "relance.event.chain",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
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
    reminder_id = fields.Many2one(
        "relance.reminder", readonly=True, index="btree_not_null", ondelete="set null"
    )
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    about_model = fields.Char(readonly=True)
    about_id = fields.Many2oneReference(
        model_field="about_model",
        readonly=True,
        index="btree_not_null",
        help="The dispute, promise or plan that it tells of.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "relance_event_attachment_rel",
        "event_id",
        "attachment_id",
        string="Files",
        readonly=True,
    )

    position = fields.Integer(required=True, readonly=True)
    previous_digest = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)

    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(KINDS, string="How", required=True, readonly=True)
    stage = fields.Char(
        readonly=True, help="What a dispute, promise or plan came to; a mere attempt."
    )
    subject = fields.Char(readonly=True)
    body = fields.Text(readonly=True, help="What was said, as HTML.")
    body_html = fields.Html(
        string="What was said", compute="_compute_body_html", sanitize=True
    )
    debtor = fields.Char(
        string="Debtor on that day", readonly=True, help="Name and SIREN then."
    )
    recipient = fields.Char(string="To", readonly=True)
    author = fields.Char(string="By", readonly=True)
    reference = fields.Char(readonly=True)
    headers = fields.Json(readonly=True, help="Of an e-mail: who, to whom, its id.")
    lines = fields.Json(readonly=True, help="The instalments it was about.")
    files = fields.Json(
        string="Digests of the files",
        readonly=True,
        help="The files it carried: names and digests.",
    )
    is_sealed_later = fields.Boolean(
        string="Sealed later",
        readonly=True,
        help="It took place before contacts were sealed: sealed as it was found.",
    )

    _position_uniq = models.UniqueIndex(
        "(chain_id, position)", "This place in the chain is taken."
    )

    @api.depends("body")
    def _compute_body_html(self):
        for event in self:
            event.body_html = event.body

    # ------------------------------------------------------------------------ CRUD

    def write(self, vals):
        # Nobody rewrites a contact, the superuser neither: only SQL can, and it shows.
        self.check_access("write")
        if self:
            raise UserError(self.env._("A contact that took place is not rewritten."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ever(self):
        raise UserError(self.env._("A contact that took place is not deleted."))

    # --------------------------------------------------------------------- sealing

    @api.model
    def _record(self, vals_list):
        """Add contacts to the chains of their debtors, in the order given.

        :param vals_list: values of the fields, without those of the chain; ``files`` is
            made from ``attachment_ids`` (ids)
        :return: the events
        """
        if not vals_list:
            return self.browse()
        # sudo: contacts are recorded by what takes place, whoever does it.
        chains = self.env["relance.event.chain"].sudo()
        heads = chains._lock(
            (vals["company_id"], vals["partner_id"]) for vals in vals_list
        )
        contents = self._describe_files(vals_list)
        ends, rows = {}, []
        for vals, files in zip(vals_list, contents, strict=True):
            key = (vals["company_id"], vals["partner_id"])
            chain_id, code, length, head = ends.get(key) or heads[key]
            row = self._prepare_row(vals, files, chain_id, code, length + 1, head)
            ends[key] = (chain_id, code, row["position"], row["digest"])
            rows.append(row)
        events = self.sudo().create(rows)
        chains._move_heads({end[0]: (end[2], end[3]) for end in ends.values()})
        return events

    @api.model
    def _prepare_row(self, vals, files, chain_id, code, position, previous):
        """Return the values of an event at its place in the chain, sealed."""
        row = {
            **vals,
            "date": fields.Datetime.to_datetime(
                vals.get("date") or fields.Datetime.now()
            ).replace(microsecond=0),
            "author": vals.get("author") or self.env.user.name,
            "files": files,
            "chain_id": chain_id,
            "position": position,
            "previous_digest": previous,
        }
        row["body"] = str(row.get("body") or "") or False
        row["digest"] = digest(previous, self._to_content(row, code))
        row["attachment_ids"] = [fields.Command.set(vals.get("attachment_ids") or [])]
        return row

    @api.model
    def _to_content(self, values, code):
        """Return what is sealed, from a record or a dict of values."""
        return {
            **{name: values.get(name) or "" for name in TEXTS},
            "chain": code,
            "position": values["position"],
            "date": fields.Datetime.to_string(values["date"]),
            "headers": values.get("headers") or {},
            "lines": values.get("lines") or [],
            "files": values.get("files") or [],
            "sealed_later": bool(values.get("is_sealed_later")),
        }

    def _to_link(self):
        """Return the event as the core proves it."""
        self.ensure_one()
        names = (*TEXTS, "position", "date", "headers", "lines", "files")
        values = {name: self[name] for name in (*names, "is_sealed_later")}
        return Link(
            self.position,
            self.previous_digest,
            self.digest,
            self._to_content(values, self.chain_id.code),
        )

    @api.model
    def _describe_files(self, vals_list):
        """Return, for each event, its files: ``id``, ``name``, ``size``, ``sha256``.

        A file that several events carry is read once.
        """
        ids = {i for vals in vals_list for i in vals.get("attachment_ids") or ()}
        found = {}
        # sudo: the files that are being sent, or that have just arrived.
        for attachment in self.env["ir.attachment"].sudo().browse(sorted(ids)):
            data = attachment.raw or b""
            found[attachment.id] = {
                "id": attachment.id,
                "name": attachment.name,
                "size": len(data),
                "sha256": digest_of_file(data),
            }
            attachment.invalidate_recordset(["raw"], flush=False)
        return [
            [found[i] for i in vals.get("attachment_ids") or ()] for vals in vals_list
        ]

    @api.model
    def _of_debtors(self, partner_ids, company):
        """Return ``{debtor id: its events, oldest first}`` in one company."""
        events = self.search(
            [("partner_id", "in", list(partner_ids)), ("company_id", "=", company.id)],
            order="date, position, id",
        )
        by_debtor = defaultdict(self.browse)
        for partner, group in events.grouped("partner_id").items():
            by_debtor[partner.id] = group
        return by_debtor
