"""Rules and money in pure Python: dates and Decimal in, decisions and reasons out.

Nothing here imports ``odoo``. Today's date is always an argument.
"""
