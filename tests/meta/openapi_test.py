"""docs/openapi.yaml tells of the very routes that the program has, and of who may call them."""
import functools
import json
import pathlib
import re
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = {"get", "post", "put", "patch", "delete"}
MUTATES = {"post", "put", "patch", "delete"}
SIGNED_IN = ("user", "connected", "admin")


@functools.cache
def document() -> dict:
    return yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())


def operations() -> dict[tuple[str, str], dict]:
    return {(method, path): operation for path, item in document()["paths"].items() for method, operation in item.items() if method in METHODS}


@pytest.fixture
def routes(binary) -> dict[tuple[str, str], dict]:
    """The table's rows by method and path; {name...} is {name} in OpenAPI, and HEAD comes with GET."""
    done = subprocess.run([binary, "routes", "--json"], check=True, capture_output=True, text=True)
    rows = json.loads(done.stdout)["items"]
    return {(method.lower(), row["path"].replace("...}", "}")): row for row in rows for method in row["methods"].split(", ") if method != "HEAD"}


def skeleton(key: tuple[str, str], row: dict) -> str:
    """What a new row of the table lacks in the document, to paste and to fill in."""
    method, path = key
    writes, signed_in = method in MUTATES, row["who"] in SIGNED_IN
    security = {"signed": "[{signature: []}]"}.get(row["who"], f"[{{session: []{', csrf: []' if writes else ''}}}]" if signed_in else
                                                   "[{}, {session: []}]")
    codes = {"400": "BadInput", "401": "NotSignedIn" if signed_in else "", "403": "Forbidden" if writes or row["who"] != "anyone" else "",
             "404": "NotFound" if "{" in path else "", "409": "Conflict" if row["who"] == "connected" else "",
             "413": "TooLarge" if row["body_max"] else "", "503": "Unavailable"}
    lines = [f"  {path}:", f"    {method}:", "      tags: [portal]", "      operationId: TODO", f"      summary: {json.dumps(row['what'])}",
             f"      security: {security}", "      responses:", "        '200':", "          description: TODO"]
    return "\n".join([*lines, *(f"        '{code}': {{$ref: '#/components/responses/{name}'}}" for code, name in codes.items() if name)])


def test_the_document_has_the_routes_of_the_table_and_no_other(routes):
    missing = sorted(set(routes) - set(operations()))
    assert missing == [], "\n".join(["docs/openapi.yaml lacks these; begin with:", *(skeleton(key, routes[key]) for key in missing)])
    assert sorted(set(operations()) - set(routes)) == [], "only in docs/openapi.yaml"


def test_every_summary_is_what_the_table_says(routes):
    assert {key: operation["summary"] for key, operation in operations().items()} == {
        key: row["what"] for key, row in routes.items() if key in operations()}


@pytest.mark.parametrize("key", operations(), ids=" ".join)
def test_security_and_refusals_fit_who_may_call(routes, key):
    method, operation = key[0], operations()[key]
    row, ways, codes = routes[key], operation.get("security", [{}]), set(operation["responses"])
    if row["who"] in SIGNED_IN:
        assert ways == [{"session": [], "csrf": []} if method in MUTATES else {"session": []}]
        assert codes & {"401", "303"} and (method not in MUTATES or "403" in codes)
    elif row["who"] == "signed":
        assert {"signature": []} in ways and "403" in codes
    else:
        assert {} in ways
    assert row["who"] != "connected" or "409" in codes
    assert row["who"] != "admin" or "403" in codes
    assert "400" in codes
    assert (row["body_max"] != 0) == ("413" in codes)


def test_operations_have_a_tag_an_id_of_their_own_and_parameters_of_the_path():
    ids = [operation["operationId"] for operation in operations().values()]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document()["tags"]}
    for (method, path), operation in operations().items():
        assert len(operation["tags"]) == 1 and set(operation["tags"]) <= tags
        given = [*document()["paths"][path].get("parameters", []), *operation.get("parameters", [])]
        given = [resolve(parameter) for parameter in given]
        assert {p["name"] for p in given if p["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path)), f"{method} {path}"


def resolve(node: dict) -> dict:
    if "$ref" not in node:
        return node
    return functools.reduce(lambda found, part: found[part], node["$ref"].removeprefix("#/").split("/"), document())


def test_the_error_object_lists_the_codes_of_the_program():
    table = re.findall(r'X\(\w+, (\d+), "(\w+)"', (ROOT / "include/base/err.h").read_text())
    codes = document()["components"]["schemas"]["Error"]["properties"]["code"]["enum"]
    assert sorted(codes) == sorted(code for _, code in table if code != "ok")


def test_every_component_is_used():
    text = (ROOT / "docs/openapi.yaml").read_text()
    components = [f"#/components/{kind}/{name}" for kind, named in document()["components"].items() if kind != "securitySchemes" for name in named]
    assert [name for name in components if f"'{name}'" not in text] == []
