"""The look at the account of whoever runs this. Loads the packages of that cloud alone."""

from infra.destroy.found import Look


def look_of(region: str, project: str = "") -> Look:
    """Return who looks into a project of Google Cloud, or without one into the account of AWS.

    Raises:
        CloudApiError: the terminal names credentials of AWS that are not there.
    """
    if project:
        from infra.destroy.gcp.look import look_in as look_in_project  # noqa: PLC0415  of Google's, for it only
        from infra.google_api import RestApi  # noqa: PLC0415  likewise

        return look_in_project(RestApi(project, region))
    from infra.aws_api import own_account  # noqa: PLC0415  AWS's, for it only
    from infra.destroy.aws.look import look_in as look_in_account  # noqa: PLC0415  likewise

    return look_in_account(own_account(region))
