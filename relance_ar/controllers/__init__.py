from . import dispute
