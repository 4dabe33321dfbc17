"""What is on the shelf. It never goes below zero, whoever orders at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from voice.shop.storage.tables import StockRow

_THOUSAND = Decimal(1000)


class OutOfStock(Exception):  # noqa: N818, a term of the shop: nothing is broken
    """A product that an order wants more of than there is. The dialogue's business: it offers what is left."""

    def __init__(self, product_id: str, left: Decimal) -> None:
        super().__init__(f"only {left} of {product_id} left")
        self.product_id = product_id
        self.left = left


class Stock:
    """Products without a row are not counted: there is always enough of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def sync(self, declared: Mapping[str, int | None]) -> None:
        """Takes over what the catalogue says (`Product.stock` by id): a new or changed figure is a new count of the
        shelf; None, or a product that is gone, is no longer counted."""
        locked = select(StockRow).order_by(StockRow.product_id).with_for_update()
        rows = {row.product_id: row for row in self._session.scalars(locked)}
        for product_id, count in declared.items():
            thousandths = None if count is None else count * 1000
            row = rows.pop(product_id, None)
            if thousandths is None:
                if row is not None:
                    self._session.delete(row)
            elif row is None:
                self._session.add(StockRow(product_id=product_id, declared=thousandths, thousandths=thousandths))
            elif row.declared != thousandths:
                row.declared = row.thousandths = thousandths
        for row in rows.values():
            self._session.delete(row)
        self._session.flush()

    def left(self, product_id: str) -> Decimal | None:
        """How much there is; None when the product is not counted."""
        found = self._session.scalar(select(StockRow.thousandths).where(StockRow.product_id == product_id))
        return None if found is None else found / _THOUSAND

    def levels(self) -> dict[str, Decimal]:
        rows = self._session.execute(select(StockRow.product_id, StockRow.thousandths))
        return {product_id: thousandths / _THOUSAND for product_id, thousandths in rows}

    def set(self, product_id: str, quantity: Decimal | None) -> None:
        """A new count by hand; None ends the counting."""
        self._session.execute(delete(StockRow).where(StockRow.product_id == product_id))
        if quantity is not None:
            thousandths = int(quantity * 1000)
            self._session.add(StockRow(product_id=product_id, declared=thousandths, thousandths=thousandths))
        self._session.flush()

    def take(self, quantities: Mapping[str, Decimal]) -> None:
        """Takes all or, by OutOfStock, none once the transaction is undone. In the order of the ids, so that two
        orders cannot wait for each other."""
        for product_id in sorted(quantities):
            if not self._move(product_id, -quantities[product_id]):
                left = self.left(product_id)
                if left is not None:
                    raise OutOfStock(product_id, left)

    def give_back(self, quantities: Mapping[str, Decimal]) -> None:
        for product_id in sorted(quantities):
            self._move(product_id, quantities[product_id])

    def _move(self, product_id: str, quantity: Decimal) -> bool:
        # One statement that both looks and takes: between a look and a write another order could come.
        change = int((quantity * 1000).to_integral_value())
        statement = update(StockRow).where(StockRow.product_id == product_id, StockRow.thousandths + change >= 0)
        moved = self._session.execute(statement.values(thousandths=StockRow.thousandths + change),
                                      execution_options={"synchronize_session": False})
        return isinstance(moved, CursorResult) and moved.rowcount == 1
