"""Amounts are decimals: what owes nothing is the same everywhere."""

from decimal import Decimal

ZERO = Decimal(0)
