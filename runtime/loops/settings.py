"""What a worker is told: one YAML file with addresses and paths. No secret stands in it, only where one lies."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from facts.explain import explain, placeholders
from facts.strict import Slug, Strict
from facts.strict_yaml import YamlProblem, load
from releases.text import Version
from runtime.loops.figures.prometheus import Queries
from runtime.loops.shares.kubernetes_api import ACCOUNT


def _http(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("should be an address such as http://localhost:9090")
    return url


Address = Annotated[str, AfterValidator(_http)]


class LoopsError(Exception):
    """Something a person has to mend; ``problems`` holds a line each."""

    def __init__(self, head: str, problems: list[str] | None = None) -> None:
        self.problems = problems or []
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class TemporalSettings(Strict):
    """Where runs live."""

    address: str = Field(description="Host and port, such as 127.0.0.1:7233.")
    namespace: Slug = "default"
    tls: bool = False


class EnvoyFileSettings(Strict):
    """Shares in a route file that an Envoy watches."""

    kind: Literal["envoy-file"]
    path: str
    admin: Address | None = Field(
        default=None, description="Envoy's own address: a write waits until it took it."
    )


class ClusterSharesSettings(Strict):
    """Shares in the routes of the cluster that the worker runs in, by its own account."""

    kind: Literal["cluster"]
    server: Address
    account: str = Field(
        default=str(ACCOUNT), description="The folder with the account's token and the server's authority."
    )


class RepositorySettings(Strict):
    """Where records and stack files are fetched from before anything begins; absent: ``releases`` is there already."""

    url: str
    branch: str
    folder: str = Field(description="Where the checkout goes; what stands there is brought up to the branch.")


class KmsKeySettings(Strict):
    """A key in KMS."""

    key: str = Field(pattern="^(alias/|arn:aws[a-z-]*:kms:).+$", description="Its alias, or its ARN.")
    region: str


class EventsSettings(Strict):
    """Where events go. With ``branch`` each is a commit, pushed to ``remote`` where that is given."""

    key: str = Field(
        default="", description="The private key (PEM) that signs; its public half stands in releases/keys."
    )
    kms: KmsKeySettings | None = Field(default=None, description="The key in KMS that signs in its place.")
    branch: str = ""
    remote: str = ""

    @model_validator(mode="after")
    def _one_signs(self) -> Self:
        if bool(self.key) == bool(self.kms):
            raise ValueError("should name what signs, one of key and kms")
        return self


class PrometheusSettings(Strict):
    """Who counted."""

    url: Address
    queries: Queries


class IssuerSettings(Strict):
    """Whose tokens the front door takes (OpenID Connect)."""

    issuer: Address
    audience: str
    jwks: str = Field(description="A file with the issuer's keys.")
    claim: str = "email"


class PeopleSettings(Strict):
    """Who may answer runs: public keys of people and doors; the door's own private key and the issuer it trusts."""

    keys: str
    door: str = ""
    issuer: IssuerSettings | None = None


class EvaluationSettings(Strict):
    """What measures: a command, the files of releases and the held-out data by digest."""

    command: list[str] = Field(min_length=1)
    models: str
    held_out: str


class TriageSettings(Strict):
    """The agent whose run an outage begins by itself, and how often."""

    agent: Slug
    version: Version
    quiet_minutes: int = Field(
        default=60, ge=1, description="An alert that began so soon after a run ended is of the same outage."
    )
    runs_an_hour: int = Field(default=12, ge=1, description="That alerts begin, of all models together.")
    alone: bool = Field(
        default=False,
        description="Alerts begin no remedy beside it: what it proposes is what people are asked about.",
    )


class LoopsSettings(Strict):
    """All of it."""

    environment: Slug
    temporal: TemporalSettings
    prometheus: PrometheusSettings
    releases: str = Field(description="The folder releases/models.")
    policies: str = Field(description="The folder policies/actions.")
    shares: EnvoyFileSettings | ClusterSharesSettings = Field(discriminator="kind")
    repository: RepositorySettings | None = None
    events: EventsSettings | None = Field(
        default=None, description="Absent where nothing is appended: the receiver only begins runs."
    )
    people: PeopleSettings
    proposals: str = Field(description="A folder for changes of stack files that people merge.")
    references: str = Field(
        default="references", description="A folder of reference histograms, each named by its digest."
    )
    evaluation: EvaluationSettings | None = None
    triage: TriageSettings | None = Field(
        default=None, description="The agent that alerts begin; absent: none."
    )
    metrics: str = Field(
        default="", description="Host and port at which a worker answers Prometheus; absent: none."
    )
    minute_seconds: float = Field(
        default=60.0,
        gt=0,
        le=60,
        description="How long a minute of a record lasts; less than 60 on one machine only.",
    )
    answer_minutes: int = Field(default=1440, ge=1, description="How long a question waits for a person.")


def load_settings(path: Path) -> LoopsSettings:
    """The settings of a file.

    Raises:
        LoopsError: it is missing or wrong; every problem is named.
    """
    try:
        data: Any = load(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise LoopsError(f"{path}: cannot be read: {error}") from None
    except YamlProblem as problem:
        raise LoopsError(str(problem)) from None
    try:
        settings = LoopsSettings.model_validate(data)
    except ValidationError as error:
        raise LoopsError(f"{path} is wrong:", explain(error, LoopsSettings)) from None
    if left := list(placeholders(data)):
        raise LoopsError(f"{path} is wrong:", left)
    return settings
