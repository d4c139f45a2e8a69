"""A repository, its forge and a runner: what a shell step of a workflow runs in here."""

import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.support.delivery.forge import Answer, Asked, Forge
from tests.support.delivery.machine import Done, Machine, git
from tests.support.delivery.workflows import ShellStep

REPOSITORY = "owner/platform"
TOKEN = "token-of-the-run"
IDENTITY = "identity-of-the-run"
"""What the run's own identity is, as the forge says it."""
SIGN_IN = "sign-in-of-the-run"
"""With which a job asks for it."""
BACKEND = "s3://state"
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
            "vars.AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/tokenworks-aws-prod-preview",
            "vars.GCP_IDENTITY_PROVIDER": PROVIDER,
            "vars.GCP_SERVICE_ACCOUNT": "preview@project.iam.gserviceaccount.com",
        }
        self.machine.addresses(
            {
                "https://github.com/": f"{(self.machine.folder / 'origins').as_uri()}/",
                "https://get.pulumi.com": self.forge.address,
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

    def gives_identity(self) -> None:
        """Let the forge say who the run is, to whoever has the word for it."""

        def answer(asked: Asked) -> Answer:
            if asked.headers.get("authorization") != f"bearer {SIGN_IN}":
                return Answer(401)
            return Answer(body={"value": IDENTITY})

        self.forge.on("GET", "/identity", answer)

    def gives_pulumi(self, version: str) -> bytes:
        """Let there be an archive of Pulumi, and return it."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            body = b"#!/bin/sh\n"
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
