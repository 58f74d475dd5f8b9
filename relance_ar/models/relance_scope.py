"""On whose page a request is: a plain object that says what it may see and touch."""

from dataclasses import dataclass

from odoo import fields
from odoo.models import BaseModel


@dataclass(frozen=True, slots=True)
class Scope:
    """One debtor in one company, looked at by one contact of theirs.

    :param company: ``res.company``
    :param debtor: ``res.partner``, the commercial one
    :param contact: ``res.partner`` of the debtor's who looks and answers
    :param link: ``relance.link``; none for a portal user
    :param url: path of the page, without a slash at its end
    :param login: of the portal user who looks; "" of who holds a link
    :param caller: digest of the network address of the request
    """

    company: BaseModel
    debtor: BaseModel
    contact: BaseModel
    link: BaseModel
    url: str
    login: str = ""
    caller: str = ""

    @property
    def key(self):
        """What rates are counted by: the debtor in the company."""
        return f"{self.company.id}:{self.debtor.id}"

    @property
    def env(self):
        """The environment of the records: a superuser's, in the company."""
        return self.company.env

    def today(self):
        """Return today, as the company counts."""
        return fields.Date.context_today(self.company)
