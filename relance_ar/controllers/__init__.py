from . import dispute
from . import weekly
