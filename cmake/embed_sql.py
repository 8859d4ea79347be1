#!/usr/bin/env python3
"""Turn sql/queries/*.sql and sql/migrations/*.sql into C tables.

A query file opens with comment lines; one of them declares what the caller may expect:

    -- expects: one | maybe | many | none

The name of the file is the name of the statement: image_by_id.sql is SQL_IMAGE_BY_ID in C and image_by_id in PostgreSQL.

A migration begins with a line `-- works with: N`, where N is the schema of the oldest program that lives with it (sql/README.md).
"""
import pathlib
import re
import sys

FIRST_THAT_SAYS = 27  # migrations before it were written when every program wanted its own schema
EXPECTS = {"one": "DB_ONE", "maybe": "DB_MAYBE", "many": "DB_MANY", "none": "DB_NONE"}


def c_string(text: str) -> str:
    """A C string literal, one source line per SQL line."""
    lines = []
    for line in text.splitlines():
        escaped = line.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'        "{escaped}\\n"')
    return "\n".join(lines) or '        ""'


def read_query(path: pathlib.Path) -> tuple[str, str, str]:
    """Name, expectation and text of one query file."""
    text = path.read_text()
    found = re.search(r"^-- expects: (\w+)$", text, re.M)
    if not found or found.group(1) not in EXPECTS:
        sys.exit(f"{path}: needs a line '-- expects: one|maybe|many|none'")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip().rstrip(";")
    return path.stem, EXPECTS[found.group(1)], body


def works_with(path: pathlib.Path) -> int:
    """The schema of the oldest program that lives with this migration."""
    own = int(path.name[:4])
    found = re.match(r"-- works with: (\d+)\n", path.read_text())
    if own < FIRST_THAT_SAYS:
        return own
    if not found or not 0 < int(found.group(1)) <= own:
        sys.exit(f"{path}: its first line must be '-- works with: N', N being between 1 and {own}")
    return int(found.group(1))


def embed_import(sql: pathlib.Path, out: pathlib.Path) -> None:
    """sql/import/*.sql, which are run against the database of another registry: OLD_USERS names users.sql."""
    paths = sorted((sql / "import").glob("*.sql"))
    header = ["/* Generated from sql/import: one constant per file. */", "#ifndef IMPORT_OLD_SQL_H", "#define IMPORT_OLD_SQL_H", "",
              "enum old_query {", *(f"    OLD_{path.stem.upper()}," for path in paths), "    OLD_QUERY_COUNT", "};",
              "extern const char *const old_statements[];", "", "#endif", ""]
    source = ["/* Generated from sql/import. */", '#include "import/old_sql.h"', "", "const char *const old_statements[OLD_QUERY_COUNT] = {"]
    for path in paths:
        body = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("--")).strip().rstrip(";")
        source.append(f"    [OLD_{path.stem.upper()}] =\n{c_string(body)},")
    (out / "import").mkdir(parents=True, exist_ok=True)
    (out / "import" / "old_sql.h").write_text("\n".join(header))
    (out / "sql_import.c").write_text("\n".join([*source, "};", ""]))


def main(sql: pathlib.Path, out: pathlib.Path) -> None:
    queries = [read_query(p) for p in sorted((sql / "queries").glob("*.sql"))]
    migrations = sorted((sql / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))
    for number, path in enumerate(migrations, start=1):
        if int(path.name[:4]) != number:
            sys.exit(f"{path}: migrations are numbered without gaps, expected {number:04d}")

    header = ["/* Generated from sql/queries: one constant per file. */", "#ifndef DB_QUERIES_H", "#define DB_QUERIES_H", "",
              "enum sql_query {"]
    header += [f"    SQL_{name.upper()}," for name, _, _ in queries]
    header += ["    SQL_QUERY_COUNT", "};", "", "/* The schema version this build was written for: the number of migrations. */",
               f"enum {{ DB_SCHEMA_VERSION = {len(migrations)} }};", "", "#endif", ""]

    source = ["/* Generated from sql/. */", '#include "statements.h"', "",
              "const struct db_statement db_statements[SQL_QUERY_COUNT] = {"]
    for name, expects, body in queries:
        source.append(f'    [SQL_{name.upper()}] = {{"{name}", {expects},\n{c_string(body)}}},')
    source += ["};", "", "const struct db_migration db_migrations[DB_SCHEMA_VERSION] = {"]
    for path in migrations:
        source.append(f'    {{{int(path.name[:4])}, {works_with(path)}, "{path.stem[5:]}",\n{c_string(path.read_text())}}},')
    source += ["};", ""]

    (out / "db").mkdir(parents=True, exist_ok=True)
    (out / "db" / "queries.h").write_text("\n".join(header))
    (out / "sql_tables.c").write_text("\n".join(source))
    embed_import(sql, out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
