from . import relance_activation
from . import relance_explain
from . import relance_line_hold_wizard
from . import relance_restart
from . import relance_simulation
from . import base_partner_merge
from . import relance_penalty_statement
from . import relance_penalty_waive
