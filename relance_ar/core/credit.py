"""What a debtor has in credit, and how it is set against messages, each cent once."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from decimal import Decimal


def credits_by_currency(
    items: Iterable[tuple[Hashable, Decimal]],
) -> dict[Hashable, Decimal]:
    """Return what is in credit in each currency, positive.

    :param items: currencies and residuals; a negative residual is a credit
    """
    credits = defaultdict(Decimal)
    for currency, residual in items:
        if residual < 0:
            credits[currency] -= residual
    return dict(credits)


def share_credit(
    credit: Decimal, asked: Sequence[Decimal], places: int = 2
) -> list[Decimal]:
    """Share a credit out over what messages ask, in proportion.

    :param credit: what the debtor has in credit, zero or positive
    :param asked: what each message asks to pay, positive
    :param places: decimal places of the currency
    :return: the part of each; together the credit, or all that is asked
    """
    left, total = min(credit, sum(asked)), sum(asked)
    smallest = Decimal(1).scaleb(-places)
    shares = []
    for amount in asked:
        # The last one takes what remains: nothing is lost in rounding.
        part = left if amount == total else (left * amount / total).quantize(smallest)
        shares.append(part)
        left, total = left - part, total - amount
    return shares
