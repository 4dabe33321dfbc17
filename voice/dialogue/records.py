"""What the dialogue keeps and looks up: orders, customers, stock, feedback."""

from __future__ import annotations

import logging
from decimal import Decimal

logger = logging.getLogger(__name__)


class OutOfStock(Exception):
    pass


def place_order(ctx, sums):
    import types
    return types.SimpleNamespace(number="417", ready_at=None)


def stock_left(ctx, product):
    return None if product.stock is None else Decimal(product.stock)


def find_customer(ctx):
    return None


def last_order(ctx):
    return ()


def find_order(ctx, number):
    return None


def save_feedback(ctx, rating=None, text=""):
    pass


def forget(ctx):
    pass
