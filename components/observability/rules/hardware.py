"""Alerts on GPUs: heat, errors of hardware, memory, and what is paid for and not used.

Owns which errors of a GPU wake somebody: those after which the GPU is not to be trusted, because
its server dies again on the same node. Names and labels: NVIDIA's dcgm-exporter.
"""

from components.observability.rules.rule import AlertRule, Severity
from components.observability.thresholds import Thresholds

_MINUTE, _HOUR = 60, 3600
_GPU = "node, gpu, modelName"
HARDWARE_XIDS = (48, 62, 64, 74, 79, 92, 94, 95, 109, 119, 120, 136, 140, 143)
"""Errors after which NVIDIA's catalogue says to reset the GPU or the node, or to run diagnostics
(NVIDIA XID error catalogue, as remembered)."""
_XID = "DCGM_FI_DEV_XID_ERRORS"


def hardware_alerts(thresholds: Thresholds) -> tuple[AlertRule, ...]:
    """Return the alerts on GPUs."""
    return (
        _hot(thresholds),
        _broken(),
        _xid(),
        *_rows(),
        _memory(thresholds),
        _idle(thresholds),
    )


def _hot(thresholds: Thresholds) -> AlertRule:
    most = thresholds.gpu_celsius
    return AlertRule(
        "GpuHot",
        f"max by ({_GPU}) (DCGM_FI_DEV_GPU_TEMP) > {most}",
        for_seconds=5 * _MINUTE,
        severity=Severity.TICKET,
        summary="GPU {{ $labels.gpu }} of {{ $labels.node }} is hot",
        description=f"{{{{ $value }}}} °C; it slows down from {most} °C on.",
        when=f"a GPU is hotter than {most} °C",
    )


def _broken() -> AlertRule:
    codes = "|".join(map(str, HARDWARE_XIDS))
    return AlertRule(
        "GpuHardwareError",
        f'max by ({_GPU}, err_code) ({_XID}{{err_code=~"{codes}"}}) > 0',
        for_seconds=0,
        severity=Severity.PAGE,
        summary="GPU {{ $labels.gpu }} of {{ $labels.node }} is broken",
        description="XID {{ $labels.err_code }}: whatever runs on it dies, and dies again there. "
        "DCGM keeps the error until the node is gone.",
        when="a GPU reports an XID of its hardware",
    )


def _xid() -> AlertRule:
    codes = "|".join(map(str, (0, *HARDWARE_XIDS)))
    by, of_program = f"{_GPU}, err_code", f'{_XID}{{err_code!~"{codes}"}}'
    # DCGM keeps the last error until its node is gone (NVIDIA/dcgm-exporter#500), so what counts is
    # that it was not there before; of a GPU that was not watched before nobody knows.
    known = f"on (node, gpu) max by (node, gpu) ({_XID} offset 30m)"
    return AlertRule(
        "GpuXid",
        f"(max by ({by}) ({of_program}) > 0 unless max by ({by}) ({of_program} offset 30m))"
        f" and {known}",
        for_seconds=0,
        severity=Severity.TICKET,
        summary="GPU {{ $labels.gpu }} of {{ $labels.node }} reports an error",
        description="XID {{ $labels.err_code }}: most often a mistake of the program that ran.",
        when="a GPU reports an XID of a program that it did not report half an hour ago",
    )


def _rows() -> tuple[AlertRule, AlertRule]:
    failed = AlertRule(
        "GpuRowRemapFailed",
        f"max by ({_GPU}) (DCGM_FI_DEV_ROW_REMAP_FAILURE) > 0",
        for_seconds=0,
        severity=Severity.PAGE,
        summary="GPU {{ $labels.gpu }} of {{ $labels.node }} has no spare memory rows left",
        description="A broken row of its memory could not be replaced: it will give wrong answers "
        "or fail.",
        when="a GPU could not replace a broken row of its memory",
    )
    remapped = AlertRule(
        "GpuRowsRemapped",
        f"max by ({_GPU}) (increase(DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS[1h])) > 0",
        for_seconds=0,
        severity=Severity.TICKET,
        summary="GPU {{ $labels.gpu }} of {{ $labels.node }} replaced a row of its memory",
        description="{{ $value | humanize }} rows after an error that could not be corrected; it "
        "takes effect when the GPU is reset.",
        when="a GPU replaced a row of its memory after an error that could not be corrected",
    )
    return failed, remapped


def _memory(thresholds: Thresholds) -> AlertRule:
    most = thresholds.gpu_memory_percent
    used, free = "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE"
    return AlertRule(
        "GpuMemoryFull",
        f"max by ({_GPU}) ({used} / (({used} + {free}) > 0)) * 100 > {most}",
        for_seconds=10 * _MINUTE,
        severity=Severity.TICKET,
        summary="The memory of GPU {{ $labels.gpu }} of {{ $labels.node }} is nearly full",
        description=f"{{{{ $value | humanize }}}} % is in use; {most} % is the threshold.",
        when=f"more than {most} % of a GPU's memory is in use",
    )


def _idle(thresholds: Thresholds) -> AlertRule:
    least, seconds = thresholds.gpu_idle_percent, thresholds.gpu_idle_seconds
    return AlertRule(
        "GpuIdle",
        f"max by ({_GPU}) (max_over_time(DCGM_FI_DEV_GPU_UTIL[30m])) < {least}",
        for_seconds=seconds,
        severity=Severity.TICKET,
        summary="GPU {{ $labels.gpu }} of {{ $labels.node }} is paid for and does nothing",
        description=f"It was used less than {least} % for {seconds // _HOUR} hours.",
        when=f"a GPU is used less than {least} % all the time",
    )
