from policies.analysis.kubernetes.keda import SCALED_JOB
from policies.engine.graph import UNKNOWN
from policies.rules.serving.autoscaling import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.model_examples import OTHER, failing

_CPU = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}
_INSIDE = "http://prometheus.observability.svc.cluster.local:9090"


def _scaler(*triggers, **spec):
    whole = {
        "scaleTargetRef": {"name": "minilm-predictor"},
        "minReplicaCount": 1,
        "maxReplicaCount": 3,
        "triggers": list(triggers) or [_CPU],
        **spec,
    }
    inputs = {"kind": "ScaledObject", "spec": {k: v for k, v in whole.items() if v is not None}}
    return resource("kubernetes:keda.sh/v1alpha1:ScaledObject", inputs)


def _prometheus(address=_INSIDE, **more):
    metadata = {"serverAddress": address, "query": "sum(waiting)", "threshold": "5", **more}
    return {"type": "prometheus", "metadata": metadata}


def _asking(query):
    return _prometheus(query=query)


def _keda(webhooks, chart="keda"):
    return resource("kubernetes:helm.sh/v3:Release", {"chart": chart, "values": {"webhooks": webhooks}})


_SQS = {"type": "aws-sqs-queue", "metadata": {"queueURL": "https://sqs.example/queue"}}

CASES = {
    "scaling-has-a-ceiling": RuleCases(
        passing=[Case(_scaler())],
        failing=[
            failing(_scaler(maxReplicaCount=None), "spec.maxReplicaCount: is not set, and KEDA's own is 100"),
            failing(_scaler(minReplicaCount=5), "spec.minReplicaCount: 5 is above maxReplicaCount (3)"),
        ],
        not_applicable=OTHER,
        undecided=[Case(_scaler(maxReplicaCount=UNKNOWN))],
    ),
    "scale-to-zero-has-activation-trigger": RuleCases(
        passing=[
            Case(_scaler()),
            Case(_scaler(_CPU, _prometheus(), minReplicaCount=0)),
            Case(_scaler(_prometheus(), minReplicaCount=None)),
            Case(
                _scaler(
                    _asking('sum(rate(envoy_cluster_upstream_rq_total{x="ovms"}[2m]))'), minReplicaCount=0
                )
            ),
        ],
        failing=[
            failing(
                _scaler(minReplicaCount=0),
                "spec.minReplicaCount: 0 (or not set), and no trigger sees work while no pod runs",
            ),
            failing(
                _scaler(minReplicaCount=None),
                "spec.minReplicaCount: 0 (or not set), and no trigger sees work while no pod runs",
            ),
            failing(
                _scaler({"type": "memory"}, idleReplicaCount=0),
                "spec.idleReplicaCount: 0, and no trigger sees work while no pod runs",
            ),
            *(
                failing(
                    _scaler(_CPU, _asking(query), minReplicaCount=0),
                    "spec.minReplicaCount: 0 (or not set), and no trigger sees work while no pod runs",
                )
                for query in (
                    'sum(vllm:num_requests_waiting{model="x"})',
                    "rate(request_predict_seconds_count[1m])",
                    "sum(nv_inference_count) / 2",
                )
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(_scaler(minReplicaCount=UNKNOWN)),
            Case(_scaler(_asking(UNKNOWN), minReplicaCount=0)),
        ],
    ),
    "triggers-authenticate": RuleCases(
        passing=[
            Case(_scaler()),
            Case(_scaler(_prometheus())),
            Case(_scaler({**_prometheus("https://metrics.example.com"), "authenticationRef": {"name": "x"}})),
            Case(_scaler({**_SQS, "authenticationRef": {"name": "x"}})),
            Case(
                _scaler(
                    {"type": "kafka", "metadata": {"bootstrapServers": "a.kafka.svc:9092, b.kafka.svc:9092"}}
                )
            ),
            Case(_scaler({"type": "redis", "metadata": {"address": "redis.cache-shop:6379"}})),
            Case(_scaler({"type": "rabbitmq", "metadata": {"host": "amqp://app:Zx81kLmQ2@mq.example.com"}})),
            Case(
                _scaler({"type": "postgresql", "metadata": {"connection": "postgresql://a:Zx81kLmQ2@db/x"}})
            ),
            Case(_scaler({"type": "redis", "metadata": {"address": "redis.default:6379"}})),
            Case(_scaler({"type": "rabbitmq", "metadata": {"hostFromEnv": "RABBITMQ"}})),
            Case(_scaler({"type": "aws-sqs-queue", "metadata": {"identityOwner": "operator"}})),
            Case(_scaler({"type": "redis", "metadata": {"address": "redis:6379", "passwordFromEnv": "P"}})),
        ],
        failing=[
            failing(
                _scaler(_SQS),
                "spec.triggers[0].authenticationRef: the aws-sqs-queue trigger asks without credentials",
            ),
            failing(
                _scaler(
                    {"type": "kafka", "metadata": {"bootstrapServers": "a.kafka.svc:9092,b.example.com:9092"}}
                ),
                "spec.triggers[0].authenticationRef: the kafka trigger asks without credentials",
            ),
            failing(
                resource(SCALED_JOB, {"spec": {"triggers": [_SQS]}}),
                "spec.triggers[0].authenticationRef: the aws-sqs-queue trigger asks without credentials",
            ),
            failing(
                _scaler(_prometheus("https://metrics.example.com")),
                "spec.triggers[0].authenticationRef: the prometheus trigger asks without credentials",
            ),
            failing(
                _scaler(_prometheus(unsafeSsl="true")),
                "spec.triggers[0].metadata.unsafeSsl: the prometheus trigger accepts any certificate",
            ),
            failing(
                _scaler({"type": "redis", "metadata": {"address": "redis:6379", "password": "x"}}),
                "spec.triggers[0].metadata.password: a secret stands in plain text",
            ),
            failing(
                _scaler(
                    {"type": "redis", "metadata": {"address": "redis.example.com:6379", "password": "x"}}
                ),
                "spec.triggers[0].metadata.password: a secret stands in plain text",
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(_scaler(triggers=UNKNOWN)),
            Case(_scaler(_prometheus(UNKNOWN))),
            Case(_scaler(_prometheus("http://[x"))),
        ],
    ),
    "wrong-scaling-is-refused": RuleCases(
        passing=[
            Case(_keda({"enabled": True, "failurePolicy": "Fail"})),
            Case(_keda({"failurePolicy": "Fail"})),
        ],
        failing=[
            failing(
                _keda({"enabled": False, "failurePolicy": "Fail"}),
                "values.webhooks.enabled: what KEDA would refuse is accepted",
            ),
            failing(
                _keda({"enabled": True}),
                "values.webhooks.failurePolicy: what the webhook cannot see is accepted; Fail",
            ),
        ],
        not_applicable=[*OTHER, Case(_keda({}, chart="oci://example/other"))],
        undecided=[Case(_keda(UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
