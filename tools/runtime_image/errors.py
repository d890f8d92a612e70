"""What ends a build."""


class ImageError(Exception):
    """The image cannot be built as it is pinned; each problem says where and why."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
