"""Seal the contacts that were made before contacts were sealed."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Put what was said so far into the chains, in its order, as it is found."""
    if version:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["relance.reminder"]._seal_existing()
        for model in ("relance.dispute", "relance.promise", "relance.plan"):
            env[model]._seal_existing()
