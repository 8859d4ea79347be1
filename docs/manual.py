#!/usr/bin/env python3
"""Write the manual pages from the program's own tables: `docs/manual.py BINARY DIRECTORY`.

transload(1) has every command and option, transload.conf(5) every setting, transload-api.service(8) the units. Nothing of this is kept
in the tree, so it cannot become old.
"""
import json
import pathlib
import subprocess
import sys

UNITS = """\
.SH NAME
transload-api.service, transload-upload.service, transload-agent.service, transload-doctor.service \\- pools and background work of Transload
.SH SYNOPSIS
transload-api.socket, transload-api.service
.br
transload-upload.socket, transload-upload.service
.br
transload-agent.service
.br
transload-doctor.timer, transload-doctor.service
.SH DESCRIPTION
.B transload-api
answers the portal and small requests,
.B transload-upload
takes pushed images. Each listens on a socket that belongs to the service manager and is below
.IR /run/transload ;
nginx connects to it, and connections wait in it while the service restarts, so that none is refused.
.B transload-agent
follows transfers, sweeps, and compares images with their digests.
.B transload-doctor
looks once a day at all that the registry needs, and fails when there is a problem.
.PP
.B systemctl reload
of a pool reads the settings again; requests in flight end under the old ones.
.B systemctl restart
lets requests in flight end within DRAIN_TIMEOUT. The agent has no reload: it is restarted.
.PP
Pools and agent say to the service manager that they are alive, and are restarted when they do not.
.SH FILES
.TP
.I /etc/transload/transload.conf
The settings.
.TP
.I /etc/credstore/transload.secret_key
and likewise
.IR transload.secret_key_others ,
.I transload.database_url
and
.IR transload.social_auth_globus_secret :
secrets that win over the lines of the settings file.
.TP
.I /var/lib/transload/images
The images. Where IMAGES_ROOT is another directory, the units need it in
.BR ReadWritePaths= .
.SH SEE ALSO
.BR transload (1),
.BR transload.conf (5),
.BR systemd.exec (5)
"""


def ask(binary: str, *command: str) -> dict:
    done = subprocess.run([binary, *command, "--json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def roff(text: str) -> str:
    """Text that roff shows as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...").replace("–", "\\-")
    return "\\&" + plain if plain.startswith((".", "'")) else plain


def head(name: str, section: int, version: str) -> str:
    return f'.TH {name} {section} "" "Transload {version}" "Transload"\n'


def terms(rows: list[tuple[str, str]]) -> str:
    return "".join(f".TP\n.B {roff(term)}\n{roff(text)}.\n" for term, text in rows)


def commands(binary: str, version: str) -> str:
    table = ask(binary, "--help")
    described = [(row["usage"], row["help"]) for row in table["commands"]]
    options = [(row["usage"], row["help"]) for row in table["options"]]
    return (head("TRANSLOAD", 1, version) + ".SH NAME\ntransload \\- registry for Singularity images with Globus built in\n"
            ".SH SYNOPSIS\n.B transload\n.I noun\n[\n.I verb\n] [\n.I argument\n] [\n.I options\n]\n"
            ".SH COMMANDS\n" + terms(described) + ".SH OPTIONS\n" + terms(options) +
            ".SH EXIT STATUS\n0 done, 1 refused, 2 wrong input, 3 not found, 70 a mistake of the program, 75 try again later.\n"
            ".SH FILES\n.TP\n.I /etc/transload/transload.conf\nThe settings.\n"
            ".SH SEE ALSO\n.BR transload.conf (5),\n.BR transload\\-api.service (8)\n")


def setting(row: dict) -> tuple[str, str]:
    default = "It must be set" if row["required"] else f"Default: {row['default']}" if row["default"] else "Not set by default"
    secret = ". A secret" if row["secret"] else ""
    return row["key"], f"{row['help']}. {default}{secret}"


def settings(binary: str, version: str) -> str:
    rows = [setting(row) for row in ask(binary, "settings", "list")["items"]]
    return (head("TRANSLOAD.CONF", 5, version) + ".SH NAME\ntransload.conf \\- settings of Transload\n"
            ".SH SYNOPSIS\n.I /etc/transload/transload.conf\n.SH DESCRIPTION\n"
            "Lines of KEY=value, as in an environment file of systemd; # begins a comment.\n"
            "An unknown key, a key set twice or a value out of range stops the program with file, line and what would be right.\n"
            ".B transload settings check\nsays whether the file is good.\n.SH SETTINGS\n" + terms(rows) +
            ".SH SEE ALSO\n.BR transload (1),\n.BR transload\\-api.service (8)\n")


def main(binary: str, directory: pathlib.Path) -> None:
    version = ask(binary, "version")["version"]
    pages = {"man1/transload.1": commands(binary, version), "man5/transload.conf.5": settings(binary, version),
             "man8/transload-api.service.8": head("TRANSLOAD\\-API.SERVICE", 8, version) + UNITS}
    for name, text in pages.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
