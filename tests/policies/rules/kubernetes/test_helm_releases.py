from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.helm_releases import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

REPOSITORY = {"repo": "https://charts.example.com"}
GOOD = {"chart": "keda", "version": "2.18.0", "repositoryOpts": REPOSITORY, "atomic": True}
OTHER = Case(resource("kubernetes:helm.sh/v3:Chart", {"chart": "keda"}))
KEY = "-----BEGIN EC PRIVATE" + " KEY-----"  # apart, or scanners of secrets would find one


def release(**overrides):
    return resource(RELEASE, GOOD | overrides)


def values(**given):
    return release(values=given)


CASES = {
    "charts-have-one-version": RuleCases(
        passing=[
            Case(release()),
            Case(release(version="v1.14.1-rc.1+build")),
            Case(release(chart="./charts/own", version=None)),
        ],
        failing=[
            Case(release(version=None), findings=["version: none: every update takes the newest chart"]),
            Case(release(version="~2.18.0"), findings=["version: ~2.18.0 is a range; one version"]),
            Case(release(version="2.18"), findings=["version: 2.18 is a range; one version"]),
            Case(
                release(version=">=2.0.0 <3.0.0"),
                findings=["version: >=2.0.0 <3.0.0 is a range; one version"],
            ),
            Case(release(devel=True), findings=["devel: takes pre-releases"]),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(version=UNKNOWN))],
    ),
    "charts-come-over-tls": RuleCases(
        passing=[
            Case(release()),
            Case(release(chart="oci://charts.example.com/keda", repositoryOpts=None)),
            Case(release(chart="../charts/own", repositoryOpts=None)),
        ],
        failing=[
            Case(
                release(repositoryOpts={"repo": "http://charts.example.com"}),
                findings=[
                    "repositoryOpts.repo: http://charts.example.com is not fetched over TLS; https or oci"
                ],
            ),
            Case(
                release(repositoryOpts=None),
                findings=[
                    "repositoryOpts.repo: none: keda comes from whatever repository this machine calls so"
                ],
            ),
            Case(
                release(chart="http://charts.example.com/keda-2.18.0.tgz", repositoryOpts=None),
                findings=[
                    "chart: http://charts.example.com/keda-2.18.0.tgz is not fetched over TLS; https or oci"
                ],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(repositoryOpts=UNKNOWN))],
    ),
    "helm-releases-are-atomic": RuleCases(
        passing=[Case(release()), Case(release(skipAwait=False))],
        failing=[
            Case(release(atomic=None), findings=["atomic: a failed update stays half applied; must be true"]),
            Case(
                release(skipAwait=True),
                findings=["skipAwait: what waits for the release starts before its webhooks answer"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(atomic=UNKNOWN))],
    ),
    "chart-values-hold-no-secrets": RuleCases(
        passing=[
            Case(release()),
            Case(values(auth={"existingSecret": "store", "password": "", "token": "$(TOKEN)"})),
            Case(values(grafana={"adminPassword": "{{ .Values.password }}"})),
            Case(values(env=[{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db"}}}])),
            Case(values(env=[{"name": "LOG_LEVEL", "value": "debug"}], password=UNKNOWN)),
            Case(values(env=[{"name": "DB_PASSWORD", "value": "$(FROM_THE_SECRET)"}])),
            Case(values(serviceAccount={"automountServiceAccountToken": True})),
        ],
        failing=[
            Case(
                values(auth={"password": "hunter2"}),
                findings=["values.auth.password: holds a secret in plain text"],
            ),
            Case(
                values(env=[{"name": "DB_PASSWORD", "value": "hunter2"}]),
                findings=["values.env[0].value: holds a secret in plain text"],
            ),
            Case(values(tls={"cert": KEY}), findings=["values.tls.cert: holds a key"]),
            Case(
                values(extraArgs=["--id=AKIA" + "A" * 16]),
                findings=["values.extraArgs[0]: holds a key"],
            ),
        ],
        not_applicable=[OTHER],
        undecided=[Case(release(values=UNKNOWN)), Case(release(values="a: b"))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
