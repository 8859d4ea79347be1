"""nginx: headers on every answer, its own answers in our form, what no URL reaches, what no log holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import urljoin

import pytest
import requests

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from pool import SlowUpload
from pushing import Pusher
from wire import Wire

EVERYWHERE = ["/", "/login", "/collections", "/collections/1", "/containers/1", "/api/me", "/assets/mark.svg", "/assets/nothing.css", "/nothing",
              "/settings/profile", "/api/nothing", "/healthz", "/_images/1/x", "/globus/login?code=x&state=y", "/api/container/no/thing:latest"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_has_the_security_headers_once(url: str, path: str) -> None:
    answer = requests.get(url + path, allow_redirects=False, timeout=60)
    raw = answer.raw.headers
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "X-Request-Id"):
        assert len(raw.getlist(name)) == 1, f"{name} on {path}"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in answer.headers, "this is no https"
    assert answer.headers["Server"] == "nginx" and len(answer.headers["X-Request-Id"]) == 32


def test_a_script_or_a_style_carries_no_policy_of_pages(url: str) -> None:
    answer = requests.get(f"{url}/assets/app.css", headers={"Accept-Encoding": "gzip"}, timeout=60)
    assert not answer.headers.keys() & {"Content-Security-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Content-Encoding"] == "gzip" and answer.headers["Vary"] == "Accept-Encoding"


def test_forms_may_end_at_globus_and_nowhere_else(sandbox: Sandbox) -> None:
    policy = requests.get(f"{sandbox.url}/login", timeout=60).headers["Content-Security-Policy"]
    assert f"form-action 'self' {sandbox.standin.url};" in policy


@pytest.mark.parametrize("path", ["/_images/", "/_images/1/sha256.x.sif", "/_pages/settings.html", "/pages/login.html", "/images/", "/images/1/x",
                                  "/_images/../transload.conf", "/assets/../pages/settings.html", "/assets/%2e%2e/pages/settings.html",
                                  "/assets..%2fpages/settings.html", "/uploads/complete", "/api/uploads/complete/"])
def test_what_only_the_program_may_send_is_404(url: str, path: str) -> None:
    with Wire(url) as wire:  # requests would tidy the path
        wire.begin("GET", path, {})
        assert wire.answer().status in (400, 404), path


def test_a_header_of_the_client_cannot_send_a_file(url: str) -> None:
    answer = requests.get(f"{url}/api/me", headers={"X-Accel-Redirect": "/_pages/settings.html", "Proxy": "http://evil.example"}, timeout=60)
    assert answer.status_code == 200 and "user" in answer.json()


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-Proto": "https"},
                                     {"Forwarded": "host=evil.example"}, {"X-Original-URL": "/admin"}, {"X-Forwarded-Uri": "/x"}])
def test_links_come_from_the_settings_and_not_from_the_request(url: str, headers: dict[str, str], sandbox: Sandbox) -> None:
    answer = requests.get(f"{url}/api/registry/identity", headers=headers, timeout=60)
    assert answer.json()["url"] == sandbox.url and "evil" not in answer.text


# -- nginx's own answers ------------------------------------------------------------------------

def check_form(answer: requests.Response, code: str) -> None:
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert body["detail"] and body["code"] == code and body["request_id"] == answer.headers["X-Request-Id"]


def test_413_has_our_form(url: str) -> None:
    answer = requests.post(f"{url}/api/login", data=b"x" * (2 << 20), timeout=60)
    assert answer.status_code == 413
    check_form(answer, "too_large")


def test_an_upload_over_the_product_limit_is_refused_before_it_is_sent(url: str) -> None:
    with Wire(url) as wire:
        wire.begin("POST", "/upload", {"Content-Length": str(200 << 30), "Content-Type": "multipart/form-data; boundary=x"})
        answer = wire.answer()
    assert answer.status == 413 and json.loads(answer.body)["code"] == "too_large"


def test_429_has_our_form_and_a_time_to_come_back(url: str) -> None:
    with requests.Session() as http:
        answers = [http.get(f"{url}/api/login", timeout=60) for _ in range(120)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused and int(refused[0].headers["Retry-After"]) > 0
    check_form(refused[0], "throttled")


def test_502_has_our_form(sandbox: Sandbox) -> None:
    from pool import restart_pool

    sandbox.processes.stop("upload")
    try:
        answer = requests.post(f"{sandbox.url}/upload", data=b"x", timeout=60)
        assert answer.status_code == 502 and int(answer.headers["Retry-After"]) > 0
        check_form(answer, "unavailable")
        assert requests.get(f"{sandbox.url}/api/me", timeout=60).status_code == 200, "the other pool is not concerned"
    finally:
        restart_pool(sandbox, "upload")


def test_502_is_a_page_for_people(sandbox: Sandbox) -> None:
    from pool import restart_pool

    sandbox.processes.stop("api")
    try:
        page = requests.get(f"{sandbox.url}/settings", headers={"Accept": "text/html,*/*;q=0.8"}, timeout=60)
        assert (page.status_code, page.headers["Content-Type"]) == (502, "text/html") and 'id="error-title"' in page.text
        assert int(page.headers["Retry-After"]) > 0 and "default-src 'none'" in page.headers["Content-Security-Policy"]
    finally:
        restart_pool(sandbox, "api")


# -- static files -------------------------------------------------------------------------------

def modules_of(page: str) -> list[str]:
    """The page's own script and what it names to be loaded at once."""
    return re.findall(r'<(?:script type="module" src|link rel="modulepreload" href)="([^"]+)"', page)


def test_assets_of_a_page_may_be_kept_for_ever_and_are_all_named(url: str) -> None:
    """Every module that any of them imports stands in the page's head, so none waits for another."""
    named = modules_of(requests.get(f"{url}/collections", timeout=60).text)
    assert len(named) > 10
    for address in named:
        answer = requests.get(f"{url}{address}", timeout=60)
        assert answer.status_code == 200 and answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address
        assert "javascript" in answer.headers["Content-Type"]
        imported = {urljoin(address, name) for name in re.findall(r"from '([^']+)'", answer.text)}
        assert imported <= set(named)


def test_an_address_of_another_version_is_not_answered_with_this_one(url: str) -> None:
    answer = requests.get(f"{url}/assets/0123456789abcdef/lib/api.js", timeout=60)
    assert answer.status_code == 404 and "immutable" not in answer.headers.get("Cache-Control", "")


def test_assets_of_the_plain_pages_are_checked_by_etag(url: str) -> None:
    first = requests.get(f"{url}/assets/app.css", timeout=60)
    assert first.status_code == 200 and first.headers["Cache-Control"] == "no-cache"
    again = requests.get(f"{url}/assets/app.css", headers={"If-None-Match": first.headers["ETag"]}, timeout=60)
    assert again.status_code == 304


# -- the log ------------------------------------------------------------------------------------

def log_entries(sandbox: Sandbox) -> list[dict[str, object]]:
    return [json.loads(line) for line in (sandbox.layout.log / "nginx-transload.log").read_text().splitlines()]


def test_the_access_log_is_json_without_secrets(sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    p = pusher()
    p.push(b"logged")
    url = p.manifest().json()["image"]
    capability = url.rsplit("/", 1)[1]
    requests.get(url, timeout=60)
    requests.get(url.replace("/download/", "/d%6fwnload/"), timeout=60)
    requests.get(f"{sandbox.url}/complete/globus?code=SECRET-CODE&state=SECRET-STATE", timeout=60)
    requests.get(f"{sandbox.url}/login?next=SECRET-NEXT", timeout=60)
    marker = requests.get(f"{sandbox.url}/api/me", timeout=60).headers["X-Request-Id"]
    entries = wait_for("the log", lambda: (e := log_entries(sandbox)) and any(x["request_id"] == marker for x in e) and e)
    text = "".join(path.read_text(errors="replace") for path in sandbox.layout.log.glob("*.log") if path.name != "globus.log")
    assert capability not in text and "SECRET" not in text
    assert any(entry["uri"] == f"/containers/{url.split('/')[4]}/download/-" for entry in entries)
    assert any(entry["uri"] == "/login" for entry in entries), "the path that was asked for, not the file behind it"


def test_one_request_is_one_line_whatever_it_holds(sandbox: Sandbox) -> None:
    requests.get(f"{sandbox.url}/api/collection/%0d%0ainjected%1b[31m%22", timeout=60)
    marker = requests.get(f"{sandbox.url}/api/me", timeout=60).headers["X-Request-Id"]
    wait_for("the log", lambda: any(entry["request_id"] == marker for entry in log_entries(sandbox)))


def test_the_program_logs_the_request_id_that_the_client_got(sandbox: Sandbox) -> None:
    request_id = requests.get(f"{sandbox.url}/api/container/no/such:thing", timeout=60).headers["X-Request-Id"]
    wait_for("the line", lambda: request_id in (sandbox.layout.log / "api.log").read_text())


def test_a_slow_upload_is_not_buffered_by_nginx(sandbox: Sandbox, pusher: Callable[..., Pusher]) -> None:
    from pool import is_uploading

    slow = SlowUpload(pusher(), b"z" * 2_000_000)
    slow.send(0.3)
    wait_for("the program to have it already", lambda: is_uploading(sandbox))
    assert not [path for path in (sandbox.layout.nginx / "tmp").rglob("*") if path.is_file() and path.name != "nginx.pid"]
    assert slow.finish().status == 200


@pytest.mark.parametrize(("path", "is_page"), [("/api/container/x%02", False), ("/container/x%ff", False), ("/api/%zz", False), ("/upload%00", False),
                                               ("/collections/%ff", True), ("/%01", True), ("/api/" + "x" * 3000, False)])
def test_an_address_that_cannot_be_read_is_refused_in_the_form_that_fits_it(url: str, path: str, is_page: bool) -> None:
    """Programs that read the answer as JSON once met a page there."""
    with Wire(url) as wire:
        wire.begin("GET", path, {})
        answer = wire.answer()
    assert answer.status == 400
    if is_page:
        assert answer.headers["content-type"].startswith("text/html")
    else:
        assert json.loads(answer.body)["code"] == "bad_input"


@pytest.mark.parametrize("what", ["address", "header", "no host", "method"])
def test_what_nginx_itself_cannot_read_is_refused_in_our_form(url: str, what: str) -> None:
    with Wire(url) as wire:
        if what == "no host":
            wire.send(b"GET /api/me HTTP/1.1\r\nConnection: close\r\n\r\n")
        elif what == "method":
            wire.begin("GE T", "/api/me", {})
        else:
            wire.begin("GET", "/api/me" + "?q=" * 20_000 * (what == "address"), {"X": "x" * 60_000 * (what == "header")})
        answer = wire.answer()
    assert answer.status == 400 and json.loads(answer.body)["code"] == "bad_input"
    assert len(json.loads(answer.body)["request_id"]) == 32
