from . import relance_activation
from . import relance_explain
