from . import relance_activation
from . import relance_explain
from . import relance_simulation
from . import relance_dispute_conclude
from . import relance_call
from . import relance_handover
