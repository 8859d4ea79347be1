"""Two application hosts, a database host, nginx: kill one, cut one off, bring it back. ``hosts.py SITE STATE BINARY``, called by tests/hosts."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import requests

from person import Person
from pool import SlowUpload
from pushing import Pusher
from sandbox.client import SregistryClient
from sandbox.image import make_image, sha256
from sandbox.layout import REPOSITORY
from sandbox.waiting import wait_for
from site_of_hosts import URL, AppHost, Site
from steps import perform
from work import Work
from world import ALICE, STANFORD_GUEST

HAND_OVER_S = 75  # the lease of a claim (60 s), a round, and what the machine takes
CUT_OFF_S = 30  # until a host without a database says so: 10 s for what is on its way, 5 s for a new connection, and the queue before it
LOST_PUSH_S = 80  # net.ipv4.tcp_retries2 of the page: 50 s, and what was sent before
COME_BACK_S = 20
PUSHED = 8 << 20
ONCE = 20


class Hosts:
    """The steps, with what one hands to the next."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.app1, self.app2 = site.apps
        self.works: list[Work] = []
        self.container = 0
        self.wished: list[str] = []
        self.lost: list[concurrent.futures.Future[tuple[int, float]]] = []
        self.threads = concurrent.futures.ThreadPoolExecutor(ONCE)

    def bring_up(self) -> str:
        self.site.up()
        for app in self.site.apps:
            wait_for(f"readiness of {app.name}", app.is_ready)
        self.site.add_user("alice")
        said = subprocess.run(["/usr/sbin/pgbouncer", "--version"], capture_output=True, text=True, check=True).stdout
        with psycopg.connect(self.site.database.url) as connection:
            server = connection.info.parameter_status("server_version")
        return f"{said.splitlines()[0]}, PostgreSQL {server}, two hosts of 9 processes on {self.held()} sessions"

    def held(self) -> int:
        """Sessions that PostgreSQL has given out."""
        with psycopg.connect(self.site.database.url) as connection:
            row = connection.execute("select count(*) from pg_stat_activity where datname = 'transload' and pid <> pg_backend_pid()").fetchone()
            assert row is not None
            return int(row[0])

    # -- all is well --------------------------------------------------------------------------------

    def a_session_holds_at_both_hosts(self) -> str:
        user = self.site.users["alice"]
        content = json.dumps({"username": "alice", "password": user["password"]}).encode()
        answer = self.app1.ask("POST", "/api/login", content, CONTENT_TYPE="application/json")
        assert answer.status == 200, answer
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        assert self.whose(self.app2, cookie) == "alice" == self.whose(self.app1, cookie)
        csrf = json.loads(answer.body)["csrf_token"]
        assert self.app2.ask("POST", "/api/logout", b"", HTTP_COOKIE=cookie, HTTP_X_CSRF_TOKEN=csrf).status == 204
        assert self.whose(self.app1, cookie) is None
        return "signed in at app1, known to app2; signed out at app2, unknown to app1"

    def whose(self, app: AppHost, cookie: str) -> str | None:
        answer = app.ask("GET", "/api/me", HTTP_COOKIE=cookie)
        assert answer.status == 200, answer
        user = json.loads(answer.body)["user"]
        return str(user["username"]) if user else None

    def push_and_pull_with_the_client(self) -> str:
        work = self.site.layout.state / "client"
        work.mkdir()
        client = SregistryClient(REPOSITORY / "var/venv-sregistry/bin/sregistry", work / "alice.sregistry")
        client.write_secrets(URL, "alice", self.site.users["alice"]["token"])
        image = work / "avocados.simg"
        make_image(image, 4 << 20)
        for number in range(4):
            done = client.push(image, f"tacos/avocados{number}.simg")
            assert "[Return status 200 Upload Complete]" in done.stdout, done.stdout
        client.pull("tacos/avocados3", work / "pulled.simg")
        assert sha256(work / "pulled.simg") == sha256(image)
        took = [app.served("route=/upload status=200") for app in self.site.apps]
        assert min(took) > 0, took
        return f"4 pushes, {took[0]} taken by app1 and {took[1]} by app2; the pull has the same sha256"

    def connect(self) -> str:
        self.person = Person(URL, "alice", self.site.users["alice"]["password"]).sign_in()
        self.site.globus.auto(ALICE)
        self.person.connect()
        self.container = int(requests.get(f"{URL}/api/container/tacos/avocados0:latest", timeout=30).json()["id"])
        done = self.wait_for_transfers([self.wish("/first/")], 60)
        return f"alice at Globus, one transfer done after {done:.1f} s"

    def wish(self, path: str) -> str:
        asked = self.person.transfer(self.container, STANFORD_GUEST, path=path)
        assert asked.status_code in (200, 201, 202), asked.text
        return str(asked.json()["id"])

    def wait_for_transfers(self, ids: list[str], seconds: float) -> float:
        """Until all are done; how long it took."""
        began = time.monotonic()
        with psycopg.connect(self.site.database.url, autocommit=True) as connection:
            def done() -> bool:
                states = {row[0] for row in connection.execute("select state::text from transfers where id = any(%s::uuid[])", [ids])}
                assert not states & {"failed", "cancelled", "needs_you"}, states
                return states == {"done"}
            wait_for(f"{len(ids)} transfers", done, seconds)
        return time.monotonic() - began

    def both_agents_make_one_task_of_a_wish(self) -> str:
        """Globus takes every submission and its answers are lost, so that workers and both agents send it again."""
        before = len(self.site.globus.tasks())
        self.site.globus.fail("submit", times=3 * ONCE, after="accept")
        ids = list(self.threads.map(lambda number: self.wish(f"/once/{number}/"), range(ONCE)))
        seconds = self.wait_for_transfers(ids, 120)
        tasks = self.site.globus.tasks()[before:]
        sent = len(self.site.globus.calls("submit"))
        assert len(tasks) == ONCE and sent > 2 * ONCE, (len(tasks), sent)
        by = [app.served("job=transfer_follow") for app in self.site.apps]
        assert min(by) > 0, by
        return f"{ONCE} wishes, {sent} submissions, {len(tasks)} tasks, done after {seconds:.1f} s; rounds of work: app1 {by[0]}, app2 {by[1]}"

    # -- a host dies --------------------------------------------------------------------------------

    def work(self, marker: str) -> Work:
        work = Work(URL, self.site.users["alice"], self.person, self.container, marker)
        self.works.append(work)
        return work

    def kill_app1_and_bring_it_back(self) -> str:
        with self.work("kill") as work:
            work.wait(100)
            claimed = self.let_app1_claim()
            self.app1.kill()
            died = time.monotonic()
            self.app2.send("agent", signal.SIGCONT)
            self.site.globus.post("hold", hold=False)
            work.wait(200)
            self.app1.start("api", "upload")
            back = time.monotonic() - died
            work.wait(200)
            self.wait_for_transfers(claimed, HAND_OVER_S)
            handed = time.monotonic() - died
        self.app1.start("agent")
        assert handed <= HAND_OVER_S
        return f"{work.judged()}; pools back after {back:.1f} s; app2's agent ended what app1's had claimed {handed:.0f} s after its death"

    def let_app1_claim(self) -> list[str]:
        """Open transfers under a lease of app1's agent, which waits for Globus's answer."""
        self.site.globus.post("hold", hold=True)
        for number in range(3):
            self.wish(f"/claimed/{number}/")
        self.app2.send("agent", signal.SIGSTOP)
        self.site.globus.fail("task_list", times=1, delay_s=30)
        with psycopg.connect(self.site.database.url, autocommit=True) as connection:
            query = "select id::text from transfers where finished_at is null and next_check_at > now() + interval '55 seconds'"
            return wait_for("a claim of app1", lambda: [row[0] for row in connection.execute(query)], 30)

    # -- a host is cut off --------------------------------------------------------------------------

    def cut_app2_off_from_the_database(self) -> str:
        before = self.app2.pids()
        with self.work("cut") as work:
            work.wait(100)
            self.site.network.cut("app2", "data")
            said = [self.timed(lambda: self.app2.ask("GET", "/api/portal/collections").status) for _ in range(2)]
            work.wait(100)
            self.site.network.join("app2", "data")
            back = self.timed(lambda: wait_for("app2's return", self.app2.is_ready, COME_BACK_S))[1]
            sent = self.until_nginx_sends_to(self.app2)
        assert {status for status, _ in said} == {503} and max(seconds for _, seconds in said) <= CUT_OFF_S, said
        assert work.longest("read", "session", "push", "wish") <= 2 * CUT_OFF_S and self.app2.pids() == before
        return (f"app2 answers 503 after {', '.join(f'{seconds:.0f}' for _, seconds in said)} s, is ready {back:.1f} s after the link, by itself, "
                f"and asked by nginx {sent:.1f} s later; {work.judged()}")

    def timed(self, what: Callable[[], object]) -> tuple[object, float]:
        began = time.monotonic()
        return what(), time.monotonic() - began

    def cut_app1_off_from_nginx_for_a_moment(self) -> str:
        uploads = self.half_sent()
        self.site.network.cut("app1", "site")
        answers = [self.threads.submit(upload.finish) for upload in uploads]
        reads = [self.timed(lambda: requests.get(f"{URL}/api/portal/collections", timeout=30).status_code) for _ in range(20)]
        assert {status for status, _ in reads} == {200}, reads
        self.site.network.join("app1", "site")
        statuses = [answer.result(60).status for answer in answers]
        assert statuses == [200, 200], statuses
        return f"both pushes go on and end well; 20 reads meanwhile, longest {max(seconds for _, seconds in reads):.1f} s"

    def half_sent(self) -> list[SlowUpload]:
        """A push on each host, in the middle of its body: nginx gives the second one to the host that has none."""
        user = self.site.users["alice"]
        uploads = [SlowUpload(Pusher(URL, "alice", user["token"], "slow", f"image-{secrets.token_hex(4)}"), secrets.token_bytes(PUSHED)) for _ in range(2)]
        for upload in uploads:
            upload.wire.socket.settimeout(2 * LOST_PUSH_S)
            upload.send(0.5)
        wait_for("a push on each host", lambda: all(self.has_unnamed_image(app) for app in self.site.apps), 20)
        return uploads

    def has_unnamed_image(self, app: AppHost) -> bool:
        """Whether a worker of its pool has a file without a name open."""
        parent = self.site.processes.known(f"{app.name}-upload")
        assert parent is not None
        for descriptor in (each for pid in parent.children for each in Path(f"/proc/{pid}/fd").iterdir()):
            try:
                target = str(descriptor.readlink())
            except OSError:
                continue
            if target.endswith(" (deleted)") and target.startswith(str(self.site.layout.images)):
                return True
        return False

    def cut_app1_off_from_nginx_in_the_middle_of_a_push(self) -> str:
        """What becomes of the pushes is seen two steps on."""
        self.lost = [self.threads.submit(self.timed, upload.finish) for upload in self.half_sent_and_cut()]
        reads = [self.timed(lambda: requests.get(f"{URL}/api/portal/collections", timeout=30).status_code) for _ in range(30)]
        assert {status for status, _ in reads} == {200}, reads
        self.wished = [self.wish(f"/cut/{number}/") for number in range(3)]  # app1's agent reaches the database and not Globus
        return f"30 reads through app2, longest {max(seconds for _, seconds in reads):.1f} s; 3 wishes taken"

    def half_sent_and_cut(self) -> list[SlowUpload]:
        uploads = self.half_sent()
        self.site.network.cut("app1", "site")
        return uploads

    def restart_pgbouncer_and_postgresql(self) -> str:
        before = [app.pids() for app in self.site.apps]
        said = []
        for name, part in (("pgbouncer", self.site.pooler), ("PostgreSQL", self.site.database)):
            part.stop()
            status, seconds = self.timed(lambda: requests.get(f"{URL}/api/portal/collections", timeout=60).status_code)
            assert status in (502, 503, 504) and seconds <= CUT_OFF_S, (status, seconds)
            part.start()
            back = self.timed(lambda: wait_for("readiness", self.is_ready, COME_BACK_S))[1]
            said.append(f"without {name} {status} after {seconds:.1f} s, back {back:.1f} s after its start")
        assert [app.pids() for app in self.site.apps] == before
        return "; ".join(said)

    def is_ready(self) -> bool:
        return requests.get(f"{URL}/readyz", timeout=30).status_code == 200

    def the_push_ends_and_app1_comes_back(self) -> str:
        before = self.app1.pids()
        ends = [(answer.status, seconds) for answer, seconds in (each.result(2 * LOST_PUSH_S) for each in self.lost)]
        assert sorted(status for status, _ in ends) in ([200, 502], [200, 504]), ends
        lost = next(end for end in ends if end[0] != 200)
        assert lost[1] <= LOST_PUSH_S, ends
        self.site.network.join("app1", "site")
        back = self.until_nginx_sends_to(self.app1)
        assert self.app1.is_ready() and self.app1.pids() == before
        seconds = self.wait_for_transfers(self.wished, HAND_OVER_S)
        return (f"the push into app1 is told {lost[0]} after {lost[1]:.0f} s; nginx sends to app1 again {back:.1f} s after the link, "
                f"and the wishes of the step before last are done {seconds:.1f} s later")

    def until_nginx_sends_to(self, app: AppHost) -> float:
        """How long it takes until a read reaches this host again."""
        line = "route=/api/portal/recent status=200"
        count = app.served(line)

        def reached() -> bool:
            assert requests.get(f"{URL}/api/portal/recent", timeout=30).status_code == 200
            return app.served(line) > count

        return self.timed(lambda: wait_for(f"nginx to ask {app.name}", reached, COME_BACK_S))[1]

    # -- the end ------------------------------------------------------------------------------------

    def nothing_was_lost(self) -> str:
        pushed = {uri: digest for work in self.works for uri, digest in work.pushed.items()}
        for number, (uri, digest) in enumerate(pushed.items()):
            manifest = requests.get(f"{URL}/api/container/{uri}", timeout=30).json()
            assert manifest["version"] == f"sha256.{digest}", uri
            if number % 20 == 0:  # the bytes of all are compared below
                assert hashlib.sha256(requests.get(manifest["image"], timeout=60).content).hexdigest() == digest, uri
        verified = self.app1.run("images", "verify", "--all").strip().splitlines()[-1]
        checked = self.app2.run("restore", "check").strip().splitlines()[-1]
        return f"{len(pushed)} acknowledged pushes are there, every twentieth was pulled; images verify: {verified}; restore check: {checked}"

    def each_wish_is_one_task(self) -> str:
        wished = [wish for work in self.works for wish in work.wished]
        self.wait_for_transfers(wished, HAND_OVER_S)
        with psycopg.connect(self.site.database.url, autocommit=True) as connection:
            wait_for("the rest", lambda: connection.execute("select count(*) from transfers where finished_at is null").fetchone() == (0,), HAND_OVER_S)
            rows = connection.execute("select submission_id::text, task_id::text from transfers").fetchall()
        tasks = {task["task_id"] for task in self.site.globus.tasks()}
        assert len({task for _, task in rows}) == len(rows) and {task for _, task in rows} == tasks, (len(rows), len(tasks))
        assert not self.site.reports(), self.site.reports()[:5]
        return f"{len(wished)} acknowledged under load, {len(rows)} in all, {len(tasks)} tasks; {self.held()} sessions held"

    def steps(self) -> list[Callable[[], str]]:
        return [self.bring_up, self.a_session_holds_at_both_hosts, self.push_and_pull_with_the_client, self.connect, self.both_agents_make_one_task_of_a_wish,
                self.kill_app1_and_bring_it_back, self.cut_app2_off_from_the_database, self.cut_app1_off_from_nginx_for_a_moment,
                self.cut_app1_off_from_nginx_in_the_middle_of_a_push, self.restart_pgbouncer_and_postgresql, self.the_push_ends_and_app1_comes_back,
                self.nothing_was_lost, self.each_wish_is_one_task]


def main(name: str, state: str, binary: str) -> int:
    site = Site(name, Path(state), Path(binary))
    try:
        return perform(Hosts(site).steps(), site.journal)
    finally:
        site.down()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
