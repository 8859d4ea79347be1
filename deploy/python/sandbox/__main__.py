"""``python -m sandbox demo|up|down|status|reset``: what ./deploy/sandbox runs once everything is installed and built."""

from __future__ import annotations

import sys

from .demo import DemoFailed, perform
from .layout import Options
from .processes import StartFailed
from .program import CommandFailed
from .report import print_access, print_status
from .sandbox import PortTaken, Sandbox
from .waiting import NotInTime


def up(sandbox: Sandbox) -> int:
    sandbox.up()
    print_access(sandbox)
    return 0


def down(sandbox: Sandbox) -> int:
    ran = sandbox.down()
    print(f"Stopped: {', '.join(ran)}." if ran else "The sandbox was not running.")
    return 0


def status(sandbox: Sandbox) -> int:
    return print_status(sandbox)


def reset(sandbox: Sandbox) -> int:
    sandbox.wipe()
    return up(Sandbox(sandbox.options))


def demo(sandbox: Sandbox) -> int:
    sandbox.up()
    perform(sandbox)
    print_access(sandbox)
    return 0


COMMANDS = {"up": up, "down": down, "status": status, "reset": reset, "demo": demo}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: sandbox {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[arguments[0]](Sandbox(Options.from_environment()))
    except (PortTaken, StartFailed, CommandFailed, NotInTime, DemoFailed) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
