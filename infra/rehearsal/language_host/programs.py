"""How a program is started: in a process that has the SDKs loaded already, or in a fresh one."""

import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PRELOADED_VARIABLE = "TOKENWORKS_PRELOADED"
"""Socket of the process that has the SDKs loaded; unset where there is none."""
SIZE = struct.Struct("!Q")
"""Length of an order, and the process id of the fork that took it."""
EXIT_CODE = struct.Struct("!i")


class Child(Protocol):
    """A running program."""

    @property
    def pid(self) -> int:
        """Its process id, which is its session's too."""
        ...

    def wait(self) -> int:
        """Return its exit code once it has ended; -N when signal N ended it."""
        ...


@dataclass(frozen=True)
class Fork:
    """A program in a fork of the process that has the SDKs loaded."""

    pid: int
    connection: socket.socket

    def wait(self) -> int:
        """Return what it says at its end; a fork that says nothing was killed."""
        with self.connection:
            try:
                return EXIT_CODE.unpack(read_exactly(self.connection, EXIT_CODE.size))[0]
            except (EOFError, ConnectionError):
                return -signal.SIGKILL


def fork(address: str, directory: str | None, environment: Mapping[str, str]) -> Fork | None:
    """Start a program with this process's own output; None when nobody listens there."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address)
        order = json.dumps({"directory": directory, "environment": dict(environment)}).encode()
        streams = [sys.stdout.fileno(), sys.stderr.fileno()]
        socket.send_fds(connection, [SIZE.pack(len(order))], streams)
        connection.sendall(order)
        (pid,) = SIZE.unpack(read_exactly(connection, SIZE.size))
    except (EOFError, OSError):
        connection.close()
        return None
    return Fork(pid, connection)


def preloaded_address() -> str | None:
    """Return where programs are forked, if anywhere."""
    return os.environ.get(PRELOADED_VARIABLE)


def read_exactly(connection: socket.socket, count: int) -> bytes:
    """Return `count` bytes.

    Raises:
        EOFError: the other end is gone.
    """
    data = bytearray()
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


def is_address(path: Path) -> bool:
    """Say whether a path is short enough to be a socket (`sun_path`: 104 bytes on macOS)."""
    longest = 103
    return len(os.fsencode(path)) <= longest
