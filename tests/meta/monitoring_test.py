"""Dashboard and alert rules name metrics that there are, in queries that Prometheus understands, and fire when they should."""
import json
import pathlib
import re
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
PARTS_OF_HISTOGRAM = ("_bucket", "_sum", "_count")


@pytest.fixture
def metrics(binary) -> dict[str, dict]:
    done = subprocess.run([binary, "metrics", "--json"], check=True, capture_output=True, text=True)
    return {row["name"]: row for row in json.loads(done.stdout)["items"]}


def dashboard() -> dict:
    return json.loads((MONITORING / "transload-dashboard.json").read_text())


def dashboard_queries() -> list[str]:
    return [target["expr"] for panel in dashboard()["panels"] for target in panel["targets"]]


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"] for rule in group["rules"]]


def promtool(*arguments: str | pathlib.Path) -> None:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True, cwd=MONITORING)
    assert done.returncode == 0, done.stdout + done.stderr


def known_as(name: str, metrics: dict[str, dict]) -> dict | None:
    for part in PARTS_OF_HISTOGRAM:
        base = metrics.get(name.removesuffix(part))
        if name.endswith(part) and base and base["type"] == "histogram":
            return base
    row = metrics.get(name)
    return row if row and row["type"] != "histogram" else None


@pytest.mark.parametrize("queries", [dashboard_queries(), [rule["expr"] for rule in rules()]], ids=["dashboard", "alerts"])
def test_each_metric_that_is_asked_for_exists(queries: list[str], metrics: dict[str, dict]) -> None:
    asked = {name for query in queries for name in re.findall(r"\btransload_\w+", query)}
    assert asked and {name for name in asked if known_as(name, metrics) is None} == set()


@pytest.mark.parametrize("queries", [dashboard_queries(), [rule["expr"] for rule in rules()]], ids=["dashboard", "alerts"])
def test_each_label_that_is_chosen_by_exists(queries: list[str], metrics: dict[str, dict]) -> None:
    """Of selectors: a label that is misspelled there finds nothing, for ever."""
    for query in queries:
        for name, selector in re.findall(r"\b(transload_\w+)\{([^}]*)\}", query):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', selector)))
            there = set(re.findall(r"\w+", known_as(name, metrics)["labels"])) | {"instance", "job"}
            assert labels <= there, f"{name} has no {labels - there}"


def test_each_metric_is_on_the_dashboard(metrics: dict[str, dict]) -> None:
    """One that nobody looks at is not worth its cells."""
    shown = {known_as(name, metrics)["name"] for query in dashboard_queries() for name in re.findall(r"\btransload_\w+", query)}
    assert set(metrics) - shown == set()


def test_counters_and_units_are_named_as_prometheus_wants_it(metrics: dict[str, dict]) -> None:
    for name, row in metrics.items():
        assert name.endswith("_total") == (row["type"] == "counter"), name
        assert not row["unit"] or row["unit"] in name, f"{name} is in {row['unit']}"


def test_alert_rules_are_rules_and_fire_when_they_should() -> None:
    promtool("check", "rules", "alerts.yml")
    promtool("test", "rules", "alerts_test.yml")
    assert all(rule["annotations"].keys() == {"summary", "remedy"} and rule["labels"]["severity"] in ("page", "warn") for rule in rules())


def test_queries_of_the_dashboard_are_queries(tmp_path: pathlib.Path) -> None:
    """promtool reads rules only, so each becomes one."""
    records = [{"record": f"panel:query:{number}", "expr": query.replace("$__rate_interval", "5m")} for number, query in
               enumerate(dashboard_queries())]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": records}]}))
    promtool("check", "rules", tmp_path / "rules.yml")


def test_the_dashboard_can_be_imported() -> None:
    board = dashboard()
    ids = [panel["id"] for panel in board["panels"]]
    assert board["uid"] == "transload" and len(ids) == len(set(ids))
    assert [variable["name"] for variable in board["templating"]["list"]] == ["datasource"]
    assert all(panel["datasource"]["uid"] == "${datasource}" for panel in board["panels"])
    places = [(panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y) for panel in board["panels"]
              for x in range(panel["gridPos"]["w"]) for y in range(panel["gridPos"]["h"])]
    assert len(places) == len(set(places)) and max(x for x, _ in places) < 24, "no panel lies on another"
