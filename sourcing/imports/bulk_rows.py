"""Many rows of a model at once by COPY: every column the model has, defaults filled in, so that a new column breaks nothing here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Numbers for rows that are about to be written, from the table's own sequence."""
    if not count:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows given as {column: value}. Raises the driver's own error when a constraint says no."""
    rows = list(rows)
    if not rows:
        return
    given = rows[0].keys()
    columns: list[str] = []
    defaults: list[Any] = []
    for field in model._meta.concrete_fields:
        if (
            field.column is None
            or field.generated
            or (field.column not in given and (field.primary_key or field.db_default is not models.NOT_PROVIDED))
        ):
            continue
        columns.append(field.column)
        defaults.append(_default(field))
    quote = connection.ops.quote_name
    names = ", ".join(quote(column) for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row.get(column, default) for column, default in zip(columns, defaults, strict=True)])


def _default(field: Any) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        from django.utils import timezone

        return timezone.now()
    value = field.get_default()
    return json.dumps(value) if isinstance(field, models.JSONField) else value
