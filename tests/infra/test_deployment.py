"""Compose file, Dockerfile, example environment, requirements and program agree with one another."""

import json
import re
import shlex
import tomllib
from importlib import metadata, util

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from config import embedded, secrets_check
from scripts import prepare

ROOT = settings.BASE_DIR
SECRETS = {"DJANGO_SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
OURS = {"migrate", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def dockerfile() -> list[list[str]]:
    """Instructions with their words, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [shlex.split(line, comments=True) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def names_in(file: str) -> dict[str, str]:
    """Distribution names, normalised, with what stands behind them."""
    lines = (line.split("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    found = (
        re.match(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?(.*)", line) for line in lines if line and not line.startswith("-")
    )
    return {re.sub(r"[-_.]+", "-", m[1]).lower(): m[2].strip() for m in found if m}


def program(service: dict) -> list[str]:
    command = service["command"]
    return shlex.split(command[2].replace("exec ", "")) if command[:2] == ["sh", "-c"] else command


def test_services_are_those_of_the_design(compose):
    assert set(compose["services"]) == OURS | {"db", "redis"}


def test_only_the_web_port_is_published_and_it_is_the_one_the_image_serves(compose, dockerfile):
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    exposed = next(words[1] for words in dockerfile if words[0] == "EXPOSE")
    assert published == {"web": [f"${{PORT:-8000}}:{exposed}"]}
    assert f"PORT={exposed}" in [word for words in dockerfile if words[0] == "ENV" for word in words]


def test_every_service_has_a_health_check(compose):
    for name, service in compose["services"].items():
        check = service["healthcheck"]
        assert check == {"disable": True} if name == "migrate" else check["test"], name
        if name in OURS - {"migrate"}:
            assert check["test"] == ["CMD", "python", "scripts/healthcheck.py", name]


def test_servers_wait_for_the_migrations_and_these_for_database_and_redis(compose):
    for name in OURS - {"migrate"}:
        assert compose["services"][name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert compose["services"]["migrate"]["depends_on"] == {
        name: {"condition": "service_healthy"} for name in ("db", "redis")
    }


def test_all_our_services_run_the_one_image_without_privileges(compose):
    for name in OURS:
        service = compose["services"][name]
        assert (service["build"], service["image"]) == (".", "yuanqu:local")
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True


def test_programs_of_the_commands_are_installed(compose):
    for name in OURS - {"migrate"}:
        words = program(compose["services"][name])
        assert words[0] in names_in("requirements.txt"), words
    assert program(compose["services"]["web"]) == ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi"]
    assert util.find_spec("config.gunicorn")


def test_management_commands_exist(compose):
    text = compose["services"]["migrate"]["command"][2]
    called = re.findall(r"manage\.py (\w+)", text)
    assert called == ["migrate", "load_pack"]
    assert set(called) <= set(get_commands())
    assert prepare.PACK in text
    assert (ROOT / prepare.PACK).is_dir()


def test_web_command_is_the_images_default(compose, dockerfile):
    command = json.loads(
        next(line for line in (ROOT / "Dockerfile").read_text().splitlines() if line.startswith("CMD"))[3:]
    )
    assert command == compose["services"]["web"]["command"]


def test_secrets_have_no_default_and_everything_is_in_the_example():
    text = (ROOT / "docker-compose.yml").read_text()
    variables = re.findall(r"\$\{(\w+)(:?[-?][^}]*)?\}", text)
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {name for name, _ in variables} == set(example)
    for name, rest in variables:
        assert rest.startswith(":?" if name in SECRETS | {"DJANGO_ALLOWED_HOSTS"} else ":-"), name
    assert {name: example[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")


def test_program_reads_every_variable_that_it_is_given(compose):
    sources = "".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
    for name in compose["services"]["web"]["environment"]:
        assert f'"{name}"' in sources, name


def test_environment_of_the_compose_file_passes_the_check_of_secrets(compose):
    given = {
        "DJANGO_SECRET_KEY": "k8Jw2-vQzR7tYxLm4NcB9sHdGfUeAoXi3TqPrVbWnEyMjZhC1u",
        "POSTGRES_PASSWORD": "n7Tq-Zx4Lw9Rb2",
        "REDIS_PASSWORD": "u3Yc_Km8Vs6Hd1",
        "DJANGO_ALLOWED_HOSTS": "portal.test",
    }

    def fill(match: re.Match[str]) -> str:
        return given.get(match[1], match[2] or "")

    environment = {
        name: re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", fill, str(value))
        for name, value in compose["services"]["web"]["environment"].items()
    }
    assert secrets_check.faults(environment) == []


def test_versions_agree(compose, dockerfile):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    pythons = {words[1] for words in dockerfile if words[0] == "FROM" and words[1].startswith("python:")}
    assert pythons == {f"python:{project['mypy']['python_version']}-slim"}
    assert project["ruff"]["target-version"] == "py" + project["mypy"]["python_version"].replace(".", "")
    assert compose["services"]["db"]["image"] == f"postgres:{embedded.POSTGRES_VERSION}"


def test_image_is_built_in_stages_and_runs_without_root(dockerfile):
    stages = [index for index, words in enumerate(dockerfile) if words[0] == "FROM"]
    final = dockerfile[stages[-1] :]
    assert len(stages) >= 3
    assert ["USER", "yuanqu"] in final
    installed = next(words for words in final if words[0] == "RUN")
    assert {"fonts-noto-cjk", "libpango-1.0-0", "libpangoft2-1.0-0"} <= set(installed)
    built = " ".join(word for words in dockerfile[: stages[-1]] for word in words)
    assert "manage.py collectstatic" in built
    assert "scripts/messages.py compile" in built
    assert "npm ci" in built


def test_image_takes_no_secret_and_no_data_along():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".data", ".git", ".venv", "node_modules"} <= set(ignored)


def test_every_requirement_is_pinned_and_installed_as_pinned():
    pinned = names_in("constraints.txt")
    wanted = set(names_in("requirements.txt")) | set(names_in("requirements-dev.txt"))
    assert wanted <= set(pinned)
    installed = {name: metadata.version(name) for name in wanted}
    assert installed == {name: pinned[name].removeprefix("==") for name in wanted}


def test_every_requirement_says_what_for():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if "  # " not in line] == []
