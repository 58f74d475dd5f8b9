from . import relance_activation
from . import relance_explain
from . import relance_simulation
from . import relance_lookup
from . import base_partner_merge
