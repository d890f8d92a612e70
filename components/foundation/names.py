"""Physical names: everything a policy document, a person or another system calls by name.

They are computed from settings alone, so that documents are complete strings at plan time, in every
engine, on the first preview. Everything else is named by Pulumi.
"""

from dataclasses import dataclass
from typing import Final, Literal

MODEL_READER: Final = "model-reader"
"""The capability of reading one's own model's files."""
PAYLOAD_WRITER: Final = "payload-writer"
"""The same capability, and keeping a sample of one's own model's payloads."""
RUNTIME: Final = "runtime"
"""The repository with the image of the platform's own programs."""
PUBLISHER: Final = "publisher"
"""The role that puts models into the store; like the role that deploys, it is made outside the platform."""

BucketRole = Literal["models", "payloads", "agents", "logs", "state", "flow-logs"]


@dataclass(frozen=True)
class Names:
    """The physical names of one platform (one organisation, environment, account and region)."""

    organisation: str
    environment: str
    account: str
    region: str
    partition: str = "aws"
    adopted_cluster: str | None = None
    """What a cluster is called that somebody else made."""
    adopted_boundary: str | None = None
    """The ARN of a permissions boundary that somebody else made."""

    @property
    def platform(self) -> str:
        """Prefixes every name, and is the name of a cluster of our own: at most 25 characters."""
        return f"{self.organisation}-{self.environment}"

    @property
    def cluster(self) -> str:
        return self.adopted_cluster or self.platform

    @property
    def cluster_arn(self) -> str:
        return self.arn("eks", f"cluster/{self.cluster}")

    @property
    def vpc_tags(self) -> dict[str, str]:
        """By which controllers find the platform's VPC: its id is known to nobody before it exists."""
        return {"slipway.dev/platform": self.platform}

    def bucket(self, role: BucketRole) -> str:
        """At most 63 characters, unique in the world because it carries the account and the region."""
        return f"{self.platform}-{role}-{self.account}-{self.region}"

    def bucket_arn(self, role: BucketRole) -> str:
        return f"arn:{self.partition}:s3:::{self.bucket(role)}"

    def role(self, capability: str) -> str:
        """An IAM role's name (at most 64 characters)."""
        return f"{self.platform}-{capability}"

    def role_arn(self, capability: str) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role/{self.role(capability)}"

    @property
    def boundary(self) -> str:
        """What the permissions boundary of every role the platform makes is called."""
        return (self.adopted_boundary or f"/{self.platform}-boundary").rpartition("/")[2]

    @property
    def boundary_arn(self) -> str:
        own = f"arn:{self.partition}:iam::{self.account}:policy/{self.boundary}"
        return self.adopted_boundary or own

    def key_alias(self, role: str) -> str:
        return f"alias/{self.platform}-{role}"

    def queue(self, role: str) -> str:
        return f"{self.platform}-{role}"

    def repository(self, role: str) -> str:
        return f"{self.platform}/{role}"

    @property
    def registry(self) -> str:
        """The account's own image registry."""
        suffix = ".cn" if self.partition == "aws-cn" else ""
        return f"{self.account}.dkr.ecr.{self.region}.amazonaws.com{suffix}"

    def log_group(self, role: str) -> str:
        return f"/slipway/{self.platform}/{role}"

    def arn(self, service: str, resource: str) -> str:
        """An ARN in this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"
