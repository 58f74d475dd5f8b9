"""Which pictures are taken: one row for each, and one file in docs/."""

from typing import NamedTuple

DESKTOP, PHONE = 1280, 390


class Picture(NamedTuple):
    """A screen to show.

    :param name: of the file, without ``.png``
    :param login: who looks at it, of the users of the demo; the password is the login
    :param lang: in which language
    :param path: below the address of the server; ``{id}`` and the names of other
        fields are those of the record, ``{lang}`` is that of the picture
    :param width: of the window, in pixels
    :param height: of the window, in pixels
    :param record: model and domain of the record shown: the first one that is found
    :param opens: method of the record that opens another one, which is shown instead
    :param is_public: looked at by somebody who is not logged in
    :param click: CSS selectors of what is clicked before the picture, in order
    """

    name: str
    login: str
    lang: str
    path: str
    width: int = DESKTOP
    height: int = 720
    record: tuple = ()
    opens: str = ""
    is_public: bool = False
    click: tuple = ()


def in_both(name, login, path, **options):
    """Return the same picture in English and in French."""
    return [
        Picture(name, login, "en_US", path, **options),
        Picture(f"{name}-fr", login, "fr_FR", path, **options),
    ]


REMINDER = (
    "relance.reminder",
    [("state", "=", "proposed"), ("channel", "=", "email")],
)
CALL = ("relance.reminder", [("state", "=", "approved"), ("channel", "=", "phone")])
DISPUTE = ("relance.dispute", [("answered_on", "=", False)])
OVERDUE = ("res.partner", [("name", "=", "Transports Lefèvre")])
CHECKS, WHY = 'a.nav-link[name="checks"]', 'a.nav-link[name="why"]'
EXPLAIN = ".o_data_row:nth-child(6) button[name='action_relance_explain']"
LOG_THE_CALL = 'button[name="action_log_call"]'
SIMULATION = "/odoo/action-relance_ar.relance_simulation_action"
SIMULATE = 'button[name="action_simulate"]'
REMINDERS, RECEIVABLES = "/odoo/relances", "/odoo/relance-receivables"

PICTURES = [
    *in_both("worklist", "officer", REMINDERS, height=400),
    # Why a reminder is proposed is kept in the language of the company: French.
    Picture(
        "reminder",
        "officer",
        "en_US",
        f"{REMINDERS}/{{id}}",
        record=REMINDER,
        click=(CHECKS,),
    ),
    Picture(
        "reminder-fr",
        "officer",
        "fr_FR",
        f"{REMINDERS}/{{id}}",
        record=REMINDER,
        click=(WHY,),
    ),
    *in_both("receivables", "officer", RECEIVABLES, height=640),
    *in_both("why", "officer", RECEIVABLES, height=560, click=(EXPLAIN,)),
    *in_both(
        "call", "officer", f"{REMINDERS}/{{id}}", record=CALL, click=(LOG_THE_CALL,)
    ),
    *in_both("dispute", "sales", "/odoo/my-disputes/{id}", record=DISPUTE),
    *in_both(
        "phone",
        "officer",
        f"{REMINDERS}/{{id}}",
        width=PHONE,
        height=844,
        record=REMINDER,
    ),
    *in_both("dashboard", "manager", "/odoo/relance-dashboard", height=900),
    *in_both(
        "page",
        "officer",
        "{url}?lang={lang}",
        height=760,
        record=OVERDUE,
        opens="action_relance_new_link",
        is_public=True,
    ),
    *in_both("simulation", "manager", SIMULATION, height=420, click=(SIMULATE,)),
]
