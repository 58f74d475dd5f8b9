"""Insolvency proceedings as the notices of the bulletin tell them.

The natures of judgments are those that the State's directory of companies (Annuaire
des entreprises) knows. Unlike there, a later notice that neither opens nor closes
anything (a deposit of claims, a body appointed, a plan) does not hide an opening:
reminders stay stopped until a closing or an infirming judgment.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .calendar import Calendar
from .notices import Notice, in_force, plain

SAFEGUARD, RECOVERY, LIQUIDATION = "safeguard", "recovery", "liquidation"
PERSONAL = "personal_recovery"
# What a notice does to the proceedings.
OPENS, OPENS_ANEW, EXTENDS, CONVERTS, PLANS, CLOSES, NEUTRAL = (
    "opens",
    "opens_anew",
    "extends",
    "converts",
    "plans",
    "closes",
    "neutral",
)
_GRAVITY = {SAFEGUARD: 0, RECOVERY: 1, PERSONAL: 2, LIQUIDATION: 2}
# The observation lasts 18 months at most (L621-3): a graver "opening" within that time,
# and some months for its publication, is what others call a conversion.
OBSERVATION = timedelta(days=730)
NONE, OPEN, CLOSED, EXPIRED = "none", "open", "closed", "expired"
# Without news for ten years, proceedings are taken for over, as the directory does.
EXPIRY = timedelta(days=3652)
# Code de commerce, R622-24 and R641-25: two months to declare, two more for creditors
# who are not in the territory of the court.
DECLARATION_MONTHS, FAR_MONTHS = 2, 2

_NOT_JUDGMENTS = ("avis de depot", "extrait de jugement", "loi de 1967")
_CLOSING = re.compile(
    r"jugement de cloture|\bcloture de la procedure|\binfirm|\bretract"
    r"|mettant fin a la procedure (?!.*\bouvrant une procedure)"
)
_PLAN = re.compile(r"arretant le plan|modifiant le plan|homologuant le plan")
# In this order: a judgment that ends a plan names it before what it opens.
_KINDS = (
    (LIQUIDATION, re.compile(r"\bliquidation judiciaire")),
    (PERSONAL, re.compile(r"retablissement professionnel")),
    (RECOVERY, re.compile(r"redressement judiciaire")),
    (SAFEGUARD, re.compile(r"\bsauvegarde")),
)
_OPENING = re.compile(r"^jugement d'ouverture\b")
_EXTENSION = re.compile(r"^jugement d'extension\b")
_ANEW = re.compile(
    r"resolution du plan .*\bet l[ae] (?P<resolved>.*)"
    r"|mettant fin a la procedure .*\bouvrant une procedure (?P<opened>.*)"
)
_CONVERSION = re.compile(r"\bconversion en\b")
_OTHER = re.compile(r"^autre jugement (prononcant|d'ouverture)")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a company stands, by all the notices about it.

    :param state: ``none``, ``open``, ``closed`` or ``expired``
    :param kind: what is, or was, open: a conversion changes it
    :param opened_on: day of the judgment that stops the payment of earlier debts; None
        where the bulletin gives no believable one
    :param published_on: day on which the opening was published
    :param in_plan: a plan has been adopted: earlier debts are paid by it
    :param ended_on: day of the closing judgment
    """

    state: str = NONE
    kind: str = ""
    opened_on: date | None = None
    published_on: date | None = None
    opening_id: str = ""
    court: str = ""
    in_plan: bool = False
    ended_on: date | None = None
    last_id: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one notice does: ``what`` and, when it opens or converts, to which kind."""

    what: str
    kind: str = ""


def effect_of(notice: Notice) -> Effect:
    """Return what a notice does to the proceedings of the companies that it names."""
    heading, nature = plain(notice.heading), plain(notice.nature)
    if heading in _NOT_JUDGMENTS:
        return Effect(NEUTRAL)
    if "jugement de cloture" in heading or _CLOSING.search(nature):
        return Effect(CLOSES)
    if _OTHER.search(nature):
        return _opening(OPENS, f"{nature} {plain(notice.complement)}")
    if _CONVERSION.search(nature):
        # The kind follows "en"; the proceedings that were converted come after it.
        kind = _kind_of(_CONVERSION.split(nature, maxsplit=1)[1])
        return Effect(CONVERTS, kind)
    if match := _ANEW.search(nature):
        return _opening(OPENS_ANEW, match["resolved"] or match["opened"])
    for what, form in ((OPENS, _OPENING), (EXTENDS, _EXTENSION)):
        if form.search(nature):
            return _opening(what, nature)
    return Effect(PLANS) if _PLAN.search(nature) else Effect(NEUTRAL)


def _opening(what, text):
    kind = _kind_of(text)
    return Effect(what, kind) if kind else Effect(NEUTRAL)


def _kind_of(text):
    """Return the kind that a text names first."""
    found = [(match.start(), kind) for kind, rx in _KINDS if (match := rx.search(text))]
    return min(found, default=(0, ""))[1]


def standing(notices: Iterable[Notice], siren: str, today: date) -> Standing:
    """Return where a company stands on ``today``; matched by its SIREN alone."""
    found = Standing()
    own = [notice for notice in in_force(notices) if siren in notice.sirens]
    for notice in own:
        found = _after(found, notice, effect_of(notice))
    if found.state == OPEN and own[-1].published_on + EXPIRY < today:
        return replace(found, state=EXPIRED)
    return found


def _after(found, notice, effect):
    """Return the standing once a notice is taken into account."""
    if effect.what == CLOSES and found.state == OPEN:
        ended = notice.judgment_on or notice.published_on
        return replace(
            found, state=CLOSED, ended_on=ended, in_plan=False, last_id=notice.id
        )
    if effect.kind and _is_new(found, notice, effect):
        return _opened(notice, effect.kind)
    if found.state != OPEN:
        return found
    if effect.kind:
        return replace(found, kind=effect.kind, in_plan=False, last_id=notice.id)
    in_plan = found.in_plan or effect.what == PLANS
    return replace(found, in_plan=in_plan, last_id=notice.id)


def _is_new(found, notice, effect):
    """Say whether a judgment begins other proceedings than those under way.

    A plan that fails is ended by a judgment that opens new ones: debts born since the
    plan are earlier debts now. A conversion whose opening is not known counts as one.
    """
    if found.state != OPEN or effect.what == OPENS_ANEW:
        return True
    if effect.what != OPENS:
        return False
    if found.in_plan:
        return True
    if notice.judgment_on == found.opened_on:
        return False  # published twice
    is_graver = _GRAVITY[effect.kind] > _GRAVITY[found.kind]
    return not is_graver or notice.published_on - found.published_on > OBSERVATION


def _opened(notice, kind):
    return Standing(
        state=OPEN,
        kind=kind,
        opened_on=notice.judgment_on,
        published_on=notice.published_on,
        opening_id=notice.id,
        court=notice.court,
        last_id=notice.id,
    )


def declaration_deadline(
    published_on: date, is_far: bool = False, alsace_moselle: bool = False
) -> date:
    """Return the last day to declare a claim.

    Two months from the publication of the opening, four for a creditor who is not in
    the territory of the court (R622-24): the same day of the month or its last day
    (CPC 641), moved to the next working day (CPC 642).

    :param is_far: creditor in metropolitan France and court overseas, the reverse, or
        creditor abroad
    """
    months = DECLARATION_MONTHS + (FAR_MONTHS if is_far else 0)
    calendar = Calendar(alsace_moselle=alsace_moselle)
    return calendar.next_working_day(add_months(published_on, months))


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day (CPC 641)."""
    index = day.month - 1 + months
    year, month = day.year + index // 12, index % 12 + 1
    first_after = date(year + month // 12, month % 12 + 1, 1)
    last = (first_after - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def is_before_opening(born_on: date, opened_on: date) -> bool:
    """Say whether a debt was born before the judgment, whose effect starts at 0 h.

    Code de commerce, L622-7 and R621-4: what is born on the very day of the judgment
    comes after it.
    """
    return born_on < opened_on
