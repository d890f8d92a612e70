"""Whose platform this is and where it stands: what physical names and default tags are made of."""

from typing import Annotated, Literal

from pydantic import Field

from components.foundation.base import Settings
from components.foundation.lifecycle import Lifecycle
from components.foundation.names import Names
from facts.regions import Region
from facts.strict import Slug
from facts.tags import DISPOSABLE, LIFECYCLE


class PlatformSettings(Settings):
    """``platform:`` in a stack file. A stack and its upstream agree on all of it but the owner."""

    organisation: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,11}$")]
    environment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,11}$")]
    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    region: Region
    owner: Slug
    cost_center: Slug
    lifecycle: Literal["durable", "disposable"] = "durable"
    """``disposable`` is for trials: nothing is protected, so that one command ends it with all it holds."""

    @property
    def names(self) -> Names:
        """The physical names of this platform."""
        return Names(
            organisation=self.organisation,
            environment=self.environment,
            account=self.account,
            region=self.region,
        )

    def tags(self, stack: str) -> dict[str, str]:
        """The provider's default tags; components add ``Name`` and ``component``.

        A disposable platform says so on everything it makes: rules read it, and whoever cleans an account up.
        """
        tags = {
            "owner": self.owner,
            "environment": self.environment,
            "stack": stack,
            "cost-center": self.cost_center,
        }
        return {**tags, LIFECYCLE: DISPOSABLE} if self.kept.disposable else tags

    @property
    def kept(self) -> Lifecycle:
        """What the lifecycle means for resources."""
        return Lifecycle(disposable=self.lifecycle == "disposable")
