"""Give all partners their solvency without rewriting the table."""


def migrate(cr, version):
    """Add the column with a default: the ORM would write it row by row."""
    if version:
        cr.execute(
            """
            ALTER TABLE res_partner
                ADD COLUMN IF NOT EXISTS solvency_state varchar DEFAULT 'unknown'
            """
        )
