"""Claims know what bears their indemnity; documents, that they invoice penalties."""


def migrate(cr, version):
    """Fill the new column of the claims that were made before."""
    cr.execute(
        """
        UPDATE relance_penalty_claim_line l
           SET debt_key = CASE WHEN m.move_type = 'entry'
                               THEN 'line,' || l.move_line_id
                               ELSE 'move,' || l.move_id END
          FROM account_move m
         WHERE m.id = l.move_id AND l.debt_key IS NULL
        """
    )
    # Those that were given up before have only their reference to tell.
    cr.execute(
        """
        UPDATE account_move m
           SET relance_is_penalty = TRUE
          FROM relance_penalty_claim c
         WHERE c.company_id = m.company_id AND m.relance_is_penalty IS NOT TRUE
           AND (c.invoice_id = m.id
                OR (m.move_type = 'out_invoice'
                    AND m.ref = 'PEN' || lpad(
                        c.id::text, greatest(6, length(c.id::text)), '0')))
        """
    )
