"""Clients of the public registers: plain Python, no Odoo, no rule.

They fetch and make sure that the answer is complete; ``core.company`` and
``core.notices`` read what it says.
"""
