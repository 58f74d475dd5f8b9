from odoo import fields, models

EMAIL, PHONE, LETTER = "email", "phone", "letter"
REGISTERED_LETTER, VISIT = "registered_letter", "visit"
CHANNELS = [
    (EMAIL, "E-mail"),
    (PHONE, "Phone call"),
    (LETTER, "Letter"),
    (REGISTERED_LETTER, "Registered letter"),
    (VISIT, "Visit"),
]
LETTERS = (LETTER, REGISTERED_LETTER)
# Done by a person, who finds an activity in the to-do list.
CALLS = (PHONE, VISIT)


class RelanceChannel(models.Model):
    """A way to reach a debtor. The codes are fixed: each has its own dispatch."""

    _name = "relance.channel"
    _description = "Dunning channel"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(CHANNELS, required=True)
    sequence = fields.Integer(default=10)

    _code_uniq = models.UniqueIndex("(code)", "This channel exists already.")
