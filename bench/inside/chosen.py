"""Which planned reminders are sent, and with which files."""

# What Odoo stores for an invoice that was sent; its size is that of a plain one.
PDF = b"%PDF-1.4\n" + b"%" * 20_000 + b"\n%%EOF\n"


def chosen(env, count):
    """Return proposals, as many as asked for if there are, and how many were changed.

    A person may send an e-mail where a call is proposed: so there are always enough.
    """
    proposed = env["relance.reminder"].search(
        [("state", "=", "proposed"), ("level_id.mail_template_id", "!=", False)],
        order="id",
    )
    # Spread over the ledger: its first debtors owe the most invoices.
    step = max(len(proposed) // count, 1)
    found = proposed.browse(proposed.ids[::step][:count])
    others = found.filtered(lambda reminder: reminder.channel != "email")
    others.channel = "email"
    env.cr.commit()
    return found, len(others)


def store_pdf(env, moves):
    """Give the invoices the PDF that they have once they were sent."""
    env["ir.attachment"].create(
        [
            {
                "name": f"{move.name.replace('/', '_')}.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
            for move in moves
        ]
    )
