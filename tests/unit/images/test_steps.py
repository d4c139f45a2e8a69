"""What is done for an image of ours: the commands and their order."""

from pathlib import Path

import pytest

from infra.cloud_error import CloudApiError
from infra.images import steps
from infra.images.login import Login, login_of
from infra.images.steps import Image
from infra.images.tools import (
    Answer,
    Engine,
    MissingToolsError,
    Scanner,
    Tools,
    find_tools,
)

IMAGE = Image("model-server", "registry.example/p/model-server", "0.1.0")
TAGGED = "registry.example/p/model-server:0.1.0"
DIGEST = "sha256:" + "a" * 64
OUT = Path("out")


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("scanner", Scanner)
def test_what_is_scanned_is_what_was_built_and_will_be_pushed(
    engine: Engine, scanner: Scanner
) -> None:
    tools = Tools(engine, scanner)
    build, scan, contents = steps.before_push(IMAGE, tools, OUT)

    assert "--platform" in build.command
    for step in (build, scan, contents, steps.push(IMAGE, tools, OUT)):
        assert TAGGED in step.command
    assert str(steps.contents_file(IMAGE, OUT)) in contents.command[-1] or contents.command[-1] == (
        TAGGED
    )


@pytest.mark.parametrize("scanner", Scanner)
def test_a_scan_stops_at_what_is_high_and_has_a_fix(scanner: Scanner) -> None:
    _, scan, _ = steps.before_push(IMAGE, Tools(Engine.DOCKER, scanner), OUT)

    strict = {Scanner.GRYPE: "--fail-on high --only-fixed", Scanner.TRIVY: "--ignore-unfixed"}
    assert strict[scanner] in " ".join(scan.command)


def test_podman_keeps_the_health_check_and_reads_the_list_of_files() -> None:
    build = steps.before_push(IMAGE, Tools(Engine.PODMAN, Scanner.TRIVY), OUT)[0].command

    assert build[build.index("--format") + 1] == "docker"
    assert build[build.index("--ignorefile") + 1] == "images/model-server/Dockerfile.dockerignore"


@pytest.mark.parametrize("key", ["", "awskms:///alias/images"])
def test_a_digest_is_signed_and_never_a_tag(key: str) -> None:
    signing = steps.after_push(IMAGE, DIGEST, OUT, key)

    assert [step.command[1] for step in signing] == ["sign", "attest"]
    for step in signing:
        assert step.command[-1] == f"registry.example/p/model-server@{DIGEST}"
        assert (key in step.command) is bool(key)


def test_a_base_by_tag_alone_is_unresolved_and_a_stage_is_no_base() -> None:
    text = f"FROM a:1 AS first\nFROM --platform=x b:2@{DIGEST} as second\nFROM first\nFROM c:3\n"

    assert steps.unresolved_bases(text) == ["a:1", "c:3"]


def test_everything_that_is_missing_is_named_at_once() -> None:
    def nothing_works(command: object) -> Answer:
        return Answer(1, "first line\nno daemon") if "info" in str(command) else Answer(127, "gone")

    with pytest.raises(MissingToolsError) as missing:
        find_tools(nothing_works)

    lines = str(missing.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "container engine",
        "scanner",
        "signer",
        "Pulumi",
    ]
    assert "docker info: no daemon; podman info: no daemon" in lines[0]


def test_a_second_choice_is_taken_where_the_first_does_not_work() -> None:
    def some_work(command: object) -> Answer:
        return Answer(1, "") if {"docker", "syft"} & {*str(command).split("'")} else Answer(0, "")

    assert find_tools(some_work) == Tools(Engine.PODMAN, Scanner.TRIVY)


def test_the_password_of_ecr_is_read_from_its_token_and_not_shown() -> None:
    token = "QVdTOm1hcmtlci1vZi1hLXBhc3N3b3Jk"

    login = login_of({"authorizationData": [{"authorizationToken": token}]})

    assert login == Login("AWS", "marker-of-a-password")
    assert "marker" not in repr(login)


@pytest.mark.parametrize("reply", [{}, {"authorizationData": []}, {"authorizationData": [{}]}, 1])
def test_a_reply_without_a_token_is_said_to_be_one(reply: object) -> None:
    with pytest.raises(CloudApiError, match=r"GetAuthorizationToken.*gave no token"):
        login_of(reply)
