"""Patience with Google: what was made a moment ago is not known everywhere yet.

Owns which refusals mean that, and how long they are borne. An API that was just enabled, an account
or a role that was just made, a grant on a key: each is refused for some seconds, at times for
minutes, by other parts of Google. Only a run that changed something waits.

Sources of words: hashicorp/terraform#29006 (2021-06-22) for an API, hashicorp/terraform-provider-
google#1225 (2018-03-20) for an account, ollionorg/gcp-landing-zone#59 (2024-03-13) for a key; that
for a role as the rehearsal has it, of which no record was found.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from infra.bootstrap.hand import Hand
from infra.cloud_error import CloudApiError
from infra.google_api import GoogleApi
from infra.replies import dig, optional_text, text
from infra.wire import Properties, Value

_NOT_YET = re.compile(
    r"(Service account|Role|Identity Pool) .*(does not exist|not found)"
    r"|Permission denied on Cloud KMS key",
    re.DOTALL,
)
TRIES, PAUSE_S = 25, 5.0
"""Two minutes: Google's words for an API are "wait a few minutes"; then whoever runs it decides."""


@dataclass(frozen=True)
class Patient:
    """Google's API for one run."""

    api: GoogleApi
    hand: Hand
    sleep: Callable[[float], None] = time.sleep

    @property
    def project(self) -> str:
        """Project id that the stack names."""
        return self.api.project

    @property
    def region(self) -> str:
        """Region that the stack names."""
        return self.api.region

    def call(
        self, method_id: str, /, body: Properties | None = None, **parameters: Value
    ) -> Properties:
        """Make one API call, again while it is refused for being too early.

        Raises:
            CloudApiError: Google refuses for another reason, or for longer.
        """
        for _try in range(TRIES - 1):
            try:
                return self.api.call(method_id, body, **parameters)
            except CloudApiError as error:
                if not self._is_early(method_id, error):
                    raise
            self.sleep(PAUSE_S)
        return self.api.call(method_id, body, **parameters)

    def _is_early(self, method_id: str, error: CloudApiError) -> bool:
        """Say whether a refusal means that something was made a moment ago.

        A look that finds nothing is an answer.
        """
        if not self.hand.changes or self.hand.dry_run:
            return False
        is_answer = error.not_found and method_id.endswith(".get")
        is_early = error.api_is_off or bool(_NOT_YET.search(error.message))
        return is_early and not is_answer

    def finished(self, operation: Properties, look: str) -> Properties:
        """Return the response of an operation, once it is done.

        Args:
            operation: the reply that began it.
            look: method that asks for it, `serviceusage.operations.get`.

        Raises:
            CloudApiError: it failed, or is not done after two minutes.
        """
        name = optional_text(operation, "name")
        for _try in range(TRIES):
            if dig(operation, "error"):
                code = f"code {dig(operation, 'error.code')}"
                raise CloudApiError(look, code, optional_text(operation, "error.message"))
            if operation.get("done"):
                return operation
            self.sleep(PAUSE_S)
            operation = self.api.call(look, None, name=text(operation, "name"))
        raise CloudApiError(look, "not done", f"{name} is not done yet; run it again later")
