"""The key by which Odoo forces deletions, which is no proof that it uninstalls.

It is in the context, which any client sends along: without these functions who deletes
with it would pass by the refusals of ``api.ondelete``.
"""

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


def is_uninstalling(env):
    """Say whether Odoo uninstalls: it does so while it loads its modules only."""
    return bool(
        env.su and not env.registry.ready and env.context.get(MODULE_UNINSTALL_FLAG)
    )


def without_force(records):
    """Return records without the key, unless Odoo itself uninstalls."""
    context = records.env.context
    if not context.get(MODULE_UNINSTALL_FLAG) or is_uninstalling(records.env):
        return records
    return records.with_context(**{MODULE_UNINSTALL_FLAG: False})
