"""Set what a debtor has in credit against several messages, each cent once."""

from collections.abc import Sequence
from decimal import Decimal

CENT = Decimal("0.01")


def share_credit(credit: Decimal, asked: Sequence[Decimal]) -> list[Decimal]:
    """Share a credit out over what messages ask, in proportion.

    :param credit: what the debtor has in credit, zero or positive
    :param asked: what each message asks to pay, positive
    :return: the part of each, to the cent; together the credit, or all that is asked
    """
    left, total = min(credit, sum(asked)), sum(asked)
    shares = []
    for amount in asked:
        # The last one takes what remains: nothing is lost in rounding.
        part = left if amount == total else (left * amount / total).quantize(CENT)
        shares.append(part)
        left, total = left - part, total - amount
    return shares
