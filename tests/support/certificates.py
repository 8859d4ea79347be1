"""A certificate authority of the tests' own, and certificates for loopback: good ones and bad ones."""

from __future__ import annotations

import subprocess
from pathlib import Path


class Authority:
    """One CA in a directory; made with the openssl program."""

    def __init__(self, directory: Path, name: str = "ca") -> None:
        self.directory = directory
        self.certificate, self.key = directory / f"{name}.pem", directory / f"{name}.key"
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name} of the tests", "-keyout", self.key, "-out", self.certificate)

    def issue(self, name: str, address: str = "IP:127.0.0.1", days: str = "1") -> tuple[Path, Path]:
        """A certificate and its key; with a negative number of days it has ended."""
        request, certificate, key, extensions = (self.directory / f"{name}.{end}" for end in ("csr", "pem", "key", "ext"))
        extensions.write_text(f"subjectAltName={address}\n")
        self._openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days", days, "-extfile", extensions,
                      "-out", certificate)
        return certificate, key

    @staticmethod
    def _openssl(*arguments: str | Path) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)
