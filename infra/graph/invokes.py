"""Provider functions that the program may call, with deterministic answers.

Owns one table, made of those of each cloud. A function that is not in it is refused when the
program calls it: an answer that nobody thought about would be None everywhere. To add one to the
module of its cloud: the token, a function of arguments and place, and the source of the shape in
the docstring.
"""

from collections.abc import Mapping

from infra.graph import invokes_aws, invokes_gcp
from infra.graph.invoked import Answer

ANSWERS: Mapping[str, Answer] = {**invokes_aws.ANSWERS, **invokes_gcp.ANSWERS}
