import io
import zipfile

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.chain import digest_of_file
from ..core.export import write_csv

MAX_INVOICES = 200


class RelanceProof(models.Model):
    """The proof file of chosen invoices: a ZIP, and one PDF with an index.

    Made once and kept as it was made, with the digest of each of its pieces.
    """

    _name = "relance.proof"
    _description = "Proof file"
    _inherit = [
        "mail.thread",
        "relance.guarded",
        "relance.proof.binding",
        "relance.proof.collecting",
    ]
    _order = "made_on desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
    )
    litigation_id = fields.Many2one(
        "relance.litigation", readonly=True, index="btree_not_null"
    )
    move_ids = fields.Many2many(
        "account.move", "relance_proof_move_rel", string="Invoices", readonly=True
    )
    paper_ids = fields.Many2many(
        "ir.attachment",
        "relance_proof_paper_rel",
        string="Papers joined",
        readonly=True,
        help="Chosen by a person: orders, signed delivery notes, contracts.",
    )
    made_on = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    zip_id = fields.Many2one(
        "ir.attachment", string="All the files", readonly=True, ondelete="restrict"
    )
    pdf_id = fields.Many2one(
        "ir.attachment", string="One document", readonly=True, ondelete="restrict"
    )
    zip_digest = fields.Char(string="Digest of the ZIP", readonly=True)
    pdf_digest = fields.Char(string="Digest of the PDF", readonly=True)
    index = fields.Json(readonly=True)
    index_html = fields.Html(compute="_compute_index_html", sanitize=False)
    page_count = fields.Integer(string="Pages", readonly=True)
    chain_note = fields.Text(
        string="Proof of contacts",
        readonly=True,
        help="What the check of the contacts said when the file was made.",
    )

    heads = fields.Json(
        readonly=True,
        help="The last digest of each chain when the file was made, as the file tells "
        "it: later checks compare.",
    )

    missing = fields.Json(readonly=True, help="What the file has not, and why.")

    @api.depends("index", "missing")
    def _compute_index_html(self):
        for proof in self:
            proof.index_html = self.env["ir.qweb"]._render(
                "relance_ar.proof_index",
                {"rows": proof.index or [], "missing": proof.missing or []},
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_made(self):
        raise UserError(self.env._("A proof file is kept: make another one."))

    @api.model
    def _make_for(self, moves, litigation=None, papers=None):
        """Make the proof file of invoices of one debtor of one company.

        :param papers: attachments that a person has chosen to join
        :return: the action that opens it
        :raise UserError: for several debtors, too many invoices or none
        """
        self.check_access("read")
        moves.check_access("read")
        moves = self._check_moves(moves)
        papers = papers or self.env["ir.attachment"]
        papers.check_access("read")
        debtor = moves.commercial_partner_id
        now = fields.Datetime.now()
        # sudo: made by this verb, about invoices that the user may read.
        proof = self.sudo().create(
            {
                "name": self.env._(
                    "Proof file %(debtor)s %(day)s",
                    debtor=debtor.name,
                    day=fields.Date.context_today(self),
                ),
                "company_id": moves.company_id.id,
                "partner_id": debtor.id,
                "litigation_id": litigation.id if litigation else False,
                "move_ids": [fields.Command.set(moves.ids)],
                "paper_ids": [fields.Command.set(papers.ids)],
                "made_on": now,
                "user_id": self.env.uid,
            }
        )
        proof._make()
        return proof.with_env(self.env)._open()

    @api.model
    def _check_moves(self, moves):
        moves = moves.filtered(lambda m: m.is_sale_document() and m.state == "posted")
        if not moves:
            raise UserError(self.env._("Choose posted invoices of a customer."))
        if len(moves.commercial_partner_id) > 1 or len(moves.company_id) > 1:
            raise UserError(
                self.env._(
                    "A proof file is about one debtor of one company: make one for "
                    "each of %(names)s.",
                    names=", ".join(moves.commercial_partner_id.mapped("name")),
                )
            )
        if len(moves) > MAX_INVOICES:
            raise UserError(
                self.env._(
                    "A proof file is about %(count)s invoices at most.",
                    count=MAX_INVOICES,
                )
            )
        return moves.sorted(lambda m: (m.invoice_date_due or m.date, m.id))

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # --------------------------------------------------------------------- making

    def _make(self):
        """Collect the pieces, bind them, and keep both files."""
        self.ensure_one()
        self.chain_note, self.heads = self._prove_contacts()
        self.missing = []
        pieces = self._collect()
        document = self._bind(pieces)
        archive = self._zip(pieces, document)
        self.pdf_id = self._keep("pdf", document, "application/pdf")
        self.zip_id = self._keep("zip", archive, "application/zip")
        self.pdf_digest = digest_of_file(document)
        self.zip_digest = digest_of_file(archive)

    def _keep(self, extension, content, mimetype):
        return self.env["ir.attachment"].create(
            {
                "name": f"{self.name}.{extension}",
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _zip(self, pieces, document):
        """Return the ZIP: each piece as a file, the PDF, and the list of digests."""
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
            for piece in pieces:
                archive.writestr(piece["file"], piece["content"])
            archive.writestr(self.env._("Proof file.pdf"), document)
            archive.writestr("index.csv", self._make_index_csv())
        return output.getvalue()

    def _make_index_csv(self):
        columns = [
            ("number", self.env._("Piece")),
            ("section", self.env._("Section")),
            ("title", self.env._("Title")),
            ("date", self.env._("Date")),
            ("page", self.env._("Page")),
            ("file", self.env._("File")),
            ("sha256", "SHA-256"),
        ]
        return write_csv(columns, self.index or [])

    def action_join(self):
        """Choose papers to join: another proof file is made with them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Join papers"),
            "res_model": "relance.proof.joining",
            "view_mode": "form",
            "target": "new",
            "context": {"default_proof_id": self.id},
        }

    def action_download_zip(self):
        """Download all the files."""
        return self.zip_id._relance_download()

    def action_download_pdf(self):
        """Download the one document."""
        return self.pdf_id._relance_download()
