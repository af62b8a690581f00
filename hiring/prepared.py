"""Questions asked on every page, whose SQL is written once a process instead of once a request.

Building a query and turning it into SQL costs five to ten times what PostgreSQL takes to answer it by an index. A question
keeps its SQL for each shape it was asked in; afterwards only the values change:

    @prepared
    def open_tasks(user: User, candidate: Given) -> QuerySet[Task]:
        return Task.objects.visible_to(user).filter(candidate=candidate, done_at=None)

    open_tasks(user, candidate=7)       # a list of tasks

What is given by name changes from call to call and reaches the SQL as a parameter. What stands before decides the shape: a
user by everything the access rules read of one (`access.stance`), anything else by its value. So nothing that changes by
itself may be read inside: no clock, no settings, no row (tests/hiring/test_prepared.py).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psycopg
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Expression, Field, Lookup, Model, QuerySet
from django.db.models.functions import JSONObject
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable, get_related_populators

from hiring import access
from hiring.models import User

Row = TypeVar("Row")
Carried = TypeVar("Carried", bound=Model)
SHAPES_AT_MOST = 300  # of one question: more means that a value was passed as a shape, or very many colleagues


@dataclass(frozen=True)
class _Slot:
    """Where a value goes among the parameters of the SQL."""

    name: str


class Given(Expression):
    """A value that is not known yet, inside a query that is being written."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", (_Slot(self.name),)


@Field.register_lookup
@models.ForeignKey.register_lookup
class AnyOf(Lookup):
    """`filter(job__any=given)`: one of a list that is given. An IN would be other SQL for every length of the list."""

    lookup_name = "any"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = compiler.compile(self.rhs)
        return f"{left} = ANY({right})", (*left_params, *right_params)


@dataclass(frozen=True)
class _Written:
    """One shape of a question: its SQL and how rows of the answer are made. Without SQL the answer is known to be empty."""

    sql: str = ""
    params: Sequence[Any] = ()
    converters: Sequence[tuple[int, Sequence[Any], Any]] = ()
    make: Callable[[Iterable[Sequence[Any]]], list[Any]] = list
    is_skewed: bool = False

    def ask(self, alias: str, values: dict[str, Any]) -> list[Any]:
        if not self.sql:
            return []
        connection = connections[alias]
        with connection.cursor() if self.is_skewed else _cursor(connection) as cursor:
            cursor.execute(self.sql, [values[p.name] if isinstance(p, _Slot) else p for p in self.params])
            found: Sequence[Any] = cursor.fetchall()
        if self.converters:
            found = [list(row) for row in found]
            for place, converters, expression in self.converters:
                for row in found:
                    for convert in converters:
                        row[place] = convert(row[place], expression, connection)
        return self.make(found)


def _cursor(connection: Any) -> Any:
    """A cursor that binds on the server, so that PostgreSQL keeps the plan too (PREPARE_THRESHOLD in hiring/settings.py).

    Django's own cursors write the values into the SQL, and every execution is planned anew: for a join of five tables that
    takes longer than to run it.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor = psycopg.Cursor(connection.connection)
    return connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)


class Prepared(Generic[Row]):
    """A question with its SQL in every shape it was asked in; call it for a list of rows."""

    def __init__(
        self, build: Callable[..., QuerySet[Any, Row]], *, is_skewed: bool = False, locks: bool = False
    ) -> None:
        self.build = build
        self.is_skewed = is_skewed
        self.locks = locks
        self.__doc__, self.__name__ = build.__doc__, build.__name__
        self._written: dict[Hashable, _Written] = {}

    def __call__(self, *shape: Any, **values: Any) -> list[Row]:
        alias = "default"
        key = (*map(_key, shape), *values)
        written = self._written.get(key)
        if written is None:
            asked = self.build(*shape, **{name: Given(name) for name in values})
            written = _write(asked, alias, is_skewed=self.is_skewed, locks=self.locks)
            if len(self._written) >= SHAPES_AT_MOST:
                self._written.clear()
            self._written[key] = written
        return written.ask(alias, values)

    def first(self, *shape: Any, **values: Any) -> Row | None:
        """The first row, if there is one. The question limits itself."""
        return next(iter(self(*shape, **values)), None)


def prepared(build: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    """Turn a function that builds a query of models or of `values_list` rows into a question."""
    return Prepared(build)


def prepared_for_skew(build: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    """The same, planned by PostgreSQL for each value: where one person has ten rows and another ten thousand, the plan that
    is good on average reads and sorts all ten thousand for the newest thirty."""
    return Prepared(build, is_skewed=True)


def prepared_and_locked(build: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
    """The same for rows that are locked until the transaction ends: those of the question's model whose `ids` are given.

    They are locked in the order of their keys, and the question is answered of them as they are then. Were they locked by the
    joined statement itself, whoever waited would find no row where a colleague changed what it is joined by, because PostgreSQL
    rechecks the join with the other rows it read before the wait.
    """
    return Prepared(build, locks=True)


LOCKED = """WITH {table} AS MATERIALIZED (SELECT * FROM {table} WHERE {key} = ANY(%s) ORDER BY {key} FOR UPDATE) """
"""What goes before a question: for the length of the statement the table is those of its rows."""


def settle(instance: Model, name: str, rows: Sequence[Model]) -> None:
    """Let `instance.<name>.all()` answer with these rows, as a prefetch would."""
    related = getattr(instance, name).all()
    related._result_cache = list(rows)
    related._prefetch_done = True
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


def carried(rows: QuerySet[Any]) -> ArraySubquery:
    """A few rows that belong to another one and come along in its answer, to be annotated: rows of `OuterRef("pk")`. A question
    of their own costs more than they do."""
    columns = {field.attname: field.attname for field in rows.model._meta.concrete_fields}
    return ArraySubquery(rows.values(as_json=JSONObject(**columns)))


def unpacked(model: type[Carried], rows: Iterable[Mapping[str, Any]]) -> list[Carried]:
    """The models of rows that were `carried`."""
    fields = list(model._meta.concrete_fields)
    names = [field.attname for field in fields]
    return [
        model.from_db("default", names, [_from_json(field, row[field.attname]) for field in fields]) for row in rows
    ]


def _from_json(field: Any, value: Any) -> Any:
    if isinstance(field, models.DecimalField | models.BinaryField):
        raise TypeError("JSON does not carry this as it is.")
    return field.to_python(value) if isinstance(field, models.DateField) else value


def _key(part: Any) -> Hashable:
    if isinstance(part, User):
        return access.stance(part)
    hash(part)  # a shape that cannot be told from others is a mistake: TypeError here, not a wrong answer
    return part


def _write(queryset: QuerySet[Any, Any], alias: str, *, is_skewed: bool, locks: bool) -> _Written:
    if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise TypeError("A prepared question has no prefetch: ask the related rows by a question of their own.")
    compiler = queryset.query.get_compiler(using=alias)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return _Written()
    columns = [column[0] for column in compiler.select[: compiler.col_count]]
    converters = [
        (place, converting, expression) for place, (converting, expression) in compiler.get_converters(columns).items()
    ]
    if locks:
        quote, about = connections[alias].ops.quote_name, queryset.model._meta
        sql = LOCKED.format(table=quote(about.db_table), key=quote(about.pk.column)) + sql
        params = (_Slot("ids"), *params)
    return _Written(sql, params, converters, _maker(queryset, compiler, alias), is_skewed)


def _maker(queryset: QuerySet[Any, Any], compiler: Any, alias: str) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """How rows of the answer become what the queryset would have given, by Django's own parts."""
    kind = queryset._iterable_class
    if kind is FlatValuesListIterable:
        return lambda found: [row[0] for row in found]
    if kind is ValuesListIterable:
        return lambda found: [tuple(row) for row in found]
    if kind is not ModelIterable:
        raise TypeError("A prepared question answers with models or with values_list rows.")
    about = compiler.klass_info
    model, fields = about["model"], about["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in compiler.select[start:end]]
    related = get_related_populators(about, compiler.select, alias)  # type: ignore[call-arg]  # stubs of a later Django
    annotations = list((compiler.annotation_col_map or {}).items())

    def make(found: Iterable[Sequence[Any]]) -> list[Any]:
        made = []
        for row in found:
            instance = model.from_db(alias, names, row[start:end])
            for populator in related:
                populator.populate(row, instance)
            for name, place in annotations:
                setattr(instance, name, row[place])
            made.append(instance)
        return made

    return make
