from odoo.tools import SQL


def ids_array(ids):
    """Return ids as an array for SQL.

    As one literal: ten thousand parameters take longer to write and to read than the
    query that they are for.
    """
    return SQL("%s::int[]", f"{{{','.join(map(str, ids))}}}")
