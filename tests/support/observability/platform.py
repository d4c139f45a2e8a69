"""The platform of the scene: models, servers and nodes, and what happens to them.

Like aws-prod with aws-prod-models, and a busy morning: a spot node is reclaimed at 1.5 h and is
back after a quarter of an hour; from 3.4 h on a surge fills llama-3.1-8b-fp8 for three quarters of
an hour.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.observability.recording import HOURS, noise, values

RECLAIMED = (1.5, 1.77)
"""Hours between which the second spot node is not there."""
SURGE = (3.4, 4.2)
"""Hours between which everybody asks one model."""
EXTRA = (3.6, 24)
"""Hours between which a third spot node is there, which the surge brought."""


@dataclass(frozen=True)
class Node:
    """A node with GPUs or without."""

    name: str
    machine: str
    capacity: str
    pool: str
    gpu: str = ""
    gpus: int = 0
    memory_mib: int = 0
    watts: float = 0
    away: tuple[float, float] | None = None
    """Hours between which it is not there."""
    only: tuple[float, float] | None = None
    """Hours between which alone it is there."""

    def is_there(self, hour: float) -> bool:
        """Return whether it is there."""
        if self.only is not None:
            return self.only[0] <= hour < self.only[1]
        return self.away is None or not self.away[0] <= hour < self.away[1]

    @property
    def there(self) -> list[float]:
        """1 at each step at which it is there, else 0."""
        return values(lambda hour: float(self.is_there(hour)))


def _l40s(name: str, capacity: str, **when: tuple[float, float]) -> Node:
    return Node(name, "g6e.12xlarge", capacity, "l40s", "NVIDIA L40S", 4, 46_068, 350, **when)


DEMAND = _l40s("ip-10-0-11-23.ec2.internal", "on-demand")
SPOT = _l40s("ip-10-0-12-87.ec2.internal", "spot", away=RECLAIMED)
SPARE = _l40s("ip-10-0-13-140.ec2.internal", "spot", only=EXTRA)
H100 = Node(
    *("ip-10-0-11-201.ec2.internal", "p5.48xlarge", "on-demand", "h100"),
    *("NVIDIA H100 80GB HBM3", 8, 81_559, 700),
)
SYSTEM = tuple(
    Node(f"ip-10-0-{zone}-{number}.ec2.internal", "m7i.xlarge", "on-demand", "system")
    for zone, number in ((11, 5), (12, 9), (13, 14))
)
GPU_NODES = (DEMAND, SPOT, SPARE, H100)
NODES = (*SYSTEM, *GPU_NODES)


@dataclass(frozen=True)
class Server:
    """A server of a model, and the GPUs that it holds."""

    pod: str
    node: str
    address: str
    gpus: tuple[int, ...]


@dataclass(frozen=True)
class Model:
    """A model, what it is asked, and how it answers."""

    name: str
    servers: tuple[Server, ...]
    requests_a_second: float
    prompt_tokens: float
    answer_tokens: float
    ttft_seconds: float
    itl_seconds: float
    at_once: int
    hit_ratio: float
    surges: bool = False

    @property
    def object_name(self) -> str:
        """Its name in Kubernetes."""
        return self.name.replace(".", "-")

    @property
    def load(self) -> list[float]:
        """What it is asked at each step, where 1 is a usual morning."""
        shaken = noise(f"{self.name} load", 0.035)
        phase = len(self.name)
        return [
            factor * (_morning(hour, phase) + (_surge(hour) if self.surges else 0))
            for hour, factor in zip(HOURS, shaken, strict=True)
        ]

    def up(self, server: Server) -> list[float]:
        """Return 1 at each step at which a server runs, else 0."""
        node = next(node for node in NODES if node.name == server.node)
        return node.there

    @property
    def answers(self) -> list[float]:
        """Return 1 at each step at which the probe gets an answer."""
        return [max(alive) for alive in zip(*(self.up(one) for one in self.servers), strict=True)]


def _morning(hour: float, phase: int) -> float:
    return 0.72 + 0.22 * math.tanh((hour - 1) / 1.6) + 0.05 * math.sin(2.1 * hour + phase)


def _surge(hour: float) -> float:
    begin, end = SURGE
    up = 1 / (1 + math.exp(-(hour - begin) * 22))
    down = 1 / (1 + math.exp((hour - end) * 14))
    return 0.95 * up * down


def _servers(model: str, *places: tuple[str, Node, Sequence[int]]) -> tuple[Server, ...]:
    return tuple(
        Server(f"{model}-{tail}", node.name, f"10.0.{20 + index}.{len(model)}", tuple(gpus))
        for index, (tail, node, gpus) in enumerate(places)
    )


MODELS = (
    Model(
        *(
            "qwen2.5-7b",
            _servers(
                "qwen2-5-7b", ("6d8f7c9b44-x2kqp", DEMAND, [0]), ("spot-5c7d9f6b8-7mzvt", SPOT, [0])
            ),
        ),
        *(6.5, 420, 190, 0.092, 0.0155, 64, 0.46),
    ),
    Model(
        *(
            "llama-3.1-8b-fp8",
            _servers(
                "llama-3-1-8b-fp8",
                ("7b9c5d8f66-hq4wn", DEMAND, [1]),
                ("spot-86f4b7c5d-z8lkc", SPOT, [1]),
            ),
        ),
        *(9.0, 610, 150, 0.078, 0.0128, 64, 0.58),
        surges=True,
    ),
    Model(
        *(
            "qwen2.5-72b-awq",
            _servers(
                "qwen2-5-72b-awq",
                ("5f6c8b7d9-tt9rs", DEMAND, [2, 3]),
                ("spot-79d8c6b5f-4vjxg", SPOT, [2, 3]),
            ),
        ),
        *(1.6, 900, 310, 0.215, 0.0305, 32, 0.35),
    ),
    Model(
        *(
            "qwen2.5-72b",
            _servers(
                "qwen2-5-72b",
                ("6c9d7f8b5-b6k2m", H100, [0, 1, 2, 3]),
                ("6c9d7f8b5-wq8zp", H100, [4, 5, 6, 7]),
            ),
        ),
        *(2.4, 1150, 360, 0.168, 0.0198, 64, 0.41),
    ),
)
