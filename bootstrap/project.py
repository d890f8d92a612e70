"""What Pulumi calls the project that comes first; its configuration keys and stack references begin with it."""

from typing import Final

PROJECT: Final = "slipway-bootstrap"
