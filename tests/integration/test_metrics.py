"""/metrics: a text that Prometheus' own parser takes, figures that move with what is done, and nobody else who reads them."""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import socket
from collections.abc import Callable

import psycopg
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from sandbox.sandbox import Sandbox
from sandbox.standin import Control
from sandbox.waiting import wait_for

from fcgi_client import END_OF_BODY, head
from person import Person
from pool import wait_for_workers, workers
from pushing import Pusher
from wishes import container_id
from world import STANFORD_GUEST

Labels = frozenset[tuple[str, str]]


class Figures:
    """One answer of /metrics, by the official parser."""

    def __init__(self, text: str) -> None:
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples: dict[tuple[str, Labels], float] = {}
        for family in self.families.values():
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples, f"{key} is there twice"
                self.samples[key] = sample.value

    def sum(self, name: str, **labels: str) -> float:
        """All samples of that name with at least these labels."""
        return sum(value for (found, has), value in self.samples.items() if found == name and labels.items() <= dict(has).items())


def read(sandbox: Sandbox, path: str = "/metrics") -> Figures:
    answer = requests.get(sandbox.url + path, timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8" and answer.headers["Cache-Control"] == "no-store"
    return Figures(answer.text)


def test_it_parses_and_says_what_the_table_says(sandbox: Sandbox) -> None:
    table = {row["name"]: row for row in sandbox.program.json("metrics")["items"]}
    requests.get(f"{sandbox.url}/no-such-path", timeout=60)
    for path in ("/metrics", "/metrics/upload"):
        for name, family in read(sandbox, path).families.items():
            row = table[name + ("_total" if family.type == "counter" else "")]
            assert (family.type, family.documentation) == (row["type"], row["what"] + ".")
            assert all(set(sample.labels) <= {word for word in row["labels"].replace(" or ", ", ").split(", ")} for sample in family.samples)
            assert all(sample.value >= 0 for sample in family.samples)


def test_each_request_is_counted_by_its_route_and_status(sandbox: Sandbox) -> None:
    """Whichever worker answers, and whatever stands in the address."""
    def counts() -> tuple[float, float, float]:
        f = read(sandbox)
        return (f.sum("transload_http_requests_total", route="GET, HEAD /api/portal/collections", status="200"),
                f.sum("transload_http_requests_total", route="none", status="404"),
                f.sum("transload_http_request_seconds_count", route="GET, HEAD /api/portal/collections"))

    def ask(number: int) -> tuple[int, int]:
        return (requests.get(f"{sandbox.url}/api/portal/collections?q={number}", timeout=60).status_code,
                requests.get(f'{sandbox.url}/nothing"\\{number}', timeout=60).status_code)

    before = counts()
    with concurrent.futures.ThreadPoolExecutor(8) as people:  # one after the other, one worker would take them all
        assert set(people.map(ask, range(40))) == {(200, 404)}
    goal = tuple(count + 40 for count in before)
    wait_for("the last request's count", lambda: counts() == goal, 10)


def test_histograms_are_what_prometheus_wants(sandbox: Sandbox) -> None:
    found = 0
    for (name, labels), count in (figures := read(sandbox)).samples.items():
        if name != "transload_http_request_seconds_count":
            continue
        own = dict(labels)
        buckets = sorted((float(dict(has)["le"]), value) for (bucket, has), value in figures.samples.items()
                         if bucket == "transload_http_request_seconds_bucket" and own.items() <= dict(has).items())
        values = [value for _, value in buckets]
        assert values == sorted(values) and buckets[-1] == (float("inf"), count), labels
        assert 0 <= figures.sum("transload_http_request_seconds_sum", **own) < 3600
        found += 1
    assert found > 2


def test_pushes_and_downloads_are_counted_with_their_bytes(sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    p, content = pusher(), os.urandom(100_000)
    before, uploads = read(sandbox), read(sandbox, "/metrics/upload")
    assert p.push(content).status_code == 200
    assert p.send(b"x").status_code == 403
    image = requests.get(p.manifest().json()["image"], timeout=60)
    assert image.content == content

    def moved() -> bool:
        now, then = read(sandbox, "/metrics/upload"), read(sandbox)
        return (now.sum("transload_pushes_total", result="ok") == uploads.sum("transload_pushes_total", result="ok") + 1
                and now.sum("transload_pushed_bytes_total") == uploads.sum("transload_pushed_bytes_total") + len(content)
                and then.sum("transload_downloads_total") == before.sum("transload_downloads_total") + 1
                and then.sum("transload_download_bytes_total") == before.sum("transload_download_bytes_total") + len(content)
                and now.sum("transload_http_requests_total", pool="upload", route="POST /upload", status="403")
                == uploads.sum("transload_http_requests_total", pool="upload", route="POST /upload", status="403") + 1)

    wait_for("push and download among the figures", moved, 10)


def test_globus_calls_and_the_agent_are_told(sandbox: Sandbox, connected: Person, globus: Control, pusher: Callable[..., Pusher],
                                             db: psycopg.Connection) -> None:
    """A transfer: the submit is counted by the pool, following it by the agent, whose counters come through the database."""
    before = read(sandbox)
    p = pusher()
    assert p.push(b"to be sent").status_code == 200
    assert connected.transfer(container_id(db, p), STANFORD_GUEST).status_code == 201

    def moved() -> bool:
        now = read(sandbox)
        return (now.sum("transload_globus_calls_total", pool="api", service="transfer", result="ok")
                > before.sum("transload_globus_calls_total", pool="api", service="transfer", result="ok")
                and now.sum("transload_agent_job_runs_total", agent=socket.gethostname(), job="transfer_follow", result="ok")
                > before.sum("transload_agent_job_runs_total", agent=socket.gethostname(), job="transfer_follow", result="ok")
                and now.sum("transload_globus_call_seconds_count", agent=socket.gethostname(), service="transfer") > 0)

    wait_for("the agent's counters", moved, 40)
    assert read(sandbox).sum("transload_agent_seen_seconds", agent=socket.gethostname()) < 60


def test_a_refresh_is_counted(sandbox: Sandbox, connected: Person, globus: Control, db: psycopg.Connection) -> None:
    before = read(sandbox).sum("transload_token_refreshes_total", pool="api", result="ok")
    db.execute("update globus_tokens set expires_at = now() - interval '1 minute'")
    assert connected.get("/api/globus/endpoints?scope=my-endpoints").status_code == 200
    wait_for("the refresh", lambda: read(sandbox).sum("transload_token_refreshes_total", pool="api", result="ok") > before, 10)


def test_a_worker_that_is_killed_takes_no_count_along(sandbox: Sandbox) -> None:
    requests.get(f"{sandbox.url}/healthz", timeout=60)
    before = read(sandbox)
    victims = workers(sandbox, "api")
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    wait_for_workers(sandbox, "api", len(victims), without=set(victims))
    wait_for("the registry", sandbox.is_ready, 30)
    after = read(sandbox)
    assert after.sum("transload_pool_worker_deaths_total") == before.sum("transload_pool_worker_deaths_total") + len(victims)
    lost = [key for key, value in before.samples.items() if key[0] == "transload_http_requests_total" and after.samples[key] < value]
    assert lost == []
    assert after.sum("transload_pool_workers") == len(victims) and 1 <= after.sum("transload_pool_busy_workers") <= len(victims)


def test_without_a_database_the_rest_is_told(sandbox: Sandbox) -> None:
    assert read(sandbox).sum("transload_database_up") == 1
    sandbox.database.stop()
    try:
        figures = read(sandbox)
        assert ("transload_database_up", frozenset()) in figures.samples and figures.sum("transload_database_up") == 0
        assert "transload_images_damaged" not in figures.families and figures.sum("transload_http_requests_total") > 0
        assert 0 < figures.sum("transload_store_free_bytes") <= figures.sum("transload_store_size_bytes")
    finally:
        sandbox.database.start()
        wait_for("service", sandbox.is_ready, 60)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics/upload", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?x=1"])
def test_what_a_proxy_forwarded_gets_nothing(sandbox: Sandbox, path: str) -> None:
    """A balancer on this host would lend its address to everybody."""
    for header in ("X-Forwarded-For", "Forwarded"):
        with requests.Session() as session:
            request = requests.Request("GET", sandbox.url).prepare()
            request.url = sandbox.url + path
            request.headers[header] = "203.0.113.9"
            answer = session.send(request, timeout=60)
        assert answer.status_code in (400, 404) and "transload_" not in answer.text


def test_an_address_that_is_not_listed_gets_nothing(sandbox: Sandbox) -> None:
    """127.0.0.2 is this host, too, but nobody's monitor."""
    host, port = "127.0.0.1", sandbox.port
    with socket.create_connection((host, port), 60, source_address=("127.0.0.2", 0)) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nTranslOAD-Monitor: 1\r\nTRANSLOAD_MONITOR: 1\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404 ") and b"transload_http" not in answer


def test_the_program_itself_tells_nobody_whom_nginx_has_not_marked(sandbox: Sandbox) -> None:
    """An nginx whose files are older, or whose locations let the path slip by."""
    for more in ({}, {"TRANSLOAD_MONITOR": ""}, {"TRANSLOAD_MONITOR": "0"}, {"HTTP_TRANSLOAD_MONITOR": "1"}):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(60)
            connection.connect(str(sandbox.layout.sockets / "api.sock"))
            connection.sendall(head("GET", "/metrics", **more) + END_OF_BODY)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        assert b"Status: 404" in answer and b"transload_http" not in answer
        assert json.loads(answer[answer.index(b"{"):answer.rindex(b"}") + 1])["code"] == "not_found"
