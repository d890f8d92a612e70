"""What a platform keeps is told from its sections."""

from components.foundation.lifecycle import Lifecycle
from components.storage.model_store import ModelStoreSettings
from stacks.load import read_stack
from stacks.retention import kept_by


def test_a_durable_platform_locks_the_files_of_models():
    stack = read_stack("prod")
    kept = {each.what: each for each in kept_by(stack.settings_of, stack.settings.platform.kept)}
    assert {what: each.days for what, each in kept.items()} == {
        "files of models": 365,
        "payloads of class public": 91,
        "payloads of class internal": 31,
        "payloads of class confidential": 15,
        "payloads of class restricted": 4,
        "access logs of buckets": 400,
        "audit trail of the account": 400,
        "flow logs of the network": 365,
        "logs of the control plane": 365,
        "logs of pods": 90,
        "metrics": 30,
    }
    assert [what for what, each in kept.items() if each.protection.startswith("immutable")] == [
        "files of models"
    ]


def test_a_trial_locks_nothing():
    settings = {"model_store": ModelStoreSettings()}
    kept = {each.what: each for each in kept_by(settings.get, Lifecycle(disposable=True))}
    assert (kept["files of models"].days, kept["files of models"].protection) == (
        0,
        "none: a disposable platform locks nothing",
    )
    assert "audit trail of the account" not in kept


def test_nothing_is_kept_where_nothing_is():
    assert list(kept_by({}.get, Lifecycle())) == []
