"""What may be sent to a model, where that may happen, and how long it may be kept."""

from typing import Literal, Self

from pydantic import Field, model_validator

from facts.regions import Region
from facts.strict import Strict

DataClass = Literal["public", "internal", "confidential", "restricted"]
"""The words of facts/data_classes.py."""


class DataPolicy(Strict):
    """What may be sent to the model, and where that may happen."""

    data_class: DataClass
    pii: Literal["refused", "redacted", "allowed"] = "refused"
    residency: list[Region] = Field(min_length=1, description="The regions in which it may run.")
    retention_days: int | None = Field(
        default=None,
        ge=1,
        le=365,
        description="The most days that payloads may be kept; absent: as its class.",
    )

    @model_validator(mode="after")
    def _personal_data_is_at_least_confidential(self) -> Self:
        if self.pii == "allowed" and self.data_class in {"public", "internal"}:
            raise ValueError(
                f"pii allowed needs data_class confidential or restricted (got {self.data_class!r})"
            )
        return self
