from collections import defaultdict

from odoo import api, fields, models

from ..core.chain import Link, digest, digest_of_file

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
LINKS = ("company_id", "reminder_id", "message_id")
# Each sealed field has a value before the digest is reckoned: a default that somebody
# keeps (ir.default) would fill it in afterwards, and look like a forgery.
EMPTY = dict.fromkeys(
    (
        *TEXTS,
        "headers",
        "lines",
        "facts",
        "reminder_id",
        "message_id",
        "about_model",
        "about_id",
        "is_sealed_later",
    ),
    False,
)
PLACED = ("position", "date", "files", "origin_id", "company_id")


class RelanceEventSealing(models.AbstractModel):
    """Seals contacts at the end of the chains of their debtors."""

    _name = "relance.event.sealing"
    _description = "Seal of the contacts"

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
            **EMPTY,
            **vals,
            "origin_id": vals["partner_id"],
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
            "company": values["company_id"],
            "origin": values["origin_id"],
            "reminder": values.get("reminder_id") or 0,
            "message": values.get("message_id") or 0,
            "about": [values.get("about_model") or "", values.get("about_id") or 0],
            **({"facts": values["facts"]} if values.get("facts") else {}),
        }

    def _to_link(self):
        """Return the event as the core proves it."""
        self.ensure_one()
        values = {name: self[name] for name in (*EMPTY, *PLACED)}
        values |= {name: self[name].id for name in LINKS}
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
        """Return ``{debtor id: its events, oldest first}`` in one company.

        Those of its chains, as the check reads them: none hides by another debtor.
        """
        events = self.search(
            [
                ("chain_id.partner_id", "in", list(partner_ids)),
                ("chain_id.company_id", "=", company.id),
            ],
            order="date, position, id",
        )
        by_debtor = defaultdict(self.browse)
        for partner, group in events.grouped(lambda e: e.chain_id.partner_id).items():
            by_debtor[partner.id] = group
        return by_debtor
