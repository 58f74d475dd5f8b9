from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools.misc import clean_context

from .relance_uninstalling import without_force

# What mail.thread and mail.activity.mixin write by themselves.
# Ours, in spite of its name: it leads to the e-mail that is the proof.
PROTECTED = {"message_id"}
FREE_PREFIXES = ("message_", "activity_", "website_message_")


class RelanceGuarded(models.AbstractModel):
    """Lets people write a few fields only; the rest moves by transitions.

    A read-only field of a view can still be written by RPC. Here the transitions, once
    they have checked the rights, write as superuser; nobody else can.
    """

    _name = "relance.guarded"
    _description = "Record moved by transitions only"

    @api.model
    def _get_writable_fields(self):
        """Return the names of the fields that people may write. To be overridden."""
        return set()

    def _check_writable(self, vals):
        """Refuse what only transitions write.

        :raise AccessError: naming the fields
        """
        if self.env.su:
            return
        refused = [
            self._fields[name]._description_string(self.env)
            for name in self._keep_guarded(vals)
        ]
        if refused:
            raise AccessError(
                self.env._(
                    "%(fields)s cannot be written: use the buttons.",
                    fields=", ".join(refused),
                )
            )

    @api.model
    def _keep_guarded(self, names):
        """Return, of some names of fields, those that only transitions write."""
        free = self._get_writable_fields()
        return [
            name
            for name in names
            if name not in free
            and (name in PROTECTED or not name.startswith(FREE_PREFIXES))
        ]

    @api.model
    def default_get(self, fields):
        # EXTENDS 'base': anybody may keep defaults of their own (ir.default), which
        # are no way round the transitions, whoever creates the record.
        defaults = super().default_get(fields)
        for name in self._keep_guarded(list(defaults)):
            if f"default_{name}" not in self.env.context:
                del defaults[name]
                defaults.update(self._get_default_of_code(name))
        return defaults

    def _get_default_of_code(self, name):
        """Return ``{name: value}`` of the default that the field is declared with."""
        field = self._fields[name]
        if not field.default:
            return {}
        value = field.convert_to_cache(field.default(self), self, validate=False)
        return {name: field.convert_to_write(value, self)}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_writable(vals)
        if not self.env.su:  # a default in the context is no way round either
            self = self.with_env(self.env(context=clean_context(self.env.context)))
        return super().create(vals_list)

    def write(self, vals):
        self._check_writable(vals)
        return super().write(vals)

    def unlink(self):
        # What is kept is kept from whoever sends the key of uninstalling, too.
        return super(RelanceGuarded, without_force(self)).unlink()
