"""One simulated Google project: its state in memory, one lock around it, and `Project.call`.

A call is checked against Google's discovery documents, then against the APIs that are enabled, then
served by the handler that is registered for its method. A method without one is not simulated: it
is refused as such, never faked.

With a journal the project outlives its process: state changes within `Project.call` and nowhere
else (`Store` sees to it), and chance comes from `Project.chance`.
"""

import copy
import functools
import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random, SystemRandom

from infra.google_discovery import Method, UnknownMethodError, method, violations
from infra.rehearsal.cloud.chance import Chance
from infra.rehearsal.cloud.errors import NotSimulatedError
from infra.rehearsal.cloud.journal import Call, Journal
from infra.rehearsal.cloud.recording import Recorder
from infra.rehearsal.gcp.api.errors import GoogleError, Reason
from infra.rehearsal.gcp.api.store import Store
from infra.replies import text
from infra.wire import Properties, Value

BODY = "body"
"""Where a journal's line has the body of a call, among its parameters."""
ID_DIGITS = 19
"""Of the numbers that Compute Engine gives its resources (64 bits)."""
OPERATIONS = ".operations."
MISMATCH = re.compile(r"(?P<path>[^:]+): must match (?P<pattern>.+), got (?P<got>'.*')")
"""How `google_discovery.violations` says that text does not fit."""


@dataclass(frozen=True)
class Request:
    """One call, as its handler sees it."""

    project: "Project"
    method: Method
    parameters: Properties
    """By name; all that the method requires are there."""
    body: Properties
    """Empty where there is none. The handler's own copy."""

    def __getitem__(self, name: str) -> str:
        """Return a parameter that is text."""
        return text(self.parameters, name)

    def refusal(self, code: str, message: str, status: int | None = None) -> GoogleError:
        """Return Google's refusal of this call."""
        return GoogleError(self.method.id, code, message, status)

    def not_found(self, name: str) -> GoogleError:
        """Return Compute Engine's refusal for want of a resource, by its full name."""
        return self.refusal(Reason.NOT_FOUND, f"The resource '{name}' was not found")

    def found(self, name: str, missing: str, code: str = Reason.NOT_FOUND) -> Properties:
        """Return the thing of that full name, or refuse in these words."""
        thing = self.project.store.get(name)
        if thing is None:
            raise self.refusal(code, missing)
        return thing


Handler = Callable[[Request], Properties]
Gate = Callable[[Request], None]


class Project:
    """The project and everything in it, in all regions."""

    def __init__(
        self,
        project: str,
        region: str,
        *,
        number: str = "",
        journal: Journal | None = None,
    ) -> None:
        """Begin an empty project of that id.

        Without a number it is the one that always goes with the id.
        What a journal holds is made again by `repeat`, once the handlers are in place.
        """
        self.project = project
        self.region = region
        self.number = number or project_number(project)
        self.lock = threading.RLock()
        self.chance = Chance(SystemRandom() if journal is None else Random())  # noqa: S311 # seeded
        self.recorder = Recorder(journal, self.chance, _only_reads)
        self.gates: list[Gate] = []
        """Asked before every call; a gate raises what is in the way."""
        self.generation = 0
        """Another number after every call that may have changed something."""
        self._depth = 0
        self.store = Store(lambda: self._depth > 0)
        self._journal = journal
        self._handlers: dict[str, Handler] = {}

    def register(self, method_id: str, handler: Handler) -> None:
        """Serve a method from now on.

        Raises:
            UnknownMethodError: Google has no such method.
        """
        method(method_id)
        self._handlers[method_id] = handler

    def serve(self, methods: str, handlers: Mapping[str, Handler]) -> None:
        """Serve methods of one collection, `iam.projects.roles`, by the last part of their ids."""
        for operation, handler in handlers.items():
            self.register(f"{methods}.{operation}", handler)

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make one API call; the reply is the caller's own copy.

        Raises:
            GoogleError: Google refuses, or its documents do not allow the call.
            NotSimulatedError: the rehearsal has no handler for the method.
        """
        service, _dot, operation = method_id.partition(".")
        given = parameters if body is None else {**parameters, BODY: body}
        call = Call("", service, operation, copy.deepcopy(given))
        with self.lock:
            return self.recorder.run(call, functools.partial(self._make, call))

    def repeat(self) -> None:
        """Make every call of the journal again, and write down those that follow.

        Calls before this one are not written: every start of the project makes them.

        Raises:
            JournalError: a call does not give what it gave at first.
        """
        with self.lock:
            for entry in self._journal.entries if self._journal else ():
                self.recorder.repeat(entry, functools.partial(self._make, entry.call))
            self.recorder.go_live()

    def path(self, *parts: str) -> str:
        """Return a full name in this project."""
        return "/".join(("projects", self.project, *parts))

    def new_id(self) -> str:
        """Return a number as Compute Engine gives its resources."""
        return self.chance.new_number(ID_DIGITS)

    def _make(self, call: Call) -> Properties:
        request = self._request(call)
        self._depth += 1
        try:
            for gate in self.gates:
                gate(request)
            return copy.deepcopy(self._handler(request.method.id)(request))
        finally:
            self._depth -= 1
            # A running operation may end when it is asked about.
            self.generation += not request.method.only_reads or OPERATIONS in request.method.id

    def _request(self, call: Call) -> Request:
        method_id = f"{call.service}.{call.operation}"
        try:
            called = method(method_id)
        except UnknownMethodError as error:
            raise NotSimulatedError(str(error)) from error
        parameters = copy.deepcopy(call.parameters)
        body = parameters.pop(BODY, None)
        wrong = violations(called, parameters, body)
        if wrong:
            raise _violated(called, wrong)
        request = Request(self, called, parameters, body if isinstance(body, dict) else {})
        asked = parameters.get("project")
        if asked not in (None, self.project, self.number):
            name = f"projects/{asked}"
            raise request.not_found(name)
        return request

    def _handler(self, method_id: str) -> Handler:
        if method_id not in self._handlers:
            message = f"not simulated: {method_id}; the rehearsal has no stand-in for it"
            raise NotSimulatedError(message)
        return self._handlers[method_id]


def project_number(project: str) -> str:
    """Return twelve digits that always go with a project's id; Google draws them."""
    digest = int.from_bytes(hashlib.sha256(project.encode()).digest()[:8])
    return str(10**11 + digest % (9 * 10**11))


def now() -> str:
    """Return the present time as Google's APIs write it."""
    return f"{datetime.now(UTC).isoformat(timespec='milliseconds')}"


def _only_reads(call: Call) -> bool:
    try:
        return method(f"{call.service}.{call.operation}").only_reads
    except UnknownMethodError:
        return True


def _violated(called: Method, wrong: list[str]) -> GoogleError:
    """Return Google's words for text of a wrong form, and ours for all else.

    Sources: hashicorp/terraform#20884 (2019-04-01) for a body, #16482 (2017-10-27) for a parameter.
    """
    found = MISMATCH.fullmatch(wrong[0])
    if found is None or len(wrong) > 1:
        return GoogleError(called.id, Reason.BAD_REQUEST, "; ".join(wrong))
    path, pattern, got = found["path"], found["pattern"], found["got"]
    if path in called.parameters:
        message = f"Invalid value {got}. Values must match the following regular expression: "
        return GoogleError(called.id, Reason.INVALID_PARAMETER, f"{message}'{pattern}'")
    message = f"Invalid value for field 'resource.{path}': {got}. Must be a match of regex "
    return GoogleError(called.id, Reason.INVALID, f"{message}'(?:{pattern})'")
