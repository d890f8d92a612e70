"""One agent: three workers, each with an account, a role, a queue, flows and secrets that no other part has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.agents.chosen import ChosenAgent
from components.agents.flows import agent_flows, ways_to_tools
from components.agents.manifests import deployment, journal_claim, service_account
from components.agents.parts import PARTS, Part, account
from components.agents.store import ROLE, store_statements
from components.agents.told import Ground, config_map, records_map
from components.foundation.base import Handle, PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.well_known import AGENTS
from components.identity.pod_roles import PodRoleArgs, account_role
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from releases.agent import Agent


@dataclass(frozen=True, kw_only=True)
class AgentArgs:
    """What :class:`AgentWorkers` needs. ``after`` is the closed namespace and everything its workers call."""

    chosen: ChosenAgent
    ground: Ground
    image: str
    engine_is_here: bool
    after: Sequence[pulumi.Resource]


def says(agent: Agent, texts: str) -> dict[str, Any]:
    """What rules hold the stack to, and no child shows: the tools of the record, and the bucket with its texts."""
    return {
        "agent": agent.agent,
        "version": agent.version,
        "texts": texts,
        "tools": {
            name: {"effect": tool.effect.kind, "identity": tool.identity, "reaches": tool.reaches}
            for name, tool in agent.tools.items()
        },
    }


class AgentWorkers(PlatformComponent):
    """Workers of one version of one agent, on the queue of its record.

    Their Secrets (``<agent>-reason``, ``-plan``, ``-act``) are made beside the stack: until they are there, pods wait.
    """

    TYPE = "slipway:agents:AgentWorkers"

    def __init__(self, name: str, args: AgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        agent, chosen = args.chosen.agent, args.chosen
        super().__init__(name, opts, says(agent, args.ground.names.bucket(ROLE)))
        self._name, self._args = name, args
        accounts = self._made(
            {f"{part}-account": service_account(agent.agent, part) for part in PARTS}, args.after
        )
        identities = [ready for part in PARTS for ready in self._identity(agent, part)]
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(
                flows=agent_flows(agent, engine_is_here=args.engine_is_here), after=list(args.after)
            ),
            self.child_opts(),
        )
        ways = {f"way-to-{where}": way for where, way in self._ways(agent).items()}
        told = {f"{part}-told": config_map(agent, part, args.ground) for part in PARTS}
        read = {"records": records_map(agent.agent, chosen.files), "journal": journal_claim(agent.agent)}
        before = self._made({**ways, **told, **read}, args.after)
        workers = self._made(
            {part: deployment(agent, part, args.image, chosen.files, args.ground) for part in PARTS},
            # Credentials are injected when a pod is admitted, and what is open then is what it may reach.
            [*accounts, *identities, *flows.ready, *before],
        )
        self.handle = Handle(ready=tuple(workers))
        self.register_outputs({})

    def _ways(self, agent: Agent) -> Mapping[str, dict[str, Any]]:
        return ways_to_tools(agent, self._args.chosen.settings.addresses)

    def _identity(self, agent: Agent, part: Part) -> Sequence[pulumi.Resource]:
        """A role of the part's own: it keeps and reads the texts of its agent's runs."""
        names, own = self._args.ground.names, account(agent.agent, part)
        return account_role(
            self,
            f"{self._name}-{part}",
            PodRoleArgs(
                names=names,
                role=own,
                namespace=AGENTS,
                service_account=own,
                statements=store_statements(names, agent.agent),
                after=self._args.after,
            ),
        )

    def _made(
        self, manifests: Mapping[str, dict[str, Any]], after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        return [
            KubernetesObject(f"{self._name}-{what}", manifest, self.child_opts(depends_on=list(after)))
            for what, manifest in manifests.items()
        ]
