"""What the simulated account says no with: the error code that AWS's API has for it, and a sentence."""


class AwsError(Exception):
    """A call was refused, and nothing was changed."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")
