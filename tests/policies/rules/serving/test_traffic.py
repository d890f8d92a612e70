from policies.engine.graph import UNKNOWN
from policies.rules.serving.traffic import RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource
from tests.policies.model_examples import OTHER, failing, llm, service


def _canary(*others, **changes):
    canary = {"predictor": {"name": "v2", "minReplicas": 1, "model": {}}, "trafficPercent": 10}
    canary["predictor"] |= changes.pop("predictor", {})
    canary |= changes

    def change(made):
        made["spec"]["predictor"]["name"] = "v1"
        made["spec"]["canary"] = [canary, *others]

    return service(change)


def _in_mode(mode):
    made = _canary()
    made.inputs["metadata"]["annotations"] = {"serving.kserve.io/deploymentMode": mode} if mode else {}
    return made


def _member(name, change=None, **route):
    """Another member of the group ``chat``."""

    def changed(spec):
        spec["router"]["route"] |= route
        if change is not None:
            change(spec)

    made = llm(changed)
    said = {**made.inputs, "metadata": {"name": name, "namespace": "models"}}
    return resource(made.type, said, name)


def _stopped(value, weight):
    made = llm(lambda s: s["router"]["route"].update(weight=weight))
    made.inputs["metadata"]["annotations"] = {"serving.kserve.io/stop": value}
    return made


def _adapters(*names):
    return lambda spec: spec["model"].update(lora={"adapters": [{"name": n} if n else {} for n in names]})


def _split(**parallelism):
    return lambda spec: spec.update(parallelism=parallelism)


def _http(**http):
    return lambda spec: spec["router"]["route"].update(http=http)


CASES = {
    "canaries-can-become-stable": RuleCases(
        passing=[Case(service()), Case(_canary())],
        failing=[
            failing(_canary(predictor={"name": ""}), "spec.canary[0].predictor.name: is not set"),
            failing(
                _canary(predictor={"name": "v1"}),
                "spec.canary[0].predictor.name: another predictor is called v1",
            ),
            failing(
                _canary(predictor={"maxReplicas": 3}),
                "spec.canary[0].predictor.maxReplicas: a canary does not scale",
            ),
            failing(
                _canary(predictor={"minReplicas": 2}),
                "spec.canary[0].predictor.minReplicas: more replicas than the stable predictor",
            ),
            failing(_canary(trafficPercent=120), "spec.canary: canaries take 120 % of the traffic"),
            failing(
                _canary({"predictor": {"name": "v3", "workerSpec": {}}, "trafficPercent": -5}),
                "spec.canary[1].predictor.workerSpec: a canary runs on one node",
                "spec.canary[1].trafficPercent: -5 is no percentage",
            ),
            failing(
                _in_mode("Knative"),
                "metadata.annotations[serving.kserve.io/deploymentMode]: there are no canaries in "
                "Knative mode; Standard",
            ),
            failing(
                _in_mode(""),
                "metadata.annotations[serving.kserve.io/deploymentMode]: is not set, and canaries need it; Standard",
            ),
            failing(
                _canary({"predictor": {"name": "v2"}}),
                "spec.canary[1].predictor.name: another predictor is called v2",
            ),
            failing(
                service(lambda m: m["spec"].update(canary=[{"predictor": {"name": "v2"}}])),
                "spec.predictor.name: is not set, and a promotion would restart what serves",
                others=(OURS,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_canary(trafficPercent=UNKNOWN)), Case(_canary(predictor={"name": UNKNOWN}))],
    ),
    "group-members-have-a-weight": RuleCases(
        passing=[
            Case(llm()),
            Case(llm(lambda s: s["router"].update(route={}))),
            Case(llm(lambda s: s["router"]["route"].update(weight=0))),
        ],
        failing=[
            failing(
                llm(lambda s: s["router"]["route"].pop("weight")),
                "spec.router.route.weight: is not set in the group chat: it counts as 0, and nobody reaches it",
            ),
            failing(
                llm(lambda s: s["router"].update(route={"group": "other"})),
                "spec.router.route.weight: is not set in the group other: it counts as 0, and nobody reaches it",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s["router"]["route"].update(weight=UNKNOWN)))],
    ),
    "language-models-are-admitted": RuleCases(
        passing=[
            Case(llm()),
            Case(llm(_adapters("billing", "returns"))),
            Case(llm(_split(data=4, dataLocal=2, tensor=2))),
            Case(llm(lambda s: s["router"].update(scheduler={"replicas": 1, "config": {"inline": {}}}))),
            Case(llm(lambda s: s["router"].update(route={"http": {"refs": [{"name": "own"}]}}))),
        ],
        failing=[
            failing(
                llm(lambda s: s["router"]["route"].pop("group")),
                "spec.router.route.weight: stands without a group",
            ),
            failing(
                llm(lambda s: s["router"].update(ingress={})),
                "spec.router.ingress: the group chat shares traffic by HTTPRoutes, which an ingress has none of",
            ),
            failing(
                llm(_http(refs=[{"name": "own"}], spec={})),
                "spec.router.route.http.refs: the group chat shares traffic by KServe's own route, and "
                "these are others",
                "spec.router.route.http.spec: stands beside refs; one of both",
            ),
            failing(
                llm(lambda s: s["router"].update(route={"http": {"refs": [{"name": "own"}]}}, gateway={})),
                "spec.router.gateway: asks for a gateway of KServe's own, and router.route.http.refs names routes",
            ),
            failing(
                llm(_adapters("a", "", "a", "chat", "..")),
                "spec.model.lora.adapters[1].name: '' is no name of a folder",
                "spec.model.lora.adapters[2].name: a stands there twice",
                "spec.model.lora.adapters[3].name: the model is called chat too",
                "spec.model.lora.adapters[4].name: '..' is no name of a folder",
            ),
            failing(
                llm(lambda s: s["router"].update(scheduler={"replicas": 0, "config": {}})),
                "spec.router.scheduler.replicas: 0 pickers; at least 1",
                "spec.router.scheduler.config: names neither or both of ref and inline; one",
            ),
            failing(
                llm(lambda s: s.update(worker={})), "spec.worker: stands without data or pipeline parallelism"
            ),
            failing(
                llm(_split(data=4, pipeline=2)),
                "spec.parallelism: is of data and of pipelines at once",
                "spec.parallelism: names one of data and dataLocal; both",
            ),
            failing(
                llm(lambda s: s.update(prefill={"parallelism": {"tensor": 0}})),
                "spec.prefill.parallelism.tensor: 0 is no size; at least 1",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s.update(parallelism=UNKNOWN)))],
    ),
    "traffic-weights-not-all-zero": RuleCases(
        passing=[
            Case(llm()),
            Case(llm(lambda s: s["router"]["route"].update(weight=0)), [_member("chat-v2", weight=1)]),
            Case(llm(lambda s: s["router"].update(route={}))),
        ],
        failing=[
            failing(
                llm(lambda s: s["router"]["route"].update(weight=0)),
                "spec.router.route.weight: no member of the group chat has one above 0: its path answers nobody",
            ),
            failing(
                llm(lambda s: s["router"]["route"].update(weight=0)),
                "spec.router.route.weight: no member of the group chat has one above 0: its path answers nobody",
                others=(_member("chat-v2", weight=0), _member("chat-v3", group="other", weight=9)),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s["router"]["route"].update(weight=UNKNOWN)))],
    ),
    "stopped-members-have-no-weight": RuleCases(
        passing=[Case(llm()), Case(_stopped("true", 0)), Case(_stopped("false", 10))],
        failing=[
            failing(
                _stopped("true", 10),
                "spec.router.route.weight: the model is stopped, and its share of the group chat (10) is lost",
            ),
            failing(
                _stopped("True", 1),
                "spec.router.route.weight: the model is stopped, and its share of the group chat (1) is lost",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(_stopped(UNKNOWN, 10))],
    ),
    "group-members-serve-one-model": RuleCases(
        passing=[
            Case(llm(), [_member("chat-v2")]),
            Case(llm(), [_member("other-v1", lambda s: s["model"].update(name="other"), group="other")]),
        ],
        failing=[
            failing(
                llm(),
                "spec.model: serves chat, and chat-v2 of the same group chat-v2",
                others=(_member("chat-v2", lambda s: s["model"].pop("name")),),
            ),
            failing(
                llm(),
                "spec.model: serves chat, and chat-v2 of the same group billing, chat",
                others=(_member("chat-v2", _adapters("billing")),),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s.update(model=UNKNOWN)), [_member("chat-v2")])],
    ),
}

test_cases = cases_test(RULES, CASES)
