"""nginx in front of the sandbox, from the very files that a site includes: only paths and addresses are replaced."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

from .layout import REPOSITORY, Layout
from .processes import Processes
from .waiting import accepts

SOURCE = REPOSITORY / "nginx"
FILES = ("transload-http.conf", "transload-locations.conf", "sandbox.conf")
PROGRAM = Path("/usr/sbin/nginx")
DEBIAN = Path("/etc/nginx")


class Nginx:
    """One nginx with a configuration directory, temporary files and logs of its own."""

    def __init__(self, layout: Layout, processes: Processes, port: int, www: Path) -> None:
        self.www = www  # put together beside the program
        self.layout = layout
        self.processes = processes
        self.port = port

    def replacements(self, globus_origin: str) -> dict[str, str]:
        """What the shipped files say, and what this sandbox has in its place."""
        return {
            "/run/transload/": f"{self.layout.sockets}/",
            "/usr/share/transload/www": str(self.www),
            "/var/lib/transload/images/": f"{self.layout.images}/",
            "https://auth.globus.org": globus_origin,
            "127.0.0.1:8080": f"127.0.0.1:{self.port}",
            "/tmp/transload-nginx": str(self.layout.nginx / "tmp"),
            "/var/log/nginx/": f"{self.layout.log}/nginx-",
        }

    def configure(self, globus_origin: str) -> None:
        """Write the configuration and have nginx check it."""
        (self.layout.nginx / "tmp").mkdir(parents=True, exist_ok=True)
        for name in ("fastcgi_params", "mime.types"):
            shutil.copy(DEBIAN / name, self.layout.nginx / name)
        texts = {name: (SOURCE / name).read_text() for name in FILES}
        for old, new in self.replacements(globus_origin).items():
            if not any(old in text for text in texts.values()):
                raise RuntimeError(f"nginx/: no file mentions {old} any more; adapt sandbox/nginx.py")
            texts = {name: text.replace(old, new) for name, text in texts.items()}
        for name, text in texts.items():
            (self.layout.nginx / name).write_text(text)
        done = subprocess.run([*self._command(), "-t", "-q"], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"nginx refuses its configuration:\n{done.stderr}")

    def start(self) -> None:
        self.processes.start("nginx", [*self._command(), "-g", "daemon off;"], lambda: accepts(("127.0.0.1", self.port)))

    def reload(self) -> None:
        self.processes.send("nginx", signal.SIGHUP)

    def workers(self) -> list[int]:
        """Process ids; after a reload the old ones stay until their last request is answered."""
        known = self.processes.known("nginx")
        return known.children if known else []

    def stop(self) -> bool:
        """QUIT lets requests in flight finish."""
        return self.processes.stop("nginx", signal.SIGQUIT, seconds=15)

    def _command(self) -> list[str | Path]:
        return [PROGRAM, "-p", self.layout.nginx, "-e", self.layout.log / "nginx-error.log", "-c", self.layout.nginx / "sandbox.conf"]
