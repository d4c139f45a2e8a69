"""Alertmanager's configuration: who is told of which alert, how soon and how often.

Owns routes, grouping, inhibition and receivers. Does not own the alerts (`rules`) nor the ways to
people: those are files of the Secret `alert-receivers`, which Alertmanager reads anew each time it
sends. So the configuration holds no secret, and a way that is put later works at once.
Words: Alertmanager v0.34.0, "Configuration" (prometheus.io, as remembered).
"""

from components.kubernetes.charts import ChartValue
from infra.spec.observability import EmailSpec, ObservabilitySpec, SlackSpec, Wanted

SECRET = "alert-receivers"  # noqa: S105 - the name of a Secret
FOLDER = "/etc/alertmanager/receivers"
"""Where its keys are files."""
NOBODY = "nobody"
DEAD_MANS_SWITCH = "dead-mans-switch"
SWITCH_ALERT = "DeadMansSwitch"
"""The alert that always fires."""
WEBHOOKS = ("webhook", "dingtalk", "feishu")
"""Receivers that are told in Alertmanager's own format. DingTalk and Feishu refuse it: the URL of
theirs is that of an adapter."""
GROUP_BY = ("alertname", "stack", "model")
"""Ten servers of a model that fail at once are one message."""
REPEAT = {Wanted.PAGE: "1h", Wanted.TICKET: "24h"}
"""Label `severity` of alerts to how often somebody hears again of what still fires."""
_TITLE = (
    "[{{ .Status | toUpper }}{{ if eq .Status `firing` }}:{{ .Alerts.Firing | len }}{{ end }}] "
    "{{ .CommonLabels.alertname }} {{ .CommonLabels.model }} ({{ .CommonLabels.stack }})"
)
_TEXT = (
    "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n"
    "Runbook: {{ .Annotations.runbook }}\n{{ end }}"
)


def alertmanager_config(spec: ObservabilitySpec) -> dict[str, ChartValue]:
    """Return the configuration; without any receiver everything goes to nobody."""
    return {
        "global": {"resolve_timeout": "5m"},
        "route": {
            "receiver": NOBODY,
            "group_by": list(GROUP_BY),
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "12h",
            "routes": [_switch(spec), *(_route(severity, spec) for severity in REPEAT)],
        },
        "inhibit_rules": _inhibitions(),
        "receivers": _receivers(spec),
        "templates": [],
    }


def _switch(spec: ObservabilitySpec) -> dict[str, ChartValue]:
    """Send what always fires every minute: whoever waits for it wakes somebody when it stops."""
    return {
        "matchers": [f'alertname="{SWITCH_ALERT}"'],
        "receiver": DEAD_MANS_SWITCH if spec.dead_mans_switch else NOBODY,
        "group_wait": "0s",
        "group_interval": "1m",
        "repeat_interval": "50s",
    }


def _route(severity: Wanted, spec: ObservabilitySpec) -> dict[str, ChartValue]:
    to: list[ChartValue] = [
        {"receiver": name, "continue": True}
        for name, alerts in spec.receivers.items()
        if alerts in {Wanted.ALL, severity}
    ]
    return {
        "matchers": [f'severity="{severity.value}"'],
        "receiver": NOBODY,
        "repeat_interval": REPEAT[severity],
        "routes": to,
    }


def _inhibitions() -> list[ChartValue]:
    """Keep quiet what a page has said already.

    The labels must be there: two alerts without a label count as having the same one.
    """
    return [
        {
            "source_matchers": ['severity="page"', 'model!=""'],
            "target_matchers": ['severity="ticket"', 'model!=""'],
            "equal": ["stack", "model"],
        },
        {
            "source_matchers": ['alertname="NodeNotReady"', 'node!=""'],
            "target_matchers": ['alertname!="NodeNotReady"', 'severity="ticket"', 'node!=""'],
            "equal": ["stack", "node"],
        },
    ]


def _receivers(spec: ObservabilitySpec) -> list[ChartValue]:
    found: list[ChartValue] = [{"name": NOBODY}]
    if spec.slack is not None:
        found.append({"name": "slack", "slack_configs": [_slack(spec.slack)]})
    if spec.pagerduty is not None:
        found.append({"name": "pagerduty", "pagerduty_configs": [_pagerduty()]})
    if spec.email is not None:
        found.append({"name": "email", "email_configs": [_email(spec.email)]})
    # An adapter takes what any webhook takes: it knows from its URL whom to tell, and how.
    found += [_webhook(name) for name in WEBHOOKS if name in spec.receivers]
    if spec.dead_mans_switch:
        found.append(_webhook(DEAD_MANS_SWITCH, resolved=False))
    return found


def _webhook(name: str, *, resolved: bool = True) -> dict[str, ChartValue]:
    to: dict[str, ChartValue] = {"url_file": _file(name), "send_resolved": resolved}
    return {"name": name, "webhook_configs": [to]}


def _file(key: str) -> str:
    return f"{FOLDER}/{key}"


def _slack(spec: SlackSpec) -> dict[str, ChartValue]:
    channel: dict[str, ChartValue] = {"channel": spec.channel} if spec.channel else {}
    return {
        "api_url_file": _file("slack"),
        **channel,
        "send_resolved": True,
        "title": _TITLE,
        "text": _TEXT,
    }


def _pagerduty() -> dict[str, ChartValue]:
    return {
        "routing_key_file": _file("pagerduty"),
        "send_resolved": True,
        "description": _TITLE,
        "severity": "{{ if eq .CommonLabels.severity `page` }}critical{{ else }}warning{{ end }}",
        "details": {"alerts": _TEXT},
    }


def _email(spec: EmailSpec) -> dict[str, ChartValue]:
    login: dict[str, ChartValue] = (
        {"auth_username": spec.username, "auth_password_file": _file("email")}
        if spec.username
        else {}
    )
    return {
        "to": spec.to,
        "from": spec.sender,
        "smarthost": spec.smarthost,
        **login,
        "require_tls": True,
        "send_resolved": True,
        "headers": {"Subject": _TITLE},
    }
