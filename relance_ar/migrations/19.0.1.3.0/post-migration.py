"""Claims of penalties know what bears their indemnity: an invoice or a line."""


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
