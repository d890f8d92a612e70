"""How hard a platform is to end: kept by default, or made to be thrown away."""

from dataclasses import dataclass
from typing import Final

_TRIAL_LOG_DAYS: Final = 7


@dataclass(frozen=True)
class Lifecycle:
    """What ``platform.lifecycle`` means for each resource that holds something.

    Durable: Pulumi and AWS refuse to delete data, keys, the cluster and its logs. Disposable: nothing refuses, so one
    ``pulumi destroy`` ends the platform with all it holds; only keys stay for the week that KMS asks for.
    """

    disposable: bool = False

    @property
    def protects(self) -> bool:
        """Whether Pulumi refuses to delete, and AWS too where it can."""
        return not self.disposable

    @property
    def key_deletion_days(self) -> int:
        """How long a deletion of a KMS key can be taken back: the most KMS offers, or the least."""
        return 7 if self.disposable else 30

    def log_days(self, wanted: int) -> int:
        """How long logs are kept, when a section asks for ``wanted`` days."""
        return min(wanted, _TRIAL_LOG_DAYS) if self.disposable else wanted

    def lock_days(self, wanted: int) -> int | None:
        """How long a model's files are locked; None: no Object Lock, which S3 cannot take off a bucket again."""
        return None if self.disposable else wanted


DURABLE: Final = Lifecycle()
