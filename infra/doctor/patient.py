"""Which platform is examined: the stack that builds it, whose alerts watch its models, too."""

from components.observability.rules.groups import all_alerts
from components.observability.rules.rule import AlertRule
from infra.doctor.kubectl import COMMAND
from infra.spec.environment import Layer
from infra.spec.mistakes import Mistake, MistakesError
from infra.spec.stack import StackSpec


def platform_alerts(spec: StackSpec) -> tuple[AlertRule, ...]:
    """Return the alerts of a stack.

    Raises:
        MistakesError: It builds no platform, so it has none.
    """
    if Layer.PLATFORM in spec.layers:
        return all_alerts(spec)
    platform = spec.platform_name
    mistake = Mistake(
        setting="STACK",
        problem="builds no platform, and alerts are a platform's",
        got=spec.name,
        allowed="a stack whose layers include platform",
        next_step=f"tokenworks doctor {platform}",
    )
    raise MistakesError(COMMAND, [mistake])
