"""The index of words: what search reads besides the titles that an image holds, kept by the database itself.

Triggers write it, so nothing that changes a text can forget it: actions, files, restores, a hand on the
table. They and the index are made from `INDEXED`, and made again after every migration, on both databases.
On SQLite it is FTS5 over the tables' own texts, on PostgreSQL a table with the words of each row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

# Which texts of which tables can be found. Names of people and cycles stand in the image, and nothing else
# is said of them.
INDEXED: dict[str, tuple[str, ...]] = {
    "objective": ("title", "description"),
    "key_result": ("title", "description"),
    "initiative": ("title", "description"),
    "team": ("name", "purpose"),
    "comment": ("text",),
}
# Of these the image holds the first, the title: the index is asked only for what a text has a part in.
TITLED = ("objective", "key_result", "team")
FOLDING = "unicode61 remove_diacritics 2"
# A word longer than this is found by its beginning; PostgreSQL would refuse one of 2 KB.
LONGEST = 200
OF_TEXTS = "="  # stands before a word of a text below a title, on PostgreSQL; no word has it


def index_of(table: str) -> str:
    """Name the index of a table."""
    return f"{table}_words"


def install(connection) -> None:
    """Make the index and its triggers for every table that exists, and fill what does not hold every row."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        tables = [table for table in INDEXED if table in present]
        for statement in _made(connection, cursor, tables):
            cursor.execute(statement)
        for table in tables:
            if not _is_full(connection, cursor, table):
                _fill(connection, cursor, table)


def remove(connection, tables: Iterable[str] = tuple(INDEXED)) -> None:
    """Take the index of these tables and its triggers away."""
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP TABLE IF EXISTS "{index_of(table)}"')
                cursor.execute(f'DROP FUNCTION IF EXISTS "{index_of(table)}"() CASCADE')
            else:
                for moment in _MOMENTS:
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{index_of(table)}_{moment}"')
                cursor.execute(f'DROP TABLE IF EXISTS "{index_of(table)}"')


def fill(connection, tables: Iterable[str], workspace_id: int) -> None:
    """Add a new workspace's words to the index of these tables: its rows were written past the triggers."""
    with connection.cursor() as cursor:
        for table in tables:
            if table not in INDEXED:
                continue
            if connection.vendor == "postgresql":
                _add_on_postgresql(cursor, table, "WHERE workspace_id = %s", [workspace_id])
            else:
                index, listed = index_of(table), _listed(table)
                cursor.execute(
                    f'INSERT INTO "{index}" (rowid, {listed}) '
                    f'SELECT id, {listed} FROM "{table}" WHERE workspace_id = %s',
                    [workspace_id],
                )


def written_on_postgresql(table: str, row: str) -> str:
    """Return the SQL for the words of a row of a table; those of a text below a title stand there twice."""
    columns = [f'{row}."{column}"' for column in INDEXED[table]]
    words = f"search_words({_SPACED.join(columns)}, '')"
    if table in TITLED:
        words += f" || search_words({_SPACED.join(columns[1:])}, '{OF_TEXTS}')"
    return words


def _is_full(connection, cursor, table: str) -> bool:
    index = index_of(table)
    held = index if connection.vendor == "postgresql" else f"{index}_docsize"
    cursor.execute(f'SELECT (SELECT count(*) FROM "{table}") = (SELECT count(*) FROM "{held}")')
    return bool(cursor.fetchone()[0])


def _fill(connection, cursor, table: str) -> None:
    index = index_of(table)
    if connection.vendor == "postgresql":
        cursor.execute(f'DELETE FROM "{index}"')
        _add_on_postgresql(cursor, table)
    else:
        cursor.execute(f'INSERT INTO "{index}" ("{index}") VALUES (\'rebuild\')')


def _add_on_postgresql(cursor, table: str, where: str = "", arguments: Sequence[object] = ()) -> None:
    index = index_of(table)
    cursor.execute(
        f'INSERT INTO "{index}" (id, workspace_id, words) '
        f'SELECT id, workspace_id, {written_on_postgresql(table, "t")} FROM "{table}" t {where}',
        arguments,
    )
    cursor.execute(f'ANALYZE "{index}"')


def _made(connection, cursor, tables: list[str]) -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield from _postgresql_words(cursor)
        for table in tables:
            yield from _postgresql(table)
    else:
        for table in tables:
            yield from _sqlite(table)


# -- SQLite ------------------------------------------------------------------------------------------------

_MOMENTS = ("insert", "update", "delete")


def sqlite_index(name: str, table: str) -> str:
    """Return what makes an index of a table's texts; the texts themselves stay in the table."""
    return (
        f"CREATE VIRTUAL TABLE {name} USING fts5({_listed(table)}, content='{table}', content_rowid='id', "
        f"tokenize='{FOLDING}', prefix='1 2 3')"
    )


def _listed(table: str) -> str:
    return ", ".join(f'"{column}"' for column in ("workspace_id", *INDEXED[table]))


def _sqlite(table: str) -> Iterator[str]:
    index, listed = index_of(table), _listed(table)
    columns = ("workspace_id", *INDEXED[table])

    def values(row: str) -> str:
        return ", ".join(f'{row}."{column}"' for column in columns)

    write = f'INSERT INTO "{index}" (rowid, {listed}) VALUES (NEW.id, {values("NEW")});'
    # FTS5 is told what was there: it keeps no copy of it.
    forget = (
        f'INSERT INTO "{index}" ("{index}", rowid, {listed}) VALUES (\'delete\', OLD.id, {values("OLD")});'
    )
    differs = " OR ".join(f'NEW."{column}" IS NOT OLD."{column}"' for column in ("id", *columns))
    acts = {
        "insert": f'AFTER INSERT ON "{table}" BEGIN {write} END',
        "update": f'AFTER UPDATE ON "{table}" WHEN {differs} BEGIN {forget} {write} END',
        "delete": f'AFTER DELETE ON "{table}" BEGIN {forget} END',
    }
    yield sqlite_index(f'IF NOT EXISTS "{index}"', table)
    for moment in _MOMENTS:
        yield f'DROP TRIGGER IF EXISTS "{index}_{moment}"'
        yield f'CREATE TRIGGER "{index}_{moment}" {acts[moment]}'


# -- PostgreSQL --------------------------------------------------------------------------------------------


_SPACED = " || ' ' || "


def _postgresql_words(cursor) -> Iterator[str]:
    # What a letter is must not depend on the database's locale, which may be "C".
    cursor.execute("SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'")
    letters = ' COLLATE "und-x-icu"' if cursor.fetchone() else ""
    # As core.terms folds: small letters, Latin ones without accents. Not PostgreSQL's own parser, which
    # takes "12/2026" for a path and "stop-gap" for three words, and SQLite knows nothing of that.
    folded = (
        f"normalize(regexp_replace(normalize(replace(lower(normalize(said, NFC){letters}), 'ς', 'σ'), NFD)"
        f"{letters}, '([a-z])[\\u0300-\\u036f]+', '\\1', 'g'), NFC)"
    )
    yield (
        "CREATE OR REPLACE FUNCTION search_words(said text, sign text) RETURNS tsvector LANGUAGE sql "
        "IMMUTABLE STRICT PARALLEL SAFE AS $body$ SELECT coalesce(array_to_tsvector(array_agg(DISTINCT "
        f"sign || left(word, {LONGEST}))), '') FROM regexp_split_to_table({folded}{letters}, "
        "'[^[:alnum:]]+') word WHERE word <> '' $body$"
    )


def _postgresql(table: str) -> Iterator[str]:
    index = index_of(table)
    columns = ("id", "workspace_id", *INDEXED[table])

    def of_row(row: str) -> str:
        return ", ".join(f'{row}."{column}"' for column in columns)

    yield (
        f'CREATE TABLE IF NOT EXISTS "{index}" '
        "(id bigint PRIMARY KEY, workspace_id bigint NOT NULL, words tsvector NOT NULL)"
    )
    # At once: a list of what waits to go into the index would have to be read through by every search.
    yield f'CREATE INDEX IF NOT EXISTS "{index}_gin" ON "{index}" USING gin (words) WITH (fastupdate = off)'
    yield (
        f'CREATE OR REPLACE FUNCTION "{index}"() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN '
        f"IF TG_OP = 'TRUNCATE' THEN DELETE FROM \"{index}\"; RETURN NULL; END IF; "
        f"IF TG_OP = 'UPDATE' THEN IF ({of_row('NEW')}) IS NOT DISTINCT FROM ({of_row('OLD')}) "
        "THEN RETURN NULL; END IF; END IF; "
        f"IF TG_OP <> 'INSERT' THEN DELETE FROM \"{index}\" WHERE id = OLD.id; END IF; "
        f"IF TG_OP <> 'DELETE' THEN INSERT INTO \"{index}\" (id, workspace_id, words) "
        f"VALUES (NEW.id, NEW.workspace_id, {written_on_postgresql(table, 'NEW')}); END IF; "
        "RETURN NULL; END $body$"
    )
    for name, moment, each in (
        ("", "AFTER INSERT OR DELETE OR UPDATE", "ROW"),
        ("_all", "AFTER TRUNCATE", "STATEMENT"),
    ):
        yield f'DROP TRIGGER IF EXISTS "{index}{name}" ON "{table}"'
        yield (
            f'CREATE TRIGGER "{index}{name}" {moment} ON "{table}" '
            f'FOR EACH {each} EXECUTE FUNCTION "{index}"()'
        )
