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
            failing(_canary(predictor={"name": ""}), "a canary has no name"),
            failing(_canary(predictor={"name": "v1"}), "canary v1: another predictor has this name"),
            failing(
                _canary(predictor={"maxReplicas": 3}),
                "canary v2: maxReplicas is set, and a canary does not scale",
            ),
            failing(
                _canary(predictor={"minReplicas": 2}), "canary v2: more replicas than the stable predictor"
            ),
            failing(_canary(trafficPercent=120), "canaries take 120 % of the traffic"),
            failing(
                _canary({"predictor": {"name": "v3", "workerSpec": {}}, "trafficPercent": -5}),
                "canary v3: runs on several nodes (workerSpec), and a canary has one",
                "canary v3: takes -5 % of the traffic",
            ),
            failing(
                _in_mode("Knative"), "canaries need serving.kserve.io/deploymentMode: Standard (got Knative)"
            ),
            failing(_in_mode(""), "canaries need serving.kserve.io/deploymentMode: Standard (got none)"),
            failing(_canary({"predictor": {"name": "v2"}}), "canary v2: another predictor has this name"),
            failing(
                service(lambda m: m["spec"].update(canary=[{"predictor": {"name": "v2"}}])),
                "the stable predictor has no name: a promotion would restart it",
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
                "no weight in the group chat: it counts as 0, and nobody reaches it",
            ),
            failing(
                llm(lambda s: s["router"].update(route={"group": "other"})),
                "no weight in the group other: it counts as 0, and nobody reaches it",
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
            failing(llm(lambda s: s["router"]["route"].pop("group")), "route.weight without route.group"),
            failing(
                llm(lambda s: s["router"].update(ingress={})),
                "the group chat shares traffic by HTTPRoutes, and router.ingress has none",
            ),
            failing(
                llm(_http(refs=[{"name": "own"}], spec={})),
                "the group chat shares traffic by KServe's own route, and route.http.refs names others",
                "route.http has both refs and spec",
            ),
            failing(
                llm(lambda s: s["router"].update(route={"http": {"refs": [{"name": "own"}]}}, gateway={})),
                "route.http.refs names routes, and router.gateway asks for a gateway of KServe's own",
            ),
            failing(
                llm(_adapters("a", "", "a", "chat", "..")),
                "model.lora.adapters.1 has no name that can be a folder's (got '')",
                "model.lora.adapters.2: a stands there twice",
                "model.lora.adapters.3 is called like the model, chat",
                "model.lora.adapters.4 has no name that can be a folder's (got '..')",
            ),
            failing(
                llm(lambda s: s["router"].update(scheduler={"replicas": 0, "config": {}})),
                "scheduler.replicas is 0",
                "scheduler.config names neither or both of ref and inline",
            ),
            failing(llm(lambda s: s.update(worker={})), "spec.worker without data or pipeline parallelism"),
            failing(
                llm(_split(data=4, pipeline=2)),
                "spec.parallelism is of data and of pipelines at once",
                "spec.parallelism names one of data and dataLocal",
            ),
            failing(
                llm(lambda s: s.update(prefill={"parallelism": {"tensor": 0}})),
                "spec.prefill.parallelism.tensor is 0",
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
                "no member of the group chat has a weight above 0: its path answers nobody",
            ),
            failing(
                llm(lambda s: s["router"]["route"].update(weight=0)),
                "no member of the group chat has a weight above 0: its path answers nobody",
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
                "is stopped and has the weight 10 in the group chat: that share is lost",
            ),
            failing(
                _stopped("True", 1),
                "is stopped and has the weight 1 in the group chat: that share is lost",
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
                "serves chat, and chat-v2 of the same group chat-v2",
                others=(_member("chat-v2", lambda s: s["model"].pop("name")),),
            ),
            failing(
                llm(),
                "serves chat, and chat-v2 of the same group billing, chat",
                others=(_member("chat-v2", _adapters("billing")),),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s.update(model=UNKNOWN)), [_member("chat-v2")])],
    ),
}

test_cases = cases_test(RULES, CASES)
