"""``python -m globus_standin``: listen on the loopback interface until told to stop."""

from __future__ import annotations

import signal
import sys
import threading

from .application import Standin
from .config import parse
from .server import StandinServer
from .world import World


def main() -> None:
    config = parse(sys.argv[1:])
    server = StandinServer(config.listen, config.port)
    if config.tls_certificate:
        server.speak_tls(config.tls_certificate, config.tls_key)
    scheme = "https" if config.tls_certificate else "http"
    address = f"{scheme}://{config.listen}:{server.port}"
    config.base_url = (config.base_url or address).rstrip("/")
    server.application = Standin(World(config))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"globus_standin: listening on {address}", flush=True)
    server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    main()
