"""Many applicants at once, as copies of one: written by the database, since what is tested is not how they came about."""

from django.db import connection


def copies(application, count: int) -> None:
    """As many more people with an application in the same stage, each a second older than the one before; `Copy 00001` and on."""
    person = application.candidate
    with connection.cursor() as cursor:
        cursor.execute(_copying(person, name="'Copy ' || to_char(n, 'FM00000')", name_key="'copy'"), [count, person.pk])
        people = cursor.fetchall()
        numbers = [pk for (pk,) in people]
        sql = _copying(
            application,
            candidate_id="(%s::bigint[])[n]",
            entered_stage_at="entered_stage_at - n * interval '1 second'",
            receipt_number="NULL",
            submission_key="NULL",
        )
        cursor.execute(sql, [numbers, count, application.pk])


def _copying(row, **changed: str) -> str:
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key and not field.generated]
    values = [changed.get(column, column) for column in columns]
    table = row._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}, generate_series(1, %s) AS n "
        f"WHERE {table}.id = %s RETURNING id"
    )
