"""What a worker of an agent is told: addresses and paths, and what each part needs and no other one."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from facts.explain import explain, placeholders
from facts.strict import Slug, Strict
from facts.strict_yaml import YamlProblem, load
from releases.text import Version
from runtime.loops.settings import Address, LoopsError, TemporalSettings


class GatewaySettings(Strict):
    """The model that reasoning and planning ask."""

    address: Address
    token: str = Field(description="A file with the token that the gateway knows this part by.")
    hostname: str = Field(
        default="", description="What its certificate names, where that is not the address's own host."
    )
    authority: str = Field(
        default="", description="A file with the authority that signed it (PEM); absent: the system's own."
    )


class BucketSettings(Strict):
    """The bucket with the texts of runs, whose objects end by its own rules."""

    name: str = Field(min_length=3)
    region: str = Field(min_length=1)


class ActingSettings(Strict):
    """What only the part that acts has."""

    policies: str = Field(description="The folder policies/actions.")
    keys: str = Field(description="A folder with the public keys of people and doors.")
    database: str = Field(description="A file that all workers of this agent share.")
    key: str = Field(description="The private key (PEM) that signs the journal.")
    identities: str = Field(description="A folder with a token a tool's identity.")
    loops: str = Field(default="", description="The loops' settings, where a tool begins one of their runs.")


class AgentSettings(Strict):
    """All of it. A part that thinks has ``gateway`` and no ``acting``, and the other way round."""

    environment: Slug
    agent: Slug
    version: Version
    part: Literal["reason", "plan", "act"]
    temporal: TemporalSettings
    releases: str = Field(description="The folder releases.")
    store: str = Field(default="", description="The folder with the texts of runs.")
    bucket: BucketSettings | None = Field(default=None, description="Or the bucket with them.")
    metrics: str = Field(
        default="", description="Host and port at which a worker answers Prometheus; absent: none."
    )
    traces: Address | None = Field(
        default=None, description="The collector that takes spans (OTLP over gRPC); absent: none are made."
    )
    gateway: GatewaySettings | None = None
    acting: ActingSettings | None = None
    minute_seconds: float = Field(
        default=60.0,
        gt=0,
        le=60,
        description="How long a minute of a record lasts; less on one machine only.",
    )

    def problems(self) -> list[str]:
        """Where a part has what another one needs."""
        thinks = self.part != "act"
        said = []
        for name, section, wanted in (("gateway", self.gateway, thinks), ("acting", self.acting, not thinks)):
            if wanted and section is None:
                said.append(f"{name}: is required: part is {self.part!r}")
            if not wanted and section is not None:
                said.append(f"{name}: leave it out: part is {self.part!r}, and who thinks never acts")
        if bool(self.store) == (self.bucket is not None):
            said.append("store: a folder (store) or a bucket (bucket) is required, and not both")
        return said


def load_agent_settings(path: Path) -> AgentSettings:
    """The settings of a file.

    Raises:
        LoopsError: it is missing or wrong; every problem is named.
    """
    try:
        data: Any = load(path.read_text(encoding="utf-8"), str(path))
        settings = AgentSettings.model_validate(data)
    except (OSError, UnicodeDecodeError) as error:
        raise LoopsError(f"{path}: cannot be read: {error}") from None
    except YamlProblem as problem:
        raise LoopsError(str(problem)) from None
    except ValidationError as error:
        raise LoopsError(f"{path} is wrong:", explain(error, AgentSettings)) from None
    if said := [*settings.problems(), *placeholders(data)]:
        raise LoopsError(f"{path} is wrong:", said)
    return settings
