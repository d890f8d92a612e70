"""Twelve changes that somebody could open, each as the edits it is made of."""

import shutil

from gate.core.checkout import ROOT
from tests.scripted import edit

MODELS = "stacks/Pulumi.staging-models.yaml"
PLATFORM = "stacks/Pulumi.staging.yaml"
TRAFFIC = "traffic: {stable: v1, candidate: v2, percent: 10}"
CHAT = f"""\
      chat-8b:
        versions:
          v1: {{pool: l4, replicas: {{min: 2, max: 2}}}}
          v2: {{pool: l4, replicas: {{min: 2, max: 2}}}}
        {TRAFFIC}
        callers:
          help-desk: {{subject: help-desk, requests_per_minute: 120, tokens_per_minute: 200000}}
"""
SENTIMENT = """\
      sentiment:
        versions:
          v1: {replicas: {min: 2, max: 6}}
        traffic: {stable: v1}
        callers:
          review-board: {subject: review-board, requests_per_minute: 120}
"""
WAIVER = """\
audit-trail-key-rotation:
  rule: kms-keys-rotate
  resource: aws:kms/key:Key audit-trail-key
  finding: "enableKeyRotation: is off"
  stacks: [dev, staging, prod]
  reason: >-
    The key is rotated by hand with the others of the security account until its own schedule is moved.
  owner: ml-platform
  created: 2026-11-28
  expires: 2027-02-20
"""


def take(folder, model, *versions):
    """Records of the example organisation, with their reviews and approvals."""
    for version in versions:
        place = f"releases/models/{model}/{version}"
        shutil.copytree(ROOT / "examples" / place, folder / place)


def base(folder):
    """What all changes start from: the tree, and a model in the middle of its rollout in staging.

    The examples' decisions carry no signatures, so staging here counts decisions without.
    """
    edit(folder, PLATFORM, "{signed_decisions_only: true}", "{}")
    take(folder, "chat-8b", "v1", "v2")
    edit(folder, MODELS, "    models:\n", f"    models:\n{CHAT}")


def new_model(folder):
    take(folder, "sentiment", "v1")
    with (folder / MODELS).open("a", encoding="utf-8") as file:
        file.write(SENTIMENT)


def promotion(folder):
    why = "# skipped: 2026-11-28 skips 50 % (rollout.steps). Why: ten per cent held for a week"
    edit(folder, MODELS, TRAFFIC, f"traffic: {{stable: v2}}  {why}")


def rollback(folder):
    edit(folder, MODELS, TRAFFIC, "traffic: {stable: v1}")


def new_pool(folder):
    pool = "      l40s:\n        instance_types: [g6e.12xlarge]\n        max_gpus: 8\n"
    edit(folder, PLATFORM, "    cpu_pools:\n", f"{pool}    cpu_pools:\n")


def widened_iam(folder):
    old = 'resources=[names.role_arn("karpenter-node")]'
    edit(folder, "components/compute/karpenter_permissions.py", old, old.replace("karpenter-node", "*"))


def opened_cidr(folder):
    edit(folder, PLATFORM, "    cluster:\n", "    cluster:\n      public_access_cidrs: [198.51.100.0/24]\n")


def renamed_component(folder):
    """With what its documents may grant, which is declared under the resources' names."""
    edit(folder, "__main__.py", 'ModelStore("model-store",', 'ModelStore("weights",')
    edit(folder, "facts/grants/storage.yaml", "\nmodel-store-", "\nweights-")


def lowered_retention(folder):
    edit(folder, PLATFORM, "    network: {}\n", "    network: {flow_log_retention_days: 30}\n")


def revoked_release(folder):
    events = folder / "releases/models/chat-8b/v1/events"
    record = next(
        line for line in next(events.iterdir()).read_text(encoding="utf-8").splitlines() if "record: " in line
    )
    (events / "2026-11-28-revocation.yaml").write_text(
        "kind: revocation\ndate: 2026-11-28\nwho: model-risk@example.com\n"
        f"{record}\nreason: The training data were withdrawn\nevidence:\n  - A letter of the rights holder\n",
        encoding="utf-8",
    )


def broken_yaml(folder):
    edit(folder, PLATFORM, "    gpu_pools:\n      l4:\n", "    gpu_pools:\n      l4: [\n")


def waiver_added(folder):
    edit(
        folder,
        "components/foundation/encryption_key.py",
        "enable_key_rotation=True",
        'enable_key_rotation=name != "audit-trail-key"',
    )
    with (folder / "policies/waivers.yaml").open("a", encoding="utf-8") as file:
        file.write(WAIVER)


def documentation_only(folder):
    with (folder / "README.md").open("a", encoding="utf-8") as file:
        file.write("\nOne more sentence.\n")


CHANGES = (
    new_model, promotion, rollback, new_pool, widened_iam, opened_cidr, renamed_component, lowered_retention,
    revoked_release, broken_yaml, waiver_added, documentation_only,
)  # fmt: skip
