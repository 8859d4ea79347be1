"""Thousands of open transfers, and a Transfer service that knows nothing but them: how an agent finds its way back into them.

Each transfer is a row whose task has run for a while. The service answers ``task_list`` for whatever ids it is asked, after the time a
call to Globus takes, and notes when each user's token asked for what.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg

from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_for

from person import Person
from world import ALICE, BOB, CAROL

USERS = {"alice": ALICE, "bob": BOB, "carol": CAROL}


@dataclass
class Asked:
    at: float
    user: str  # by token
    ids: list[str]


class Tasks:
    """``GET /task_list?filter=task_id:…``: every task is there and has moved some bytes."""

    def __init__(self, answer_s: float) -> None:
        self.asked: list[Asked] = []
        self.odd: list[str] = []
        self.moved = 1
        tasks = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                if not url.path.endswith("/task_list"):
                    tasks.odd.append(self.path)
                query = parse_qs(url.query)
                ids = query.get("filter", ["task_id:"])[0].removeprefix("task_id:").split(",")
                tasks.asked.append(Asked(time.monotonic(), self.headers["Authorization"], ids))
                time.sleep(answer_s)
                body = json.dumps({"DATA_TYPE": "task_list", "length": len(ids), "total": len(ids), "limit": int(query["limit"][0]), "offset": 0,
                                   "DATA": [tasks.document(task) for task in ids]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def document(self, task_id: str) -> dict[str, object]:
        return {"DATA_TYPE": "task", "task_id": task_id, "status": "ACTIVE", "nice_status": "OK", "nice_status_short_description": "OK",
                "is_paused": False, "bytes_transferred": self.moved, "effective_bytes_per_second": 1_000_000, "faults": 0,
                "files_skipped": 0, "fatal_error": None, "label": "Singularity Registry Transfer: tacos/avocados:latest",
                "source_endpoint_display_name": "Singularity Registry images", "destination_endpoint_display_name": "Sherlock"}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def greatest_rate(self) -> int:
        """Most calls in one user's name within any second."""
        times: dict[str, list[float]] = defaultdict(list)
        for asked in self.asked:
            times[asked.user].append(asked.at)
        return max(sum(1 for at in of_user if begin <= at < begin + 1) for of_user in times.values() for begin in of_user)


class Following:
    """A registry whose agent is stopped, with so many open transfers of three users."""

    def __init__(self, sandbox: Sandbox, db: psycopg.Connection, tasks: Tasks, rows: int) -> None:
        self.sandbox, self.db, self.tasks, self.rows = sandbox, db, tasks, rows
        sandbox.processes.stop("agent")
        shares = {"alice": rows // 2, "bob": rows // 3, "carol": rows - rows // 2 - rows // 3}
        for name, count in shares.items():
            sandbox.standin.control.auto(USERS[name])
            Person(sandbox.url, name, sandbox.user(name)["password"]).sign_in().connect()
            db.execute(
                "insert into transfers (user_id, uri, sha256, source_path, endpoint_id, endpoint_name, path, state, state_text, submission_id,"
                " task_id, bytes_total, next_check_at, created_at)"
                " select id, 'tacos/avocados:latest', sha256('x'), '/1/sha256.x.sif', gen_random_uuid(), 'Sherlock', '/~/' || n, 'queued',"
                " 'Accepted by Globus.', gen_random_uuid(), gen_random_uuid(), 1000000, now() - random() * interval '1 minute',"
                " now() - random() * interval '6 hours' from users, generate_series(1, %s) n where username = %s", [count, name])
        db.execute("analyze transfers")

    def tracked(self) -> int:
        return self.db.execute("select count(*) from transfers where state = 'running' and bytes_transferred = %s", [self.tasks.moved]).fetchone()[0]

    def start_agent(self) -> float:
        """Seconds until each transfer has been seen again."""
        begin = time.monotonic()
        self.sandbox.program.start_agent()
        wait_for("all transfers to be tracked", lambda: self.tracked() == self.rows, 180)
        return time.monotonic() - begin

    def agent_mib(self, what: str) -> float:
        """``VmRSS`` now or ``VmHWM``, the greatest so far."""
        pid = self.sandbox.processes.known("agent").pid
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) / 1024
        raise LookupError(what)
