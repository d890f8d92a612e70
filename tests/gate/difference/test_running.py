"""What serves on two sides: a promotion moves traffic and replaces no pod."""

from gate.difference.running import capacity_changes, model_changes, traffic_changes

ISVC = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"


def predictor(version, uri=None):
    return {"name": version, "model": {"storageUri": uri or f"s3://m/minilm-{version}/"}}


def report(spec=None, shares=None, type_=ISVC, name="minilm", words=""):
    resources = [{"type": type_, "inputs": {"metadata": {"name": name}, "spec": spec}}] if spec else []
    traffic = [{"model": "minilm", "shares": shares, "words": words}] if shares else []
    return {"resources": resources, "traffic": traffic}


ALONE = report({"predictor": predictor("v1")}, {"v1": 100})
CANARY = report(
    {"predictor": predictor("v1"), "canary": [{"predictor": predictor("v2"), "trafficPercent": 10}]},
    {"v1": 90, "v2": 10},
)
PROMOTED = report(
    {"predictor": predictor("v2"), "canary": [{"predictor": predictor("v1"), "trafficPercent": 0}]},
    {"v1": 0, "v2": 100},
)


def test_a_candidate_starts_and_takes_its_share():
    assert model_changes(ALONE, CANARY) == ["minilm-v2 starts to serve s3://m/minilm-v2/"]
    assert traffic_changes(ALONE, CANARY) == [
        "minilm: v1 answers 90 % of requests instead of 100 %; v2 answers 10 % of requests instead of 0 %"
    ]


def test_a_promotion_replaces_no_pod():
    assert model_changes(CANARY, PROMOTED) == []
    assert traffic_changes(CANARY, PROMOTED) == [
        "minilm: v2 answers 100 % of requests instead of 10 %; v1 answers 0 % of requests instead of 90 %"
    ]


def test_the_old_version_goes():
    after = report({"predictor": predictor("v2")}, {"v2": 100})
    assert model_changes(PROMOTED, after) == ["minilm-v1 serves s3://m/minilm-v1/ no longer"]
    assert traffic_changes(PROMOTED, after) == ["minilm: v1 goes, which answered 0 %"]


def test_a_version_that_comes_without_traffic_is_told_what_comes_next():
    warm = report(shares={"v1": 100, "v2": 0})
    assert traffic_changes(ALONE, warm) == [
        "minilm: v2 comes without traffic: name it as candidate once its pods are ready"
    ]


def test_other_files_under_the_same_version_replace_pods():
    after = report({"predictor": predictor("v1", "s3://m/other/")}, {"v1": 100})
    assert model_changes(ALONE, after) == [
        "minilm-v1 serves s3://m/other/ instead of s3://m/minilm-v1/: its pods are replaced"
    ]


def test_a_language_model_is_called_by_its_object():
    before, after = (
        report({"model": {"uri": f"s3://m/{v}/"}}, type_=LLM, name=f"chat-{v}") for v in ("v1", "v2")
    )
    assert model_changes(before, after) == [
        "chat-v1 serves s3://m/v1/ no longer",
        "chat-v2 starts to serve s3://m/v2/",
    ]


def test_a_base_that_knew_no_traffic_has_none_to_compare():
    older = {"resources": ALONE["resources"]}
    assert traffic_changes(older, CANARY) == []


def test_what_waits_beside_the_shares_is_said_once_it_begins():
    before = report(shares={"v1": 90, "v2": 10}, words="90 % v1, 10 % v2; a controller moves shares")
    warm = "v1 is kept warm without traffic (46.92 USD a day)"
    after = report(shares={"v1": 0, "v2": 100}, words=f"100 % v2; a controller moves shares; {warm}")
    (said,) = traffic_changes(before, after)
    assert said == (
        f"minilm: v2 answers 100 % of requests instead of 10 %; v1 answers 0 % of requests instead of 90 %; {warm}"
    )
    assert traffic_changes(after, after) == []


def chat(replicas, gpus, name="chat-v1"):
    container = {"resources": {"limits": {"nvidia.com/gpu": str(gpus)}}}
    return report({"replicas": replicas, "template": {"containers": [container]}}, type_=LLM, name=name)


def test_a_model_says_how_many_replicas_and_gpus_it_asks_for():
    assert capacity_changes(report(), chat(2, 4)) == ["model chat-v1 comes: 2 replicas with 4 GPUs each"]
    assert capacity_changes(chat(2, 4), chat(1, 1)) == [
        "model chat-v1: 1 replica with 1 GPU each instead of 2 replicas with 4 GPUs each"
    ]
    assert capacity_changes(chat(1, 1), report()) == [
        "model chat-v1 goes, which held 1 replica with 1 GPU each"
    ]
    scaled = report({"predictor": predictor("v1") | {"minReplicas": 0, "maxReplicas": 6}})
    assert capacity_changes(ALONE, scaled) == ["model minilm-v1: 0 to 6 replicas instead of 1 replica"]
    assert capacity_changes(ALONE, CANARY) == ["model minilm-v2 comes: 1 replica"]


def test_a_count_that_is_not_known_yet_is_no_fault():
    assert capacity_changes(report(), chat("[unknown]", "[unknown]")) == [
        "model chat-v1 comes: replicas whose number is not known yet"
    ]


def scaling(version, **counts):
    spec = {"scaleTargetRef": {"name": f"minilm-{version}-predictor"}, **counts}
    return {
        "type": "kubernetes:keda.sh/v1alpha1:ScaledObject",
        "inputs": {"metadata": {"name": f"minilm-{version}"}, "spec": spec},
    }


def counted(side, *scaled):
    return side | {"resources": [*side["resources"], *scaled]}


def test_where_keda_counts_its_numbers_are_told():
    """A promotion swaps the predictors' own counts; what runs stays what each ScaledObject says."""
    both = [
        scaling("v1", minReplicaCount=0, maxReplicaCount=2),
        scaling("v2", minReplicaCount=1, maxReplicaCount=3),
    ]
    assert capacity_changes(counted(ALONE, both[0]), counted(CANARY, *both)) == [
        "model minilm-v2 comes: 1 to 3 replicas"
    ]
    assert capacity_changes(counted(CANARY, *both), counted(PROMOTED, *both)) == []
    assert capacity_changes(report(), counted(ALONE, scaling("v1"))) == [
        "model minilm-v1 comes: 0 to 100 replicas"
    ]
    other = scaling("v1") | {
        "inputs": {"metadata": {"namespace": "others"}, "spec": scaling("v1")["inputs"]["spec"]}
    }
    assert capacity_changes(report(), counted(ALONE, other)) == ["model minilm-v1 comes: 1 replica"]
