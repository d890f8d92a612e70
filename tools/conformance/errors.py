"""The one way this tool says that it could not do its work."""


class ConformanceError(RuntimeError):
    """Nothing was proved: a tool is missing, a build failed, a server did not answer."""
