from policies.engine.graph import UNKNOWN
from policies.rules.serving.payload_logging import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test
from tests.policies.model_examples import OTHER, failing, predictor, service

_BUCKET = "s3://example-test-payloads-111122223333-eu-central-1/internal/minilm-v1"
_SAMPLER = "http://127.0.0.1:9084/"


def _logged(logger=None, personal_data=None, data_class=None, **changes):
    """A service with our logger and some changes to it; None takes a key out."""
    made = {"url": _BUCKET, "storage": {"path": "sample"}, "marshallerUrl": _SAMPLER, **changes}
    said = {key: value for key, value in made.items() if value is not None}

    def change(stable):
        stable["logger"] = said if logger is None else logger
        if personal_data is not None:
            stable["annotations"] = {"slipway.dev/personal-data": personal_data}
        if data_class is not None:
            stable["labels"] = {"slipway.dev/data-class": data_class}

    return predictor(change)


def _canary(logger):
    return service(
        lambda made: made["spec"].update(
            canary=[{"trafficPercent": 1, "predictor": {"name": "v2", "logger": logger}}]
        )
    )


_SILENT = [*OTHER, Case(service())]
_UNKNOWN = [Case(_logged(logger=UNKNOWN))]

_STORED = {"path": "sample", "key": "credentials", "parameters": {"format": "json"}}
_NOT_SAID = (
    "spec.predictor.annotations[slipway.dev/personal-data]: payloads are kept, and nothing says whether they "
    "hold personal data"
)

CASES = {
    "kept-payloads-say-of-whom": RuleCases(
        passing=[
            Case(_logged(personal_data="refused"), [OURS]),
            Case(service(), [OURS]),
        ],
        failing=[
            Case(_logged(), [OURS], [_NOT_SAID]),
            Case(_logged(personal_data=""), [OURS], [_NOT_SAID]),
        ],
        not_applicable=OTHER,
        undecided=[Case(_logged(personal_data=UNKNOWN), [OURS])],
    ),
    "payloads-are-kept-where-they-can-be-erased": RuleCases(
        passing=[
            Case(_logged()),
            Case(_logged(url="http://broker.knative-eventing.svc.cluster.local/models/default")),
            Case(_logged(url="http://sink")),
            Case(_logged(url="https://sink.models.svc:8443/")),
        ],
        failing=[
            failing(
                _logged(url=None),
                "spec.predictor.logger.url: payloads go to whatever KServe's config names",
            ),
            failing(
                _logged(url="s3://somebodys-bucket/x"),
                "spec.predictor.logger.url: payloads go to the bucket somebodys-bucket, which is none for payloads",
            ),
            failing(
                _logged(url="https://collector.example.com/x"),
                "spec.predictor.logger.url: payloads leave the cluster for collector.example.com",
            ),
            failing(_logged(url="gs://payloads/x"), "spec.predictor.logger.url: payloads leave AWS (gs://)"),
            failing(
                _canary({"url": "s3://models/x"}),
                "spec.canary[0].predictor.logger.url: payloads go to the bucket models, which is none for payloads",
            ),
        ],
        not_applicable=_SILENT,
        undecided=[*_UNKNOWN, Case(_logged(url=UNKNOWN)), Case(_logged(url="http://[sink"))],
    ),
    "payload-logs-are-stored": RuleCases(
        passing=[Case(_logged(storage=_STORED)), Case(_logged(url="http://sink", storage=None))],
        failing=[
            failing(
                _logged(storage=None),
                "spec.predictor.logger.storage.path: is not set: the agent records, stores nothing and says nothing",
            ),
            failing(
                _logged(storage={"parameters": {"format": "json"}}),
                "spec.predictor.logger.storage.path: is not set: the agent records, stores nothing and says nothing",
            ),
        ],
        not_applicable=_SILENT,
        undecided=[Case(_logged(storage=UNKNOWN))],
    ),
    "payload-logs-respect-personal-data": RuleCases(
        passing=[
            Case(_logged()),
            Case(_logged(personal_data="refused", data_class="public")),
            Case(_logged(personal_data="allowed", data_class="restricted")),
        ],
        failing=[
            failing(
                _logged(personal_data="redacted", data_class="restricted"),
                "spec.predictor.logger: personal data was to be taken out, and nothing does so before "
                "payloads are kept",
            ),
            failing(
                _logged(personal_data="allowed", data_class="internal"),
                "spec.predictor.labels[slipway.dev/data-class]: payloads hold personal data, and their "
                "class is internal; confidential or restricted",
            ),
            failing(
                _logged(personal_data="allowed"),
                "spec.predictor.labels[slipway.dev/data-class]: payloads hold personal data, and their "
                "class is not said; confidential or restricted",
            ),
        ],
        not_applicable=_SILENT,
        undecided=[Case(_logged(personal_data=UNKNOWN))],
    ),
    "payload-logs-hold-no-credentials": RuleCases(
        passing=[Case(_logged()), Case(_logged(metadataHeaders=["X-Request-Id"]))],
        failing=[
            failing(
                _logged(metadataHeaders=["X-Request-Id", header]),
                f"spec.predictor.logger.metadataHeaders[1]: the header {header} is kept with every request",
            )
            for header in ("Authorization", "cookie")
        ],
        not_applicable=_SILENT,
        undecided=[Case(_logged(metadataHeaders=UNKNOWN))],
    ),
    "payload-logs-are-sampled": RuleCases(
        passing=[Case(_logged()), Case(_logged(url="http://sink", marshallerUrl=None))],
        failing=[
            failing(
                made,
                (
                    f"spec.{part}.logger.marshallerUrl: every payload is stored: the agent draws no sample by "
                    f"itself"
                ),
            )
            for made, part in (
                (_logged(marshallerUrl=None), "predictor"),
                (_canary({"url": _BUCKET, "storage": {"path": "x"}}), "canary[0].predictor"),
            )
        ],
        not_applicable=_SILENT,
        undecided=[Case(_logged(marshallerUrl=UNKNOWN))],
    ),
}

test_rules = cases_test((*RULES, *PLATFORM), CASES)
