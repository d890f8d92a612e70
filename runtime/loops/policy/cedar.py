"""Cedar's answer to what a worker wants to do, with the names of the policies that gave it."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cedarpy

from runtime.loops.contract import Answer, Decision, Question
from runtime.loops.policy.source import PolicyText, policies_in

SCHEMA: Final = "schema.cedarschema"


class PolicyError(ValueError):
    """Policies or their schema are wrong; ``problems`` holds a line each, with file and line."""

    def __init__(self, folder: Path, problems: list[str]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{folder} has {count}:", *(f"  {problem}" for problem in problems)]))


@dataclass(frozen=True, kw_only=True)
class CedarPolicies:
    """A set of policies that fits its schema. Nothing is allowed but what one of them permits and none forbids."""

    texts: tuple[PolicyText, ...]
    policies: cedarpy.PolicySet
    schema: cedarpy.Schema
    digest: str

    @classmethod
    def load(cls, folder: Path) -> "CedarPolicies":
        """The policies of a folder.

        Raises:
            PolicyError: one cannot be read, names what the schema does not know, or has no name of its own.
        """
        schema_text, texts = _read(folder)
        problems = [said for policy in texts for said in policy.problems()]
        problems += [said for policy in texts for said in _syntax(policy)]
        problems += _twice(texts)
        schema = _schema(schema_text, problems)
        if schema is not None and not problems:
            problems += [said for policy in texts for said in _misfits(policy, schema)]
        if problems or schema is None:
            raise PolicyError(folder, problems)
        whole = "\n".join(policy.text for policy in texts)
        return cls(
            texts=tuple(texts),
            policies=cedarpy.PolicySet.from_str(whole),
            schema=schema,
            digest=_digest([schema_text, whole]),
        )

    def decide(self, question: Question) -> Decision:
        """Allowed, refused, or to be asked of a person. Whatever cannot be evaluated is refused."""
        inputs = _digest([question.principal, question.action, question.resource, question.context])
        request = {
            "principal": {"type": question.principal_type, "id": question.principal},
            "action": {"type": "Action", "id": question.action},
            "resource": {"type": question.resource_type, "id": question.resource},
            "context": dict(question.context),
        }
        try:
            said = cedarpy.is_authorized(
                request, self.policies, cedarpy.Entities.from_json_str("[]"), self.schema
            )
        except ValueError as error:
            return self._decision("refused", (), inputs, (str(error),))
        reasons = [self._policy(name) for name in said.diagnostics.reasons]
        problems = tuple(str(error) for error in said.diagnostics.errors)
        names = tuple(sorted(policy.id for policy in reasons))
        # A policy that fails is left out by Cedar. Left out it forbids nothing: no answer that rests on that counts.
        if problems or said.decision != cedarpy.Decision.Allow:
            return self._decision("refused", names, inputs, problems)
        asking = tuple(sorted(policy.id for policy in reasons if policy.asks))
        if asking:
            return self._decision("ask", asking, inputs, ())
        return self._decision("allowed", names, inputs, ())

    def _policy(self, name: str) -> PolicyText:
        """Cedar numbers policies as they stand in the text."""
        return self.texts[int(name.removeprefix("policy"))]

    def _decision(
        self, answer: Answer, names: tuple[str, ...], inputs: str, problems: tuple[str, ...]
    ) -> Decision:
        return Decision(
            answer=answer, policies=names, inputs=inputs, policy_set=self.digest, problems=problems
        )


def _read(folder: Path) -> tuple[str, list[PolicyText]]:
    try:
        schema, texts = (folder / SCHEMA).read_text(encoding="utf-8"), policies_in(folder)
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(folder, [f"cannot be read: {error}"]) from None
    if not texts:
        raise PolicyError(folder, ["holds no policy (*.cedar): nothing would be allowed"])
    return schema, texts


def _schema(text: str, problems: list[str]) -> cedarpy.Schema | None:
    try:
        return cedarpy.Schema.from_str(text)
    except ValueError as error:
        problems.append(f"{SCHEMA}: {' '.join(str(error).split())}")
        return None


def _syntax(policy: PolicyText) -> list[str]:
    try:
        cedarpy.policies_to_json_str(policy.text)
    except ValueError as error:
        return [f"{policy.where}: {' '.join(str(error).split())}"]
    return []


def _misfits(policy: PolicyText, schema: cedarpy.Schema) -> list[str]:
    found = cedarpy.validate_policies(policy.text, schema)
    return [f"{policy.where}: {policy.id}: {_told(error.error)}" for error in found.errors]


def _told(error: str) -> str:
    """Without Cedar's number of the policy, which is always 0 where policies are read one by one."""
    return " ".join(error.replace("for policy `policy0`, ", "").split())


def _twice(texts: list[PolicyText]) -> list[str]:
    seen: dict[str, PolicyText] = {}
    problems = []
    for policy in texts:
        if policy.id and policy.id in seen:
            problems.append(f"{policy.where}: @id {policy.id!r} stands at {seen[policy.id].where} already")
        seen.setdefault(policy.id, policy)
    return problems


def _digest(parts: list[Any]) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"
