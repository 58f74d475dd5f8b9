import base64

from odoo import api, models
from odoo.exceptions import UserError

from ..core.upload import JPEG, PDF, PNG, WEBP, clean_name, kind_of
from .relance_event_kinds import POSTAL

MAX_SLIP = 10 * 1024 * 1024
# What a scan is.
SCANS = (PDF, PNG, JPEG, WEBP)


class RelanceRegisteredSlip(models.AbstractModel):
    """Slips of registered letters: they come with the posting, and often long after.

    Each is sealed in the chain of the debtor when it is added, and stays.
    """

    _name = "relance.registered.slip"
    _description = "Slips of registered letters"

    def action_add_slip(self):
        """Open what asks for a slip: of the deposit, of the receipt, an envelope."""
        return self._ask(self.env._("Add a slip"), default_asks="slip")

    def _ask(self, name, **context):
        """Return the action that asks about these letters."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "relance.fate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_letter_ids": self.ids, **context},
        }

    def _add_slips(self, files):
        """Keep slips on the letters, at any time, and seal them.

        :param files: ``[(name, bytes)]``
        :return: the letters
        """
        self.check_access("write")
        # sudo: added by this verb only, on letters that the user may write.
        letters = self.sudo()
        if files:
            slips = letters._keep_slips(files)
            letters._record_postal(
                {
                    letter: letter.env._(
                        "%(letter)s · Slip: %(names)s",
                        letter=letter.display_name,
                        names=", ".join(slips[letter.id].mapped("name")),
                    )
                    for letter in letters
                },
                slips,
            )
        return letters.with_env(self.env)

    @api.model
    def _read_slip(self, content, name):
        """Return a scanned slip as ``[(name, bytes)]``; none for no content.

        :param content: base64, as a binary field holds it
        :raise UserError: when it is too large, or no scan
        """
        if not content:
            return []
        if len(content) > 2 * MAX_SLIP:
            raise UserError(self.env._("The slip is larger than 10 MB."))
        content = self._decode_slip(content)
        if len(content) > MAX_SLIP:
            raise UserError(self.env._("The slip is larger than 10 MB."))
        kind = kind_of(content)
        if kind not in SCANS:
            raise UserError(
                self.env._("The slip is a PDF or a picture (PNG, JPEG, WebP).")
            )
        return [(clean_name(name or self.env._("Slip"), kind), content)]

    @api.model
    def _decode_slip(self, content):
        """Return the bytes of base64, in lines or not; none of what is no base64."""
        content = content.encode() if isinstance(content, str) else content
        try:
            return base64.b64decode(b"".join(content.split()), validate=True)
        except ValueError:
            return b""

    def _keep_slips(self, files):
        """Keep scanned slips on the letters; return ``{letter id: attachments}``."""
        kept = {}
        for letter in self:
            kept[letter.id] = self.env["ir.attachment"].create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "res_model": self._name,
                        "res_id": letter.id,
                    }
                    for name, content in files
                ]
            )
            letter.slip_ids += kept[letter.id]
        return kept

    def _record_postal(self, words, slips, bodies=()):
        """Seal what happened to the letters in the chains of their debtors.

        :param words: ``{letter: what happened, in one sentence}``
        :param slips: ``{letter id: attachments}``
        :param bodies: ``{letter: what else is said of it, as HTML}``
        """
        bodies = dict(bodies)
        self.env["relance.event"]._record(
            [
                {
                    **letter.reminder_id._prepare_event_base(),
                    "kind": POSTAL,
                    "subject": words[letter],
                    "body": bodies.get(letter, ""),
                    "attachment_ids": slips[letter.id].ids if slips else [],
                    "facts": letter._get_sealed(),
                }
                for letter in self
            ]
        )
