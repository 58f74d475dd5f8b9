"""Carry over what was under way."""


def migrate(cr, version):
    """Note who approved: from now on the daily run sends what a person approved."""
    if version:
        cr.execute(
            """
            UPDATE relance_reminder
               SET approved_by_id = write_uid
             WHERE state = 'approved' AND approved_by_id IS NULL
            """
        )
