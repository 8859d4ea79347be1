"""What can be said of the container files where no engine runs: all that they name exists, and nginx and the program accept theirs."""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTAINER = ROOT / "deploy/container"
POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD_FILE"}  # of the image docker.io/library/postgres


def instructions() -> list[tuple[str, str]]:
    """(name, rest) of each line, with lines that go on made one."""
    text = re.sub(r"^#.*\n", "", (CONTAINER / "Containerfile").read_text(), flags=re.M).replace("\\\n", " ")
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())]


def of(name: str) -> list[str]:
    return [rest for found, rest in instructions() if found == name]


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((CONTAINER / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def installed(binary, tmp_path_factory) -> pathlib.Path:
    root = tmp_path_factory.mktemp("out")
    subprocess.run(["cmake", "--install", binary.parent], env={**os.environ, "DESTDIR": str(root)}, check=True, capture_output=True)
    return root


def test_instructions_are_known_and_stages_follow_each_other() -> None:
    assert {name for name, _ in instructions()} <= {"FROM", "ARG", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD", "EXPOSE", "STOPSIGNAL"}
    stages: list[str] = []
    for line in of("FROM"):
        image, stage = re.fullmatch(r"(\S+) AS (\w+)", line).groups()
        assert image in stages or image.startswith("docker.io/library/debian:12"), image
        stages.append(stage)
    assert {"program", "nginx"} <= set(stages)


def test_each_source_of_a_copy_is_there(installed: pathlib.Path) -> None:
    for line in of("COPY"):
        *sources, _ = [word for word in line.split() if not word.startswith("--")]
        for source in sources:
            if "--from=" not in line:
                assert (ROOT / source).exists(), source
                continue
            assert "--from=build" in line and source.startswith("/out/"), line
            # The build of the tests is installed below /usr/local, with its /etc beside.
            kind, _, rest = source.removeprefix("/out/").partition("/")
            assert kind == "etc" or (installed / "usr/local" / rest).exists(), source
            assert kind == "usr" or [path for path in installed.rglob(pathlib.Path(rest).name) if str(path).endswith(rest)], source


def test_each_package_is_one_of_the_lists() -> None:
    listed = {line.split("#")[0].strip() for path in (ROOT / "deploy").glob("apt-packages*.txt") for line in path.read_text().splitlines()}
    named = {word for line in of("RUN") for part in re.findall(r"apt-get install ([^&|]*)", line) for word in part.split()
             if re.fullmatch(r"[a-z][a-z0-9.+-]+", word)}
    assert {"nginx", "libpq5"} <= named <= listed
    assert "$(sed -e 's/#.*//' deploy/apt-packages-build.txt)" in " ".join(of("RUN"))


def test_what_is_run_is_shell() -> None:
    for line in of("RUN"):
        subprocess.run(["sh", "-n", "-c", line], check=True)


def test_the_build_argument_is_the_builds_own(compose: dict) -> None:
    assert of("ARG") == ["ENABLE_GLOBUS=true"] and "-DENABLE_GLOBUS=${ENABLE_GLOBUS}" in " ".join(of("RUN"))
    assert "option(ENABLE_GLOBUS " in (ROOT / "cmake/compile.cmake").read_text()
    assert compose["x-program"]["build"]["args"] == {"ENABLE_GLOBUS": "true"}


def test_each_service_is_whole(compose: dict, binary) -> None:
    table = json.loads(subprocess.run([binary, "--help", "--json"], check=True, capture_output=True, text=True).stdout)
    usages = [row["usage"].removeprefix("transload ") for row in table["commands"]]
    assert set(compose["services"]) == {"db", "migrate", "api", "upload", "agent", "nginx"}
    for name, service in compose["services"].items():
        assert service.get("depends_on", {}).keys() <= compose["services"].keys()
        assert set(service.get("secrets", [])) <= compose["secrets"].keys()
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (CONTAINER / source).is_dir(), volume
        if name not in ("db", "nginx"):
            assert " ".join(service["command"]) in usages, service["command"]
        if "build" in service:
            context = (CONTAINER / service["build"]["context"]).resolve()
            assert context == ROOT and (context / service["build"]["dockerfile"]).exists()
            assert any(line.endswith(f" AS {service['build']['target']}") for line in of("FROM"))
    assert " ".join(json.loads(of("CMD")[0])) in usages and json.loads(of("ENTRYPOINT")[0]) == ["/usr/bin/transload"]


def test_variables_and_secrets_are_the_programs(compose: dict, binary) -> None:
    listed = json.loads(subprocess.run([binary, "settings", "list", "--json"], check=True, capture_output=True, text=True).stdout)["items"]
    secret = {row["key"].lower() for row in listed if row["secret"]}
    for name, service in compose["services"].items():
        variables = set(service.get("environment", {}))
        assert variables <= (POSTGRES if name == "db" else {"CREDENTIALS_DIRECTORY"}), name
        assert name == "db" or set(service.get("secrets", [])) <= secret
    keys = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (CONTAINER / "settings/transload.conf").read_text(), re.M))
    assert keys and keys <= {row["key"] for row in listed}
    assert 'getenv("CREDENTIALS_DIRECTORY")' in "\n".join(file.read_text() for file in (ROOT / "src/base").glob("settings*.c"))


def test_settings_and_secrets_of_the_page_are_accepted(binary, compose: dict, tmp_path: pathlib.Path) -> None:
    """By the block that docs/containers.md tells to paste."""
    (block,) = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "docs/containers.md").read_text(), re.M | re.S)
    shutil.copytree(CONTAINER / "settings", tmp_path / "settings")
    subprocess.run(["sh", "-ec", "chown() { :; }\n" + block], cwd=tmp_path, check=True)  # whoever runs the tests
    assert {f"secrets/{path.name}" for path in (tmp_path / "secrets").iterdir()} == {secret["file"] for secret in compose["secrets"].values()}
    check = [binary, "settings", "check", "--settings", tmp_path / "settings/transload.conf"]
    done = subprocess.run(check, env={**os.environ, "CREDENTIALS_DIRECTORY": str(tmp_path / "secrets")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "@db/" in (tmp_path / "secrets/database_url").read_text()


def test_nginx_accepts_its_configuration(installed: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for name in ("transload-http.conf", "transload-locations.conf"):
        shutil.copy(ROOT / "nginx" / name, tmp_path)
    shutil.copy("/etc/nginx/fastcgi_params", tmp_path)
    texts = {path: path.read_text() for path in tmp_path.glob("transload-*")} | {tmp_path / "nginx.conf": (CONTAINER / "nginx.conf").read_text()}
    for path, text in texts.items():
        for old, new in (("/etc/transload/nginx/", f"{tmp_path}/"), ("/var/log/nginx/", f"{tmp_path}/"), ("/run/nginx.pid", f"{tmp_path}/pid"),
                         ("listen 80;", "listen 127.0.0.1:8080;"), ("www-data", "root")):
            text = text.replace(old, new)
        path.write_text(text)
    done = subprocess.run(["/usr/sbin/nginx", "-t", "-e", tmp_path / "error", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_both_images_have_one_account_and_the_sockets_directory() -> None:
    base = next(line for line in of("RUN") if "useradd" in line)
    words = shlex.split(base.replace("&&", " "))
    assert words[words.index("--uid") + 1] == words[words.index("--gid") + 1] == "990" and "/run/transload" in words
    assert "chown -R 990:990 secrets settings\n" in (ROOT / "docs/containers.md").read_text()
