"""A repository, its forge and a runner: what a shell step of a workflow runs in here."""

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.support.delivery.forge import Answer, Asked, Forge
from tests.support.delivery.machine import Done, Machine, git
from tests.support.delivery.workflows import ROOT, ShellStep

REPOSITORY = "owner/platform"
TOKEN = "token-of-the-run"
IDENTITY = "identity-of-the-run"
"""What the run's own identity is, as the forge says it."""
SIGN_IN = "sign-in-of-the-run"
"""With which a job asks for it."""
BACKEND = "s3://state"
PREVIEWS = "s3://previews"
"""The backend of preview stacks."""
PROVIDER = "projects/1/locations/global/workloadIdentityPools/p/providers/g"


@dataclass
class World:
    """One step with all that it may ask."""

    step: ShellStep
    forge: Forge
    machine: Machine
    ran: list[Done] = field(default_factory=list)

    @cached_property
    def origin(self) -> Path:
        """The repository on the forge: main, and pull request 7 with its merge."""
        folder = self.machine.folder / "origins" / f"{REPOSITORY}.git"
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
        for name in ("base", "change"):
            (folder / "README.md").write_text(f"{name}\n", encoding="utf-8")
            git(folder, "add", "--all")
            git(folder, "commit", "--quiet", f"--message={name}")
            if name == "base":
                git(folder, "checkout", "--quiet", "-b", "change")
        git(folder, "checkout", "--quiet", "-B", "merge", "main")
        git(folder, "merge", "--quiet", "--no-ff", "--message=merge", "change")
        git(folder, "update-ref", "refs/pull/7/merge", "merge")
        git(folder, "checkout", "--quiet", "main")
        return folder

    def commit(self, name: str) -> str:
        """Return the id of a commit of the repository."""
        return git(self.origin, "rev-parse", name)

    def run(self, values: Mapping[str, str], **more: str) -> Done:
        """Run the step with the expressions that every workflow uses, and those given."""
        common = {
            "github.token": TOKEN,
            "github.repository": REPOSITORY,
            "github.event.pull_request.number": "7",
            "github.event.pull_request.head.sha": "c0ffee",
            "github.ref_name": "main",
            "inputs.stack": "aws-prod",
            "inputs.gate": "read",
            "inputs.drift": "false",
            "vars.PULUMI_BACKEND_URL": BACKEND,
            "vars.PULUMI_SHA256": "",
            "vars.PREVIEW_OF": "aws-dev",
            "vars.PREVIEW_BACKEND_URL": PREVIEWS,
            "vars.PREVIEW_SECRETS_PROVIDER": "awskms://alias/previews?region=us-east-1",
            "vars.PREVIEW_DAYS || '2'": "2",
            "vars.AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/tokenworks-aws-prod-preview",
            "vars.GCP_IDENTITY_PROVIDER": PROVIDER,
            "vars.GCP_SERVICE_ACCOUNT": "preview@project.iam.gserviceaccount.com",
            "vars.GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "",
        }
        self.machine.addresses(
            {
                "https://github.com/": f"{(self.machine.folder / 'origins').as_uri()}/",
                "https://get.pulumi.com": self.forge.address,
                "https://dl.k8s.io": self.forge.address,
            }
        )
        self.machine.variables |= {
            "GITHUB_API_URL": self.forge.address,
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.forge.address}/identity?version=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": SIGN_IN,
        }
        done = self.machine.run(self.step, {**common, **values}, **more)
        self.ran.append(done)
        assert TOKEN not in "".join(self.machine.calls()), "a token became an argument"
        assert SIGN_IN not in "".join(self.machine.calls()), "a token became an argument"
        return done

    def has_project(self) -> str:
        """Let the work folder be this project after a change of a document; return its base.

        Its `tokenworks` is the real one: where no stack is touched, a review takes a second.
        """
        work = self.machine.work
        (work / "stacks").mkdir()
        for name in ("Pulumi.yaml", "stacks/Pulumi.aws-dev.yaml"):
            (work / name).write_bytes((ROOT / name).read_bytes())
        git(work, "init", "--quiet")
        for number in range(2):
            (work / "README.md").write_text(f"{number}\n", encoding="utf-8")
            git(work, "add", "--all")
            git(work, "commit", "--quiet", f"--message={number}")
        real = ROOT / ".venv" / "bin" / "tokenworks"
        self.puts(".venv/bin/tokenworks", f'exec {real} "$@" --project "$PWD"')
        return git(work, "rev-parse", "HEAD^1")

    def puts(self, name: str, body: str) -> None:
        """Put a program into the work folder."""
        program = self.machine.work / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/bash\n{body}\n", encoding="utf-8")
        program.chmod(0o755)

    def has_images(self) -> None:
        """Let there be two images, and the programs that look at them."""
        for name in ("one", "two"):
            folder = self.machine.work / "images" / name
            folder.mkdir(parents=True)
            (folder / "Dockerfile").touch()
        for name in ("make", "hadolint", "pytest"):
            self.machine.program(name)
        for name in ("hadolint", "pytest"):
            self.puts(f".venv/bin/{name}", f'exec {name} "$@"')

    def gives_identity(self) -> None:
        """Let the forge say who the run is, to whoever has the word for it."""

        def answer(asked: Asked) -> Answer:
            if asked.headers.get("authorization") != f"bearer {SIGN_IN}":
                return Answer(401)
            return Answer(body={"value": IDENTITY})

        self.forge.on("GET", "/identity", answer)

    def gives_pulumi(self, version: str) -> bytes:
        """Let there be an archive of Pulumi, which calls the program `engine`, and return it."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            body = b'#!/bin/sh\nexec engine "$@"\n'
            entry = tarfile.TarInfo("pulumi/pulumi")
            entry.size, entry.mode = len(body), 0o755
            archive.addfile(entry, io.BytesIO(body))
        path = f"/releases/sdk/pulumi-v{version}-linux-x64.tar.gz"
        self.forge.on("GET", path, Answer(body=packed.getvalue()))
        return packed.getvalue()

    def gates(self, environment: str, *kinds: str) -> None:
        """Let an environment have these rules."""
        path = f"/repos/{REPOSITORY}/environments/{environment}"
        rules = [{"type": kind} for kind in kinds]
        self.forge.on("GET", path, Answer(body={"name": environment, "protection_rules": [*rules]}))
