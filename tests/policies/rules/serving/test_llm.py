from policies.engine.graph import UNKNOWN
from policies.rules.serving.llm import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource
from tests.policies.model_examples import API, OTHER, RESTRICTED, budget, engine, failing, llm

_POD = {"name": "main", "image": "engine:1.2.3", "securityContext": RESTRICTED}


def _config(name, spec, version="v1alpha2"):
    manifest = {"kind": "LLMInferenceServiceConfig", "metadata": {"name": name}, "spec": spec}
    return resource(f"{API}/{version}:LLMInferenceServiceConfig", manifest, name=name)


_WELL_KNOWN = _config(
    "kserve-config-llm-template",
    {
        "template": {
            "automountServiceAccountToken": False,
            "containers": [{**_POD, "env": [{"name": "HF_HUB_OFFLINE", "value": "true"}]}],
        }
    },
)
_GPUS = {"limits": {"nvidia.com/gpu": 2}}


def _bare(spec):
    """What is left to the config of the well-known name."""
    (container,) = spec["template"]["containers"]
    for field in ("image", "securityContext", "env"):
        container.pop(field)
    spec["template"].pop("automountServiceAccountToken")


def _disaggregated(spec):
    """Prefill apart from decode: KServe merges another config into what decodes."""
    spec["prefill"] = {
        "template": {**spec["template"], "containers": [dict(spec["template"]["containers"][0])]}
    }
    _bare(spec)


_DECODE = _config("kserve-config-llm-decode-template", _WELL_KNOWN.inputs["spec"])


def _privileged(place):
    def change(spec):
        *way, last = place.split(".")
        for step in way:
            spec = spec.setdefault(step, {})
        spec[last] = {"hostNetwork": True, "containers": []}

    return llm(change)


def _picker(*words):
    def change(spec):
        spec["router"]["scheduler"] = {"template": {"containers": [{"name": "main", "args": list(words)}]}}

    return llm(change)


def _annotated(value):
    judged = llm()
    judged.inputs["metadata"]["annotations"] = {"security.opendatahub.io/enable-auth": value}
    return judged


def _two(spec):
    spec["replicas"] = 2


_ENGINES = {"app.kubernetes.io/name": "chat-v1", "kserve.io/component": "workload"}
_BARE = "spec.template.containers[0].resources: container main has no"
_PICKER = "spec.router.scheduler.template.containers[0].args[0]: the picker runs with"
_SHARED = {"serviceAccountName": "default"}
_DEFAULT = "spec.template.serviceAccountName: the pod runs as the namespace's default account"
_CROSSED = {"minReplicas": 4, "maxReplicas": 3, "wva": {}}
_ROUTED = {"initContainers": [{"name": "llm-d-routing-sidecar"}]}
_GONE = "spec.replicas: a drain may take all replicas at once; a PodDisruptionBudget that selects its pods"
_ENV = "spec.template.containers[0].env"
_HUB = f"{_ENV}[HF_HUB_OFFLINE]: container main may ask a hub (HF_HUB_OFFLINE is not 1)"
_MOUNTED = (
    "spec.template.automountServiceAccountToken: the pod mounts a token for the cluster's API; must be false"
)

PODS = {
    "model-pods-meet-restricted-pss": RuleCases(
        passing=[Case(llm()), Case(llm(_bare), others=[_WELL_KNOWN])],
        failing=[
            failing(
                engine(
                    lambda c: c["securityContext"].update(
                        capabilities={"drop": ["ALL"], "add": ["SYS_RAWIO"]}
                    )
                ),
                "spec.template.containers[0].securityContext.capabilities.add: container main adds SYS_RAWIO",
            ),
            *(
                failing(_privileged(place), f"spec.{place}.hostNetwork: the pod shares the node's network")
                for place in ("worker", "prefill.template", "prefill.worker", "router.scheduler.template")
            ),
            failing(
                llm(lambda s: s.update(baseRefs=[{"name": "tuned"}])),
                "spec.template.containers[0].securityContext.privileged: container main has every right on the node",
                others=(
                    _config(
                        "tuned",
                        {
                            "template": {
                                "containers": [{"name": "main", "securityContext": {"privileged": True}}]
                            }
                        },
                    ),
                ),
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(engine(lambda c: c.update(securityContext=UNKNOWN))),
            Case(llm(lambda s: s.pop("template"))),
        ],
    ),
    "model-containers-are-bounded": RuleCases(
        passing=[
            Case(llm()),
            Case(
                llm(lambda s: s["template"].update(initContainers=[{**_POD, "name": "storage-initializer"}]))
            ),
        ],
        failing=[
            failing(
                engine(lambda c: c.pop("resources")),
                f"{_BARE} requests.cpu, requests.memory, limits.memory",
            ),
            failing(
                engine(lambda c: c["resources"]["limits"].pop("memory")),
                "spec.template.containers[0].resources: container main has no limits.memory",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(engine(lambda c: c.update(resources=UNKNOWN)))],
    ),
    "model-images-are-pinned": RuleCases(
        passing=[
            Case(llm()),
            Case(llm(_bare), others=[_WELL_KNOWN]),
            Case(llm(_disaggregated), others=[OURS, _DECODE]),
            Case(engine(lambda c: c.pop("image"))),
        ],
        failing=[
            failing(
                llm(_disaggregated),
                "spec.template.containers[0].image: the image of container main stands in no object in view",
                others=(OURS, _WELL_KNOWN),
            ),
            failing(
                engine(lambda c: c.update(image="engine:latest")),
                "spec.template.containers[0].image: engine:latest is whatever was pushed last",
            ),
            failing(
                engine(lambda c: c.pop("image")),
                "spec.template.containers[0].image: the image of container main stands in no object in view",
                others=(OURS,),
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(engine(lambda c: c.update(image=UNKNOWN)))],
    ),
}
SERVICES = {
    "models-have-one-version": RuleCases(
        passing=[
            Case(llm()),
            Case(llm(version="v1alpha1")),
            Case(llm(lambda s: s["model"].update(uri="s3://b/chat/"))),
        ],
        failing=[
            failing(
                llm(lambda s: s["model"].update(uri="hf://org/chat")),
                "spec.model.uri: hf://org/chat names no commit",
            ),
            failing(
                llm(lambda s: s["model"].update(uri="s3://b/chat/")),
                "spec.model.uri: s3://b/chat/ names no version",
                others=(OURS,),
            ),
            failing(
                llm(lambda s: s["model"].update(lora={"adapters": [{"name": "a", "uri": "s3://b/latest/"}]})),
                "spec.model.lora.adapters[0].uri: s3://b/latest/ is whatever latest means today",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s["model"].update(uri=UNKNOWN)))],
    ),
    "models-ask-no-hub": RuleCases(
        passing=[Case(llm()), Case(llm(_bare), others=[_WELL_KNOWN]), Case(engine(lambda c: c.pop("env")))],
        failing=[
            failing(
                llm(lambda s: s["model"].update(uri="hf://org/chat:" + "0" * 40)),
                f"spec.model.uri: hf://org/chat:{'0' * 40} is fetched whenever a pod starts",
            ),
            failing(engine(lambda c: c.pop("env")), _HUB, others=(OURS,)),
            failing(
                engine(lambda c: c.update(env=[{"name": "HF_HUB_OFFLINE", "value": "0"}])),
                "spec.template.containers[0].env[0].value: container main may ask a hub (HF_HUB_OFFLINE is 0)",
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(engine(lambda c: c.update(env=UNKNOWN))),
            Case(llm(lambda s: s.pop("template"))),
        ],
    ),
    "models-run-as-themselves": RuleCases(
        passing=[
            Case(llm()),
            Case(_picker()),
            Case(llm(lambda s: s["template"].update(automountServiceAccountToken=True, **_ROUTED))),
        ],
        failing=[
            failing(llm(lambda s: s["template"].update(_SHARED)), _DEFAULT, others=(OURS,)),
            failing(
                llm(lambda s: s["template"].pop("automountServiceAccountToken")), _MOUNTED, others=(OURS,)
            ),
            failing(llm(lambda s: s["template"].update(automountServiceAccountToken=True)), _MOUNTED),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s["template"].update(serviceAccountName=UNKNOWN)))],
    ),
    "models-survive-a-drain": RuleCases(
        passing=[Case(llm()), Case(llm(_two), others=[OURS, budget(_ENGINES)])],
        failing=[
            failing(llm(_two), _GONE, others=(OURS, *others))
            for others in ((), (budget({**_ENGINES, "kserve.io/component": "router"}),), (budget({}),))
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s.update(replicas=UNKNOWN)))],
    ),
    "models-keep-authentication": RuleCases(
        passing=[Case(llm()), Case(_annotated("true")), Case(_picker("--secure-serving=true"))],
        failing=[
            failing(
                _annotated("false"),
                "metadata.annotations[security.opendatahub.io/enable-auth]: the model answers anybody",
            ),
            failing(
                _picker("--secure-serving=false"),
                "spec.router.scheduler.template.containers[0].args[0]: the picker runs with --secure-serving=false",
            ),
            failing(_picker("-metrics-endpoint-auth=false"), f"{_PICKER} --metrics-endpoint-auth=false"),
        ],
        not_applicable=OTHER,
        undecided=[Case(_annotated(UNKNOWN))],
    ),
}
CASES = {
    "language-models-get-the-gpus-they-split-over": RuleCases(
        passing=[Case(llm()), Case(engine(lambda c: c["resources"].update(_GPUS)))],
        failing=[
            failing(
                engine(lambda c: c["resources"]["limits"].pop("nvidia.com/gpu")),
                "spec.parallelism: the engine is split over 2 GPUs and its limit is 0",
            ),
            failing(
                llm(lambda s: s["parallelism"].update(dataLocal=2, data=2)),
                "spec.parallelism: the engine is split over 4 GPUs and its limit is 2",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s["parallelism"].update(tensor=UNKNOWN)))],
    ),
    "language-models-are-bounded-in-number": RuleCases(
        passing=[
            Case(llm()),
            Case(llm(lambda s: (s.pop("replicas"), s.update(scaling={"maxReplicas": 3, "wva": {}})))),
        ],
        failing=[
            failing(
                llm(lambda s: (s.pop("replicas"), s.update(scaling={"wva": {}}))),
                "spec.scaling.maxReplicas: is not set",
            ),
            failing(
                llm(lambda s: s.update(scaling={"maxReplicas": 3, "wva": {}})),
                "spec.replicas: stands beside scaling: two writers of one number",
            ),
            failing(
                llm(lambda s: (s.pop("replicas"), s.update(scaling=_CROSSED))),
                "spec.scaling.minReplicas: 4 is above maxReplicas (3)",
            ),
            failing(
                llm(lambda s: s.update(prefill={"scaling": {"wva": {}}})),
                "spec.prefill.scaling.maxReplicas: is not set",
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(llm(lambda s: s.update(scaling=UNKNOWN)))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
