"""SQL that only one of the two databases understands, as a migration operation."""

from typing import Any

from tortoise.migrations.operations import RunSQL


class RunSQLOn(RunSQL):
    """Run SQL on one database («sqlite» or «postgres») and nothing on the other."""

    def __init__(self, dialect: str, sql: list[str]) -> None:
        super().__init__(sql, reverse_sql="")
        self.dialect = dialect

    async def _run_sql(self, state_editor: Any, sqls: Any) -> None:
        # Tortoise's own runner cuts SQLite scripts at every semicolon, which would cut a trigger in two.
        if state_editor.client.capabilities.dialect == self.dialect:
            for statement in sqls:
                await state_editor.client.execute_query(statement)


class RunChecks(RunSQL):
    """Promise a condition of every row: a CHECK on PostgreSQL, a pair of triggers on SQLite.

    Tortoise writes no CHECK when it creates a table, and SQLite cannot add one later. In the condition `{row}`
    stands before each column: nothing on PostgreSQL, NEW. in a trigger.
    """

    def __init__(self, checks: dict[str, tuple[str, str]]) -> None:
        super().__init__("", reverse_sql="")
        self.checks = checks

    async def _run_sql(self, state_editor: Any, sqls: Any) -> None:
        sqlite = state_editor.client.capabilities.dialect == "sqlite"
        for name, (table, condition) in self.checks.items():
            if not sqlite:
                plain = condition.format(row="")
                await state_editor.client.execute_query(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({plain})")
                continue
            for event in ("INSERT", "UPDATE"):
                await state_editor.client.execute_query(
                    f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table} "
                    f"WHEN NOT ({condition.format(row='NEW.')}) "
                    f"BEGIN SELECT RAISE(ABORT, 'CHECK constraint failed: {name}'); END"
                )
