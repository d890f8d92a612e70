from policies.engine.graph import UNKNOWN
from policies.rules.credentials.external_secrets import RULES, STORES
from tests.policies.cases import Case, RuleCases, cases_test, resource


def store(**provider):
    return resource(STORES[0], {"spec": {"provider": provider}})


CASES = {
    "secret-stores-are-verified": RuleCases(
        passing=[
            Case(store(vault={"server": "https://vault.example.com:8200", "path": "secret"})),
            Case(store(aws={"service": "SecretsManager", "region": "eu-central-1"})),
        ],
        failing=[
            Case(
                store(vault={"server": "http://vault.svc:8200"}),
                findings=[
                    "spec.provider.vault.server: secrets come in plain text from http://vault.svc:8200"
                ],
            ),
            Case(
                store(conjur={"url": "HTTP://conjur.svc", "auth": {}}),
                findings=["spec.provider.conjur.url: secrets come in plain text from HTTP://conjur.svc"],
            ),
            Case(
                store(fake={"parts": [{"insecureSkipVerify": True}]}),
                findings=[
                    "spec.provider.fake.parts[0].insecureSkipVerify: takes whoever answers for the store"
                ],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:core/v1:Service", {}))],
        undecided=[Case(store(vault=UNKNOWN)), Case(store(vault={"server": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
