from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.persistent_volumes import RULES, VOLUME
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:ConfigMap", {}))]


CASES = {
    "no-hostpath-persistent-volumes": RuleCases(
        passing=[
            Case(resource(VOLUME, {"spec": {"csi": {"driver": "ebs.csi.aws.com"}}})),
            Case(resource(VOLUME, {"spec": {"local": {"path": "/mnt/nvme"}}})),
        ],
        failing=[
            Case(
                resource(VOLUME, {"spec": {"hostPath": {"path": path}}}),
                findings=[f"spec.hostPath: is the folder {path} of whatever node its pod runs on"],
            )
            for path in ("/etc", "/data")
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(VOLUME, {"spec": {"hostPath": UNKNOWN}}))],
    ),
}

test_cases = cases_test(RULES, CASES)
