"""The files for containers, systemd and Kubernetes: what they promise stands in them.

Neither Docker's daemon nor a cluster is needed; docs/deploy.md says what that leaves untried.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from spinechat.settings import DESCRIPTIONS
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
KUBERNETES: list[dict[str, Any]] = list(
    yaml.safe_load_all((DEPLOY / "kubernetes" / "spinechat.yml").read_text(encoding="utf-8"))
)
APPS = ("app1", "app2")
UNITS = sorted((DEPLOY / "systemd").iterdir())


@pytest.mark.parametrize("name", ["nginx", *APPS, "prepare", "redis"])
def test_containers_may_write_nowhere_and_gain_nothing(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_only_nginx_is_reached_from_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == [
        "nginx"
    ]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name, service in COMPOSE["services"].items():
        assert name == "nginx" or service["networks"] == ["inside"]


def test_the_two_apps_differ_in_their_data_folder_alone() -> None:
    first, second = ({**COMPOSE["services"][name], "volumes": None} for name in APPS)
    assert first == second
    assert COMPOSE["services"]["app1"]["volumes"] != COMPOSE["services"]["app2"]["volumes"]


def test_the_proxy_that_is_believed_is_nginx() -> None:
    address = COMPOSE["services"]["nginx"]["networks"]["inside"]["ipv4_address"]
    for name in APPS:
        assert COMPOSE["services"][name]["environment"]["SPINECHAT_TRUSTED_PROXIES"] == address


def test_nobody_is_killed_in_mid_turn() -> None:
    """The launcher waits 10 s for its server."""
    assert all(COMPOSE["services"][name]["stop_grace_period"] == "20s" for name in APPS)
    pod = KUBERNETES[0]["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 20


def test_the_image_has_a_user_of_its_own_and_every_file_that_it_copies() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER 10001:10001" in lines
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name
                assert name not in ignored, name


@pytest.mark.parametrize("file", [p for p in DEPLOY.rglob("*") if p.is_file()], ids=str)
def test_every_setting_that_is_named_exists(file: Path) -> None:
    named = set(re.findall(r"SPINECHAT_[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")))
    assert named <= set(DESCRIPTIONS)


def test_the_example_of_secrets_holds_none() -> None:
    for line in (DEPLOY / "secrets.env.example").read_text(encoding="utf-8").splitlines():
        if re.search(r"PASSWORD=|SECRET=", line):
            assert line.endswith("=")


def test_kubernetes_runs_two_without_rights_and_asks_whether_they_are_ready() -> None:
    deployment = KUBERNETES[0]["spec"]
    assert deployment["replicas"] == 2
    assert deployment["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = deployment["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    for container in (*pod["initContainers"], *pod["containers"]):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
    app = pod["containers"][0]
    assert app["readinessProbe"]["httpGet"]["path"] == "/chat/ready"
    # A slow answer must not end a server: the launcher looks after it.
    assert app["livenessProbe"]["httpGet"]["path"] == "/chat/health"
    labels = deployment["template"]["metadata"]["labels"]
    assert KUBERNETES[1]["spec"]["selector"] == labels


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    # The program that they start is not installed here.
    for other in UNITS:
        text = other.read_text(encoding="utf-8")
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
        (tmp_path / other.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if unit.stem in line]
    assert not complaints, done.stderr
