"""CSV for the simple case: a header, and one product a line.

    # currency: EUR
    name,price,aliases,category
    Latte,3.50,caffe latte; milk coffee,coffee

Lists are separated by ";" or "|". A column "price small" makes a variant called small. Lines before the header that
begin with "#" hold keys of the YAML format's `shop:` section; without a name the shop is named after the file.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from voice.errors import CatalogueError
from voice.shop.files.located_yaml import read_text
from voice.shop.files.problems import Location, suggestion

COLUMNS = (
    "name", "price", "id", "aliases", "category", "unit", "tax", "stock", "available", "description", "tags",
    "allergens", "pairs_with", "popularity", "max_quantity",
)
_LISTS = frozenset({"aliases", "tags", "allergens", "pairs_with"})
_VARIANT = "price "


def read_price_list(path: Path) -> tuple[Any, dict[Location, int], list[tuple[Location, str]]]:
    """The same content, lines and mistakes as `read_yaml` gives."""
    rows = read_text(path).splitlines(keepends=True)
    top = next((number for number, row in enumerate(rows) if not row.lstrip('"').startswith("#")), len(rows))
    shop, lines = _shop(rows[:top], path)
    if top == len(rows):
        raise CatalogueError(f"{path}: there is no line that names the columns: name,price,aliases,category.")
    delimiter = max("\t;,", key=rows[top].count)
    lines["products",] = top + 1
    problems: list[tuple[Location, str]] = []
    reader = csv.reader(io.StringIO("".join(rows[top:]), newline=""), delimiter=delimiter, strict=True)
    products: list[Any] = []
    try:
        columns = [" ".join(column.lower().split()) for column in next(reader)]
        problems += [(("products",), message) for message in _column_problems(columns)]
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            where: Location = ("products", len(products))
            lines[where] = top + reader.line_num
            if len(row) > len(columns):
                problems.append((where, f"{len(row)} cells under {len(columns)} columns. Put texts with "
                                        f"'{delimiter}' in double quotes."))
            products.append(_product(dict(zip(columns, row, strict=False))))
    except csv.Error as error:
        raise CatalogueError(f"{path}:{top + reader.line_num}: {error}. Close every double quote.") from error
    return {"shop": shop, "products": products}, lines, problems


def _shop(rows: list[str], path: Path) -> tuple[dict[str, str], dict[Location, int]]:
    """`# currency: EUR` lines. A spreadsheet may have put quotes around them and delimiters after."""
    shop = {"name": path.stem.replace("_", " ").replace("-", " ").title()}
    lines: dict[Location, int] = {}
    for number, row in enumerate(rows, 1):
        key, colon, value = row.strip().strip("\t;,").strip('"').lstrip("# ").partition(":")
        if colon and value.strip():
            shop[key.strip()] = value.strip()
            lines["shop", key.strip()] = number
    return shop, lines


def _column_problems(columns: list[str]) -> list[str]:
    unknown = [c for c in columns if c and c not in COLUMNS and not c.startswith(_VARIANT)]
    found = [f"unknown column '{column}'.{suggestion(column, COLUMNS)}" for column in unknown]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    found += [f"the column '{column}' stands twice. Remove one." for column in twice]
    if "name" not in columns:
        found.append("the first line must name the columns: name,price,aliases,category.")
    return found


def _product(cells: dict[str, str]) -> dict[str, Any]:
    product: dict[str, Any] = {}
    for column, cell in cells.items():
        text = cell.strip()
        if not text:
            continue
        if column in _LISTS:
            parts = text.replace("|", ";").split(";")
            product[column] = [part.strip() for part in parts if part.strip()]
        elif column.startswith(_VARIANT):
            product.setdefault("prices", {})[column.removeprefix(_VARIANT)] = text
        elif column in COLUMNS:
            product[column] = text
    return product
