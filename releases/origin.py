"""Where a model comes from: its lineage, as far as it could be established."""

from datetime import date

from pydantic import Field

from facts.strict import Strict
from releases.text import Commit, Digest, Text


class TrainingData(Strict):
    """One set of data it was trained on."""

    name: Text
    version: Text | None = Field(default=None, description="As its publisher calls it; absent: not stated.")
    digest: Digest | None = Field(default=None, description="Absent where nobody published one.")


class Origin(Strict):
    """Where the model comes from, so that somebody else can fetch, compare and train it again."""

    model: Text = Field(description="The upstream name, for example sentence-transformers/all-MiniLM-L6-v2.")
    base_model: Text | None = Field(default=None, description="What it was trained from.")
    base_revision: Text | None = Field(default=None, description="Of the base model; absent: not stated.")
    revision: Text = Field(description="The exact upstream revision or package version.")
    source: Text = Field(description="Where the files were taken from.")
    read: date
    code: Text = Field(description="Where the code that trained or defines it can be read.")
    commit: Commit | None = Field(default=None, description="The commit of that code; absent: not stated.")
    training_data: list[TrainingData] = Field(default_factory=list)
    seed: int | None = Field(default=None, ge=0, description="Of the training; absent: not stated.")
    config_digest: Digest | None = Field(default=None, description="Of the training's configuration.")
    needs_remote_code: bool = Field(
        default=False, description="The engine must run code that comes with the weights."
    )
    notes: Text | None = Field(default=None, description="What could not be established.")
