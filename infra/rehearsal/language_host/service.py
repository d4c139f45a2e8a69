"""The language runtime service (pulumi v3.259.0, proto/pulumi/language.proto), for Python."""

# ruff: noqa: ARG002, N802 - names and arguments are the protocol's

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import IO

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from infra.rehearsal.language_host.children import Children

PYTHON = (sys.executable, "-u", "-P")
"""Unbuffered; `-P` keeps the working directory off the import path, as the official host does."""
MESSAGE_SHOWN = 32
"""The executor's exit code for: the user has been told (the official executor's number)."""
OUTPUT_BYTES = 65_536

Output = tuple[str, bytes]


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs programs and policy packs with the interpreter that runs this host."""

    def __init__(self, engine_address: str, children: Children) -> None:
        """Remember the engine, which programs log to."""
        self._engine_address = engine_address
        self._children = children

    def Handshake(
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Learn the engine's address."""
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """Tell the version: that of the Python SDK that programs run with."""
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def About(
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """Tell the interpreter."""
        return language_pb2.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetRequiredPackages(
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """Name none: the rehearsal's providers are attached or on PATH, none is to be installed."""
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """Name none, as `GetRequiredPackages`."""
        return language_pb2.GetRequiredPluginsResponse()

    def GetProgramDependencies(
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """List what is installed in this environment."""
        found = {item.metadata["Name"]: item.version for item in metadata.distributions()}
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=version)
                for name, version in sorted(found.items())
            ]
        )

    def InstallDependencies(
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Do nothing: this environment is complete, or the host would not run."""
        return iter(())

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        """End running programs."""
        self._children.kill()
        return empty_pb2.Empty()

    def Run(
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run a program to its end; what it prints reaches the engine as this host's output."""
        child = self._children.start_program(
            [*PYTHON, "-m", "infra.rehearsal.language_host.executor"],
            directory=request.info.program_directory or request.pwd,
            environment=self._program_environment(request),
        )
        code = self._children.wait(child)
        if code == 0:
            return language_pb2.RunResponse()
        if code == MESSAGE_SHOWN:
            return language_pb2.RunResponse(bail=True)
        return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {code}")

    def RunPlugin(
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack or another plugin written in Python, and pass its output on.

        The engine ends it by ending the call.
        """
        module = ("-m", "pulumi.policy") if request.kind in ("", "analyzer") else ()
        program = request.info.program_directory
        command = (
            [*PYTHON, *module, *request.args, program]
            if module
            else [*PYTHON, program, *request.args]
        )
        environment = dict(entry.split("=", 1) for entry in request.env)
        child = self._children.start(
            command,
            directory=request.pwd or None,
            environment=environment or os.environ,
            captured=True,
        )
        if not context.add_callback(lambda: self._children.kill(only=child)):
            self._children.kill(only=child)  # the call had ended before the child started
        for name, data in _output(child):
            if name == "stdout":
                yield language_pb2.RunPluginResponse(stdout=data)
            else:
                yield language_pb2.RunPluginResponse(stderr=data)
        yield language_pb2.RunPluginResponse(exitcode=self._children.wait(child))

    def _program_environment(self, request: language_pb2.RunRequest) -> dict[str, str]:
        """Pass the request in the environment: configuration may be secret, arguments are seen."""
        run = {
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
            "monitor": request.monitor_address,
            "engine": self._engine_address,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "program": str(Path(request.info.program_directory, request.info.entry_point)),
            "arguments": list(request.args),
        }
        return {
            **os.environ,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
            "TOKENWORKS_PROGRAM": json.dumps(run),
        }


def _output(child: subprocess.Popen[bytes]) -> Iterator[Output]:
    """Yield what a child writes to both of its pipes, in the order of arrival, until both end."""
    chunks: queue.Queue[Output] = queue.Queue()
    pipes = {"stdout": child.stdout, "stderr": child.stderr}
    for name, pipe in pipes.items():
        threading.Thread(target=_copy, args=(name, pipe, chunks), daemon=True).start()
    open_pipes = len(pipes)
    while open_pipes:
        name, data = chunks.get()
        if data:
            yield name, data
        else:
            open_pipes -= 1


def _copy(name: str, pipe: IO[bytes], chunks: queue.Queue[Output]) -> None:
    with pipe:
        while data := os.read(pipe.fileno(), OUTPUT_BYTES):
            chunks.put((name, data))
    chunks.put((name, b""))
