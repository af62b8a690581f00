"""What migrations filled in: set aside when a test database is made, put back before each test that wants it.

Tests that really commit empty every table. Django's own way of filling them again saves row by row, and the taxonomy alone has
thousands; here it is one COPY a table.
"""

from __future__ import annotations

from django.db import connection, transaction

NAMES = """
    SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
"""


class Kept:
    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}
        """By table with its columns: what COPY said."""

    def set_aside(self) -> str:
        """Stands in for `serialize_db_to_string`: the rows are kept here, so Django has nothing to keep."""
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                if table == "django_migrations" or table.startswith("audit_"):  # neither is emptied between tests
                    continue
                cursor.execute(NAMES, [table])
                place = f'"{table}" ({cursor.fetchone()[0]})'
                with cursor.copy(f"COPY {place} TO STDOUT") as out:
                    rows = b"".join(out)
                if rows:
                    self.rows[place] = rows
        return ""

    def put_back(self, *contents: str) -> None:
        """Stands in for `deserialize_db_from_string`. Triggers rest meanwhile: what they would write was set aside, too."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for place, rows in self.rows.items():
                cursor.execute(f"DELETE FROM {place.partition(' ')[0]}")
                with cursor.copy(f"COPY {place} FROM STDIN") as into:
                    into.write(rows)
