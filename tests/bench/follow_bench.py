"""An agent that comes back to ten thousand open transfers: how soon it has seen them all, how often it asks, what memory it takes."""

from __future__ import annotations

import shutil

import psycopg

from sandbox.layout import REPOSITORY, Options
from sandbox.sandbox import Sandbox
from sandbox.waiting import free_port, wait_for

from following import Following, Tasks
from measure import Scale, tell
from place import RELEASE, Place

ANSWER_S = 0.05  # of a call to Globus
LONGEST_S = 60
CALLS_PER_SECOND = 20


def follow(place: Place, scale: Scale) -> None:
    """In a sandbox of its own, whose Transfer service answers nothing but task_list."""
    tasks = Tasks(ANSWER_S)
    options = Options(state=REPOSITORY / "var/bench-follow", binary=RELEASE / "transload", port=free_port(), users=("alice", "bob", "carol"),
                      settings={"GLOBUS_TRANSFER_URL": tasks.url, "AGENT_INTERVAL": "10"})
    sandbox = Sandbox(options)
    try:
        sandbox.up()
        wait_for("the idle agent", lambda: sandbox.processes.alive("agent"))
        with psycopg.connect(sandbox.database.url, autocommit=True) as db:
            idle = rss_of(Following(sandbox, db, tasks, 0))
            followed = Following(sandbox, db, tasks, scale.open_transfers)
            seconds = followed.start_agent()
            tell(f"{scale.open_transfers} open transfers tracked / 60 s", seconds, LONGEST_S, "s", "<= 1")
            tell("calls a second and user / 20", tasks.greatest_rate(), CALLS_PER_SECOND, "", "<= 1")
            print(f"    {len(tasks.asked)} calls; agent idle {idle:.1f} MiB, then {followed.agent_mib('VmRSS'):.1f} MiB, "
                  f"greatest {followed.agent_mib('VmHWM'):.1f} MiB", flush=True)
    finally:
        tasks.close()
        sandbox.wipe()
        shutil.rmtree(options.state, ignore_errors=True)


def rss_of(followed: Following) -> float:
    followed.start_agent()
    return followed.agent_mib("VmHWM")
