from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.karpenter.deletion import NODE_CLASS, POOL, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_CONTROLLER = resource(RELEASE, {"chart": "oci://public.ecr.aws/karpenter/karpenter"}, name="controller")
_CRDS = resource(RELEASE, {"chart": "oci://public.ecr.aws/karpenter/karpenter-crd"}, name="crds")


def _object(type_, *after, name="l4", annotations=None, spec=None, **extra):
    api, _, kind = type_.removeprefix("kubernetes:").rpartition(":")
    inputs = {
        "apiVersion": api,
        "kind": kind,
        "metadata": {"name": name, "annotations": annotations or {}},
        "spec": spec or {},
    }
    return resource(
        type_, inputs, name=f"{kind}-{name}", dependencies=frozenset(r.urn for r in after), **extra
    )


_CLASS = _object(NODE_CLASS, _CONTROLLER)
_LOOSE = _object(NODE_CLASS)
_REF = {"template": {"spec": {"nodeClassRef": {"name": "l4"}}}}
_FIRST = "on destroy the controller may go first, and machines stay"

CASES = {
    "machines-end-before-their-controller": RuleCases(
        passing=[
            Case(_CLASS, [_CONTROLLER, _CRDS]),
            Case(_object(POOL, _CLASS, spec=_REF), [_CLASS, _CONTROLLER]),
            Case(_object(POOL, spec=_REF)),  # class and controller stand in another stack
            Case(_object(POOL, source="pool.yaml", spec=_REF), [_CONTROLLER]),
        ],
        failing=[
            Case(_LOOSE, [_CONTROLLER], [f"does not wait for controller: {_FIRST}"]),
            Case(
                _object(POOL, _CONTROLLER, spec=_REF),
                [_CLASS, _CONTROLLER],
                [
                    (
                        "spec.template.spec.nodeClassRef.name: does not wait for EC2NodeClass-l4: on destroy its "
                        "class may go first, and machines stay"
                    )
                ],
            ),
            Case(
                _object(NODE_CLASS, _CONTROLLER, annotations={"pulumi.com/skipAwait": "true"}),
                [_CONTROLLER],
                [
                    (
                        "metadata.annotations[pulumi.com/skipAwait]: the controller goes while machines are still "
                        "draining"
                    )
                ],
            ),
        ],
        not_applicable=[Case(_CONTROLLER)],
        undecided=[
            Case(_object(POOL, spec={"template": {"spec": {"nodeClassRef": {"name": UNKNOWN}}}}), [_CLASS])
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
