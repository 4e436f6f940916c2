"""Settings: where they come from, how they are refused, and what is written about them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask

from ecrm import config
from ecrm.cli.settings import page, settings
from tests.settings import ENVIRONMENT

ROOT = Path(__file__).parent.parent
GIVEN = ENVIRONMENT
PRODUCTION = GIVEN | {"ECRM_PROFILE": "production", "ECRM_HTTPS_COOKIES": "true", "ECRM_PUBLIC_URL": "https://care.example.net"}


def read(instance: Path, environ: dict[str, str] | None = None, **overrides: Any) -> dict[str, Any]:
    return config.read(instance, GIVEN if environ is None else environ, overrides)


def refusal(instance: Path, environ: dict[str, str]) -> str:
    with pytest.raises(config.BadSetting) as refused:
        read(instance, environ)
    return refused.value.message


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    """And an empty variable says nothing."""
    (tmp_path / "config.py").write_text('PORT = 8001\nTHREADS = 3\nMAIL_USE_TLS = False\nCOMPANY_NAME = "Internet Désa"\n', "utf-8")
    values = read(tmp_path, GIVEN | {"ECRM_PORT": "8002", "ECRM_THREADS": ""})
    assert (values["PORT"], values["THREADS"], values["HOST"]) == (8002, 3, "127.0.0.1")
    assert values["MAIL_USE_TLS"] is False and values["COMPANY_NAME"] == "Internet Désa"
    assert read(tmp_path, PORT=8003)["PORT"] == 8003


def test_what_is_not_set_lies_in_the_instance_folder(tmp_path: Path) -> None:
    """Database and attachments; the public address is the one that the server listens on."""
    values = read(tmp_path)
    assert values["DATABASE_URL"] == f"sqlite:///{tmp_path}/ecrm.db" and values["ATTACHMENTS_DIR"] == f"{tmp_path}/attachments"
    assert values["PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert read(tmp_path, GIVEN | {"ECRM_HOST": "0.0.0.0", "ECRM_PORT": "80"})["PUBLIC_URL"] == "http://127.0.0.1:80"
    assert read(tmp_path, GIVEN | {"ECRM_HOST": "::1"})["PUBLIC_URL"] == "http://[::1]:8000"


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_a_missing_secret_is_named(tmp_path: Path, name: str) -> None:
    """With the command that makes it."""
    said = refusal(tmp_path, {other: value for other, value in GIVEN.items() if other != name})
    assert name in said and "setup" in said


@pytest.mark.parametrize(("name", "value"), [
    ("PORT", "0"), ("PORT", "65536"), ("PORT", "http"), ("PORT", "-1"), ("PORT", "²"), ("THREADS", "0"), ("THREADS", "1.5"),
    ("TRUSTED_PROXIES", "all"), ("HTTPS_COOKIES", "perhaps"), ("PROFILE", "live"), ("LANGUAGE", "de"), ("TIME_ZONE", "Mars/Base"),
    ("TIME_ZONE", "../etc/passwd"), ("DATABASE_URL", "postgresql://a/b"), ("DATABASE_URL", "sqlite://"), ("DATABASE_URL", "sqlite:///:memory:"),
    ("DATABASE_URL", "mysql+pymysql://host"), ("DATABASE_URL", "mysql+pymysql://a:RAHASIA@host:x/b"), ("DATABASE_URL", "RAHASIA"),
    ("DATABASE_URL", "mysql+pymysql://a:b@RAHASIA@host/c"),
    ("PUBLIC_URL", "care.example.net"), ("PUBLIC_URL", "javascript:alert(1)"), ("MAIL_SENDER", "nobody"), ("LOG_FORMAT", "xml"), ("CLAMD", "8.8.8.8:3310"),
    ("METRICS_ADDRESS", "127.0.0.1:"),
])
def test_a_malformed_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    """In the environment and in the file; and nothing secret is repeated."""
    said = refusal(tmp_path, GIVEN | {f"ECRM_{name}": value})
    assert said.startswith(f"ECRM_{name} is malformed: use ") and "RAHASIA" not in said
    (tmp_path / "config.py").write_text(f"{name} = {value!r}", "utf-8")
    assert refusal(tmp_path, GIVEN).startswith(f"{name} in config.py is malformed: use ")


@pytest.mark.parametrize(("name", "value"), [
    ("LOG_FORMAT", "json"), ("CLAMD", "unix:/run/clamav/clamd.ctl"), ("CLAMD", "127.0.0.1:3310"), ("METRICS_ADDRESS", "[::1]:9100"), ("METRICS_ADDRESS", "10.0.0.4:9100"),
])
def test_a_setting_is_taken_as_it_is_written(tmp_path: Path, name: str, value: str) -> None:
    """Words and addresses that are good come through unchanged."""
    assert read(tmp_path, GIVEN | {f"ECRM_{name}": value})[name] == value


@pytest.mark.parametrize(("given", "words"), [
    ({"ECRM_GATEWAY_URL": "https://kirim.example"}, ["ECRM_GATEWAY_SECRET"]), ({"ECRM_GATEWAY_SECRET": "g" * 43}, ["ECRM_GATEWAY_URL"]),
    ({"ECRM_S3_BUCKET": "berkas"}, ["ECRM_S3_BUCKET", "pip install ecrm[s3]"]),
])
def test_a_setting_that_lacks_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], words: list[str]) -> None:
    """The other one, or a library that is not installed, is named."""
    monkeypatch.setattr(config, "find_spec", lambda _name: None)
    said = refusal(tmp_path, GIVEN | given)
    assert all(word in said for word in words)


@pytest.mark.parametrize(("text", "reason"), [("PORT = (", "not valid Python"), ("1 / 0", "not valid Python"), ("PROT = 9000", "PROT")])
def test_a_bad_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    """Broken Python, and names that are no settings."""
    (tmp_path / "config.py").write_text(text)
    said = refusal(tmp_path, GIVEN)
    assert str(tmp_path / "config.py") in said and reason in said and "\n" not in said


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Such as a folder of that name."""
    (tmp_path / "config.py").mkdir()
    assert str(tmp_path / "config.py") in refusal(tmp_path, GIVEN)


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", "k" * 31), ("PASSWORD_SALT", "s"), ("TOTP_SECRET", "t"), ("PROVISION_SECRET", "p" * 31), ("HTTPS_COOKIES", "false"), ("PUBLIC_URL", "http://care.example.net"),
])
def test_production_refuses_what_is_unsafe(tmp_path: Path, name: str, value: str) -> None:
    """By name; and takes what is safe."""
    partner = {"ECRM_PROVISION_URL": "https://jaringan.example"} if name == "PROVISION_SECRET" else {}
    assert f"ECRM_{name}" in refusal(tmp_path, PRODUCTION | partner | {f"ECRM_{name}": value})
    assert read(tmp_path, PRODUCTION)["PROFILE"] == "production"


def test_production_keeps_its_secrets_to_itself(tmp_path: Path) -> None:
    """A file with secrets that everybody on the machine may read is named with its remedy; one without may be read."""
    file = tmp_path / "config.py"
    file.write_text('COMPANY_NAME = "X"\n')
    file.chmod(0o644)
    assert read(tmp_path, PRODUCTION)["COMPANY_NAME"] == "X"
    file.write_text('MAIL_PASSWORD = "RAHASIA"\n')
    said = refusal(tmp_path, PRODUCTION)
    assert f"chmod o= {file}" in said and "RAHASIA" not in said
    assert read(tmp_path)["MAIL_PASSWORD"] == "RAHASIA", "a demo holds nothing"
    file.chmod(0o640)
    assert read(tmp_path, PRODUCTION)["MAIL_PASSWORD"] == "RAHASIA"


def test_production_answers_to_its_own_name_only(make_app: Callable[..., Flask]) -> None:
    """A forged Host, which could come back in a link, is refused; a demo answers to any."""
    own = {"PROFILE": "production", "HTTPS_COOKIES": True, "PUBLIC_URL": "https://care.example.net"}
    production, demo = make_app(**own).test_client(), make_app(PROFILE="demo").test_client()
    for host, status in (("care.example.net", 200), ("care.example.net:443", 200), ("evil.example", 400), ("care.example.net.evil.example", 400)):
        assert production.get("/", headers={"Host": host}).status_code == status
        assert demo.get("/", headers={"Host": host}).status_code == 200


def test_the_page_is_current() -> None:
    """docs/configuration.md is what `flask --app ecrm settings --markdown` prints."""
    found = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert found == page(), "write it again: flask --app ecrm settings --markdown > docs/configuration.md"
    assert CliRunner().invoke(settings, ["--markdown"]).output == found


def test_the_example_holds_settings_only(tmp_path: Path) -> None:
    """Every line that is taken out of its comment is a setting that is read."""
    example = (ROOT / "instance" / "config.example.py").read_text("utf-8")
    lines = [line.removeprefix("# ").split("  made by")[0] for line in example.splitlines() if " = " in line]
    (tmp_path / "config.py").write_text("\n".join(lines), "utf-8")
    (tmp_path / "config.py").chmod(0o600)
    values = read(tmp_path, GIVEN)
    assert len(lines) > 8 and values["PROFILE"] == "production"


def test_settings_prints_where_each_comes_from_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before there is an application, too."""
    (tmp_path / "config.py").write_text('SECRET_KEY = "RAHASIA"\nPORT = 8005\n')
    monkeypatch.setenv("ECRM_INSTANCE", str(tmp_path))
    monkeypatch.setenv("ECRM_DATABASE_URL", "mysql+pymysql://ecrm:RAHASIA@host/ecrm")
    said = CliRunner().invoke(settings).output
    lines = {line.split()[0]: line for line in said.splitlines()[2:]}
    assert set(lines) == {setting.name for setting in config.SETTINGS}
    assert "8005" in lines["PORT"] and "config.py" in lines["PORT"] and "ECRM_DATABASE_URL" in lines["DATABASE_URL"]
    assert "(missing)" in lines["TOTP_SECRET"] and lines["THREADS"].endswith("default")
    assert "RAHASIA" not in said


def test_a_relative_instance_folder_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken from where the command runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ECRM_INSTANCE", "here")
    assert config.instance_folder() == tmp_path / "here"


def test_the_wheel_holds_everything(tmp_path: Path) -> None:
    """Templates, styles, scripts, pictures, catalogues, migrations: each file of the package that git keeps is packed."""
    kept = subprocess.run(["git", "ls-files", "ecrm"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    code = (
        "from setuptools import build_meta; import sys; print(build_meta.build_wheel(sys.argv[1]))"
    )
    source = tmp_path / "source"
    for name in [*kept, "setup.cfg", "pyproject.toml", "README.md", "LICENSE"]:
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            target.write_bytes((ROOT / name).read_bytes())
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=source, check=True, capture_output=True, env=clean)
    with ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = set(wheel.namelist())
    assert [name for name in kept if (ROOT / name).exists() and name not in packed] == []
