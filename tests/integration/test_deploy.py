"""What is installed: scripts, units, settings, the sandbox's own commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.image import make_image, sha256
from sandbox.layout import REPOSITORY
from sandbox.processes import Known, start_time
from sandbox.sandbox import PortTaken, Sandbox

SCRIPTS = ["deploy/sandbox", "deploy/prepare.sh", "deploy/package.sh", "deploy/debian/postinst", "deploy/debian/prerm", "deploy/debian/postrm",
           "tests/run", "tests/system", "tests/container", ".ci/run"]


def test_scripts_pass_shellcheck() -> None:
    done = subprocess.run(["shellcheck", "-x", *SCRIPTS], cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_example_settings_are_accepted_once_filled_in(sandbox: Sandbox, tmp_path: Path) -> None:
    example = (REPOSITORY / "deploy/transload.conf.example").read_text()
    filled = tmp_path / "transload.conf"
    filled.write_text(example.replace("SECRET_KEY=\n", f"SECRET_KEY={'0' * 64}\n"))
    done = subprocess.run([sandbox.program.binary, "settings", "check", "--settings", filled], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_as_it_is_says_what_is_missing(sandbox: Sandbox) -> None:
    done = subprocess.run([sandbox.program.binary, "settings", "check", "--settings", REPOSITORY / "deploy/transload.conf.example"],
                          capture_output=True, text=True)
    assert done.returncode != 0 and "SECRET_KEY" in done.stdout + done.stderr


def test_settings_print_hides_secrets(sandbox: Sandbox) -> None:
    printed = sandbox.program.run("settings", "print").stdout
    assert sandbox.kept["secret_key"] not in printed and sandbox.kept["client_secret"] not in printed and "DOMAIN_NAME" in printed


@pytest.mark.parametrize("unit", ["transload-api.service", "transload-upload.service", "transload-agent.service", "transload-doctor.service"])
def test_units_are_shut_in(unit: str, binary: Path) -> None:
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=15", binary.parent / "systemd" / unit],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-500:]


def test_units_are_valid_once_installed(binary: Path, tmp_path: Path) -> None:
    for unit in (binary.parent / "systemd").iterdir():
        (tmp_path / unit.name).write_text(re.sub(r"=\S+/bin/transload ", f"={binary} ", unit.read_text()))
    units = sorted(tmp_path.iterdir())
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    complaints = [line for line in done.stderr.splitlines() if "transload" in line and "not installed" not in line]
    assert len(units) == 7 and not complaints, "\n".join(complaints)


def test_it_installs_below_another_root(binary: Path, tmp_path: Path) -> None:
    subprocess.run(["cmake", "--install", binary.parent], env={**os.environ, "DESTDIR": str(tmp_path)}, check=True, capture_output=True)
    installed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    prefix = "usr/local"
    assert {f"{prefix}/bin/transload", f"{prefix}/share/man/man1/transload.1.gz", f"{prefix}/share/transload/www/pages/home.html",
            f"{prefix}/lib/systemd/system/transload-api.service", f"{prefix}/lib/systemd/system/transload-doctor.timer",
            f"{prefix}/lib/sysusers.d/transload.conf", f"{prefix}/share/transload/transload.conf.example"} < installed
    nginx = [path for path in installed if path.endswith("nginx/transload-http.conf")]
    assert len(nginx) == 1 and all(path.startswith((prefix, nginx[0].split("/transload/")[0])) for path in installed), installed
    unit = (tmp_path / prefix / "lib/systemd/system/transload-agent.service").read_text()
    assert "ExecStart=/usr/local/bin/transload agent\n" in unit and str(tmp_path) not in unit


# -- the sandbox's own promises -------------------------------------------------------------------

def test_the_description_has_the_promised_shape(sandbox: Sandbox) -> None:
    path = sandbox.layout.description
    assert path.stat().st_mode & 0o777 == 0o600
    described = json.loads(path.read_text())
    assert set(described) == {"base_url", "users", "images_root", "database_url", "globus", "pids"}
    assert all(set(user) == {"username", "password", "token", "admin"} for user in described["users"])
    assert set(described["globus"]) == {"url", "control_url", "identities", "endpoints"}
    assert all(set(e) == {"id", "display_name", "root", "owner", "entity_type"} for e in described["globus"]["endpoints"])
    assert all(set(i) == {"id", "username"} for i in described["globus"]["identities"])
    assert all(Path(e["root"]).is_dir() for e in described["globus"]["endpoints"])


def test_the_description_agrees_with_the_stand_in(sandbox: Sandbox) -> None:
    said = {e["id"]: e["root"] for e in sandbox.standin.control.get("world")["endpoints"]}
    assert {e["id"]: e["root"] for e in sandbox.standin.describe()["endpoints"]} == said


def test_a_second_up_changes_nothing(sandbox: Sandbox) -> None:
    before = sandbox.status()
    Sandbox(sandbox.options).up()
    assert sandbox.status() == before and None not in before.values()


def test_files_with_secrets_are_private(sandbox: Sandbox) -> None:
    for path in (sandbox.layout.settings, sandbox.layout.secrets, sandbox.layout.description, sandbox.layout.globus / "config.json"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_process_that_only_has_the_same_id_is_left_alone(sandbox: Sandbox) -> None:
    stranger = Known("api", os.getpid(), (start_time(os.getpid()) or 0) - 1)
    assert not stranger.alive


def test_a_taken_port_is_told_with_a_way_out(sandbox: Sandbox, make_sandbox: object, tmp_path: Path) -> None:
    from dataclasses import replace

    other = Sandbox(replace(sandbox.options, state=tmp_path))
    with pytest.raises(PortTaken, match="SANDBOX_PORT"):
        other.up()
    shutil.rmtree(other.database.root, ignore_errors=True)


def test_an_image_is_a_real_sif_of_the_size_asked_for(tmp_path: Path) -> None:
    image = make_image(tmp_path / "i.sif", 5_000_000)
    listing = subprocess.run(["siftool", "list", image], capture_output=True, text=True).stdout
    assert "Def.FILE" in listing and "JSON.Labels" in listing and "Squashfs/*System/amd64" in listing
    assert 5_000_000 <= image.stat().st_size < 5_200_000 and len(sha256(image)) == 64
