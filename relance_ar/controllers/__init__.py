from . import dispute
from . import page_base
from . import page
from . import page_answer
from . import page_payment
from . import page_portal
from . import page_statement
from . import weekly
