"""The same contract on SQLite and on PostgreSQL, where a server is reachable (COMANDA_TEST_POSTGRES)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from voice.shop.storage import Storage

POSTGRES = os.environ.get("COMANDA_TEST_POSTGRES", "postgresql+psycopg://127.0.0.1:5432")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database: a file, or a schema that is dropped afterwards."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    schema = f"comanda_test_{uuid.uuid4().hex}"
    engine = create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except SQLAlchemyError:
        engine.dispose()
        pytest.skip("no PostgreSQL server: set COMANDA_TEST_POSTGRES to the URL of one to test with")
    within = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
    yield within.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def storage(url: str) -> Iterator[Storage]:
    with Storage(url) as opened:
        yield opened
