"""What can go wrong, by what the caller should do about it."""


class LoaderError(Exception):
    """A load that ended early. `exit_code` is the program's."""

    exit_code = 1

    def __init__(self, *reports: str) -> None:
        """Take one line for each thing that is wrong."""
        super().__init__("\n".join(reports))
        self.reports = reports


class RefusedError(LoaderError):
    """Settings or a checkpoint that no second try makes better."""

    exit_code = 2


class AbsentError(RefusedError):
    """No hub has this model and revision, or none gives it to us."""


class UnreachableError(LoaderError):
    """A hub or a bucket that does not answer as it should; another try may go on from here."""


class StoppedError(UnreachableError):
    """A copy that ended as another one failed."""


class TakenError(LoaderError):
    """Somebody else changed the object or the upload meanwhile: look again."""


class WrongContentError(LoaderError):
    """A file is not what the hub says that it is."""
