"""What a stack file says of the registry that everything is pulled from."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from components.foundation.base import Settings
from components.foundation.names import Names
from components.foundation.registry import Registry
from facts.pins import public_registries

_ECR: Final = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")
Host = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$")]
Prefix = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", max_length=14)]
"""With ``/registry.k8s.io`` behind it, ECR takes it as a rule's prefix: 30 characters."""
Secret = Annotated[str, Field(pattern=r"^ecr-pullthroughcache/[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$")]
"""The end of a secret's ARN, with the six characters that Secrets Manager adds to a name."""


class RegistrySettings(Settings):
    """``registry:`` in a stack file. Without the section, everything is pulled from its maker's registry."""

    host: Host | None = None
    """A registry that somebody else fills. None: the account's own ECR, with a pull-through cache made here."""
    prefix: Prefix | None = None
    """What stands before the host that an image comes from. None: the environment in the account's own registry,
    nothing in another one."""
    credentials: dict[str, Secret] = Field(default_factory=dict)
    """For the caches of registries that answer nobody without: the ends of secrets' ARNs, by registry."""
    scanning: Literal["basic", "enhanced", "elsewhere"] = "basic"
    """How the account's registry scans: a setting of the whole account in one region, so one stack says it."""
    keep_images: int = Field(default=20, ge=2, le=1000)
    """Of each cached repository, the newest so many; an older one is fetched again when it is asked for."""

    @property
    def is_cached(self) -> bool:
        """Whether this stack makes the cache, in the account's own registry."""
        return self.host is None

    def registry(self, names: Names) -> Registry:
        """Where everything is pulled from."""
        host = self.host or names.registry
        prefix = self.prefix or ("" if self.host else names.environment)
        ecr = _ECR.fullmatch(host)
        below = f"{prefix}/*" if prefix else "*"
        arn = f"arn:{names.partition}:ecr:{ecr['region']}:{ecr['account']}:repository/{below}" if ecr else ""
        return Registry(host, prefix, arn)

    def wrong_region(self, region: str) -> str | None:
        """The region of a registry of ECR that nodes of another one may not ask: their boundary ends there."""
        ecr = _ECR.fullmatch(self.host or "")
        return ecr["region"] if ecr and ecr["region"] != region else None

    @model_validator(mode="after")
    def _caches_may_ask(self) -> Self:
        known = public_registries()
        if strangers := sorted(self.credentials.keys() - known.keys()):
            raise ValueError(
                f"credentials: ECR caches no {', '.join(strangers)}; it caches {', '.join(sorted(known))}"
            )
        if self.host is not None and self.credentials:
            raise ValueError(
                f"credentials: nothing is cached here where host is named (got host {self.host})"
            )
        missing = [
            name
            for name, registry in sorted(known.items())
            if registry.needs_credentials and name not in self.credentials
        ]
        if self.host is None and missing:
            raise ValueError(
                f"credentials: {', '.join(missing)} {'answers' if len(missing) == 1 else 'answer'} a cache only with "
                "credentials; name the end of a secret's ARN for each, such as ecr-pullthroughcache/docker-hub-Ab12Cd"
            )
        return self
