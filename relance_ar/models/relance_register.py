from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import company as company_core
from ..registers import bodacc, companies
from ..registers.http import RegisterError

OFF, DIRECTORY, SIRENE = "off", "directory", "sirene"
SERVICES = [
    (OFF, "None"),
    (DIRECTORY, "Recherche d'entreprises (no key)"),
    (SIRENE, "INSEE Sirene 3.11 (with a key)"),
]
ADDRESSES = {
    DIRECTORY: companies.DIRECTORY_ADDRESS,
    SIRENE: companies.SIRENE_ADDRESS,
    "bodacc": bodacc.ADDRESS,
}
RATES = {
    DIRECTORY: companies.DIRECTORY_RATE,
    SIRENE: companies.SIRENE_RATE,
    "bodacc": bodacc.RATE,
}
READERS = {
    DIRECTORY: company_core.read_directory,
    SIRENE: company_core.read_sirene,
}
# An answer about a company is good for so long (the project's reference, 12.4).
CACHE = timedelta(days=30)


class RelanceRegister(models.AbstractModel):
    """The public registers as the settings name them: which, where, with which key."""

    _name = "relance.register"
    _description = "Access to the public registers"

    @api.model
    def _get_setting(self, name, default=""):
        # sudo: settings of the administrator, of which none is shown here.
        parameters = self.env["ir.config_parameter"].sudo()
        return parameters.get_param(f"relance_ar.{name}") or default

    @api.model
    def _get_service(self):
        """Return the code of the service that describes companies: ``off`` if none."""
        return self._get_setting("register_service", OFF)

    @api.model
    def _get_address(self, name):
        return self._get_setting(f"{name}_address", ADDRESSES[name])

    @api.model
    def _get_rate(self, name):
        """Return how many calls a second are made to a service."""
        try:
            return float(self._get_setting(f"{name}_rate")) or RATES[name]
        except ValueError:
            return RATES[name]

    @api.model
    def _get_client(self):
        """Return the client of the service that describes companies.

        :raise RegisterError: when it cannot be asked, for want of a key for instance
        """
        service = self._get_service()
        if service == OFF:
            raise RegisterError("off")
        about = {
            "address": self._get_address(service),
            "rate": self._get_rate(service),
        }
        if service == SIRENE:
            return companies.Sirene(key=self._get_setting("sirene_key"), **about)
        return companies.Directory(**about)

    @api.model
    def _get_bulletin(self):
        """Return the client of the bulletin of insolvency notices."""
        return bodacc.Bodacc(
            address=self._get_address("bodacc"), rate=self._get_rate("bodacc")
        )

    @api.model
    def _fetch_company(self, number, client=None):
        """Ask the service about a SIREN or SIRET.

        :return: ``core.company.Company``, or None for one that it does not show
        :raise RegisterError: when its answer cannot be used
        """
        client = client or self._get_client()
        return READERS[client.code](client.fetch(number), number)

    @api.model
    def _say_failure(self, code):
        """Return in words why a register did not answer."""
        words = {
            "off": self.env._(
                "No register is chosen: an administrator chooses one in the settings "
                "of the accounting, under Collections."
            ),
            "busy": self.env._("The register asks us to wait: too many questions."),
            "server": self.env._("The register is out of order."),
            "timeout": self.env._("The register did not answer in time."),
            "network": self.env._("The register cannot be reached."),
            "format": self.env._("The register gave an answer that cannot be read."),
            "refused": self.env._(
                "The register refuses the question: check the address and the key in "
                "the settings."
            ),
        }
        return words.get(code) or words["format"]

    @api.model
    def _raise_failure(self, error):
        """Tell a person why a register did not answer: what was asked is unknown."""
        words = self._say_failure(error.code)
        raise UserError(self.env._("%(why)s Nothing was changed.", why=words)) from None

    @api.model
    def _now(self):
        return fields.Datetime.now()
