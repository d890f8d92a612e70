"""The files of a model: where they lie, in which format, and the digest they must have."""

import re
from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from facts.strict import Strict
from releases.engines import Format
from releases.text import Digest, Text

MODEL_BUCKET: Final = "{model_bucket}"
"""Stands in a URI for the bucket of the environment, so that promotion changes no record."""

_S3: Final = re.compile(
    r"^s3://(?P<bucket>\{model_bucket\}|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>[\w./-]+)$"
)
_OCI: Final = re.compile(r"^oci://[a-z0-9.:-]+(/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$")
_RUNS_CODE: Final = frozenset({"bin", "ckpt", "joblib", "pickle", "pkl", "pt", "pth", "pytorch", "torch"})

BYTES_PER_PARAMETER: Final = {
    "float32": 4.0,
    "bfloat16": 2.0,
    "float16": 2.0,
    "float8": 1.0,
    "int8": 1.0,
    "float4": 0.5,
    "int4": 0.5,
}
"""What one weight takes at each precision, at least."""

_MICROSCALED: Final = 32
"""Numbers of 4 bits that share a scale of 8 (OCP Microscaling Formats 1.0, MXFP4; NVFP4's groups are of 16)."""
_GROUP: Final = 128
_OF_A_GROUP: Final = 2.5
"""A scale of 16 bits and a zero point of 4 for each group of weights, as AWQ and GPTQ files have them (AutoAWQ's
``WQLinear_GEMM``: ``qzeros`` and ``scales`` beside ``qweight``, read 2026-11-23)."""


def quantised_bytes(parameters: int, precision: str) -> float:
    """What so many weights take, with the scales that a quantised format keeps beside them."""
    scales = {"int4": _OF_A_GROUP / _GROUP, "float4": 1 / _MICROSCALED}.get(precision, 0.0)
    return parameters * (BYTES_PER_PARAMETER[precision] + scales)


class Signature(Strict):
    """Who vouches for the files: an identity that an issuer knows, or whoever holds a key."""

    identity: Text = Field(description="The signer's address, or what the holder of the key is called.")
    issuer: str | None = Field(
        default=None, pattern=r"^https://", description="Who knows the identity (OpenID Connect)."
    )
    public_key: Digest | None = Field(default=None, description="Of the key's file beside the record.")
    bundle: Digest = Field(description="Of the signature's file beside the record.")

    @model_validator(mode="after")
    def _is_by_an_identity_or_by_a_key(self) -> Self:
        if (self.issuer is None) == (self.public_key is None):
            raise ValueError("name either issuer or public_key")
        return self


class Artifact(Strict):
    """The weights and what the engine reads beside them."""

    uri: str = Field(
        description="s3://{model_bucket}/<model>-<version>/, s3://BUCKET/..., or oci://...@sha256:..."
    )
    image: str | None = Field(
        default=None, description="The same files as an image, oci://...@sha256:..., under /models in it."
    )
    format: Format
    digest: Digest = Field(description="Of the manifest of all files: releases/digest.py defines it.")
    size_bytes: int = Field(ge=1, le=10**14, description="Of all files.")
    parameters: int = Field(ge=1, le=10**14)
    precision: Literal["float32", "bfloat16", "float16", "float8", "int8", "float4", "int4"]
    signature: Signature | None = Field(default=None, description="Absent: nobody vouches for the files.")
    adapter_of: Text | None = Field(
        default=None, description="The upstream name of the only model this adapter fits."
    )

    @field_validator("format", mode="before")
    @classmethod
    def _no_format_that_runs_code(cls, value: object) -> object:
        if isinstance(value, str) and value.lower().lstrip(".") in _RUNS_CODE:
            raise ValueError("a pickle runs code when it is loaded; convert the weights to safetensors")
        return value

    @field_validator("uri")
    @classmethod
    def _uri_is_pinned(cls, uri: str) -> str:
        s3 = _S3.match(uri)
        if s3 is None and not _OCI.match(uri):
            raise ValueError(
                "should be s3://{model_bucket}/<model>-<version>/, s3://BUCKET/FOLDER/ or oci://IMAGE@sha256:..."
            )
        if s3 is not None and s3["key"].rsplit(".", 1)[-1].lower() in _RUNS_CODE:
            raise ValueError(
                "names a pickle, which runs code when it is loaded; convert the weights to safetensors"
            )
        if s3 is not None and (not uri.endswith("/") or ".." in s3["key"].split("/")):
            raise ValueError("should name a folder: end it with / and leave out ..")
        return uri

    @field_validator("image")
    @classmethod
    def _image_is_pinned(cls, image: str | None) -> str | None:
        if image is not None and not _OCI.match(image):
            raise ValueError("should be oci://IMAGE@sha256:...")
        return image

    @model_validator(mode="after")
    def _size_can_hold_the_parameters(self) -> Self:
        least = int(self.parameters * BYTES_PER_PARAMETER[self.precision])
        if self.size_bytes < least:
            raise ValueError(
                f"size_bytes is {self.size_bytes}, but {self.parameters} parameters in {self.precision} "
                f"take at least {least}"
            )
        return self

    @property
    def is_quantised(self) -> bool:
        """Whether weights are packed with scales beside them, so that a file's numbers are not the model's."""
        return self.precision in {"float8", "int8", "float4", "int4"}

    def is_at(self, identity: str) -> bool:
        """Whether the URI is the folder of this release (an image is its own folder)."""
        return self.uri.startswith("oci://") or self.uri.endswith(f"/{identity}/")

    def location(self, model_bucket: str) -> str:
        """The URI in an environment whose bucket of models has this name."""
        return self.uri.replace(MODEL_BUCKET, model_bucket)
