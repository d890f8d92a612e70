from policies.engine.graph import UNKNOWN
from policies.rules.serving.ray import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:apps/v1:Deployment", {"kind": "Deployment"}))]
SERVED = "applications:\n- import_path: app:app\n"
LOADING = "applications:\n- args:\n    llm_configs:\n    - model_loading_config: "


def cluster(**spec):
    return resource("kubernetes:ray.io/v1:RayCluster", {"kind": "RayCluster", "spec": spec})


def service(said, **config):
    spec = {"serveConfigV2": said, "rayClusterConfig": config}
    return resource("kubernetes:ray.io/v1:RayService", {"kind": "RayService", "spec": spec})


def job(said):
    return resource("kubernetes:ray.io/v1:RayJob", {"kind": "RayJob", "spec": {"runtimeEnvYAML": said}})


CASES = {
    "ray-takes-no-jobs-from-outside": RuleCases(
        passing=[
            Case(cluster(headGroupSpec={})),
            Case(cluster(headGroupSpec={"serviceType": "ClusterIP"})),
            Case(cluster(authOptions={"mode": "token"}, headGroupSpec={"serviceType": "LoadBalancer"})),
            Case(service(SERVED, headGroupSpec={"headService": {"spec": {"type": "ClusterIP"}}})),
        ],
        failing=[
            Case(
                cluster(headGroupSpec={"serviceType": "LoadBalancer"}),
                findings=[
                    "spec.headGroupSpec.serviceType: the head takes jobs from whoever reaches a load balancer"
                ],
            ),
            Case(
                cluster(authOptions={"mode": "disabled"}, headGroupSpec={"serviceType": "NodePort"}),
                findings=[
                    "spec.headGroupSpec.serviceType: the head takes jobs from whoever reaches a port of every node"
                ],
            ),
            Case(
                service(SERVED, headGroupSpec={"headService": {"spec": {"type": "LoadBalancer"}}}),
                findings=[
                    (
                        "spec.rayClusterConfig.headGroupSpec.headService.spec.type: the head takes jobs from "
                        "whoever reaches a load balancer"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(cluster(headGroupSpec={"serviceType": UNKNOWN})), Case(cluster(authOptions=UNKNOWN))],
    ),
    "ray-runs-what-its-image-holds": RuleCases(
        passing=[
            Case(service(SERVED)),
            Case(service(f"{LOADING}{{model_id: qwen, model_source: /models/qwen}}")),
            Case(service(f"{LOADING}{{model_id: qwen, model_source: 's3://models/qwen'}}")),
            Case(service(f"{LOADING}{{model_id: qwen, model_source: {{bucket_uri: 's3://models/qwen'}}}}")),
            Case(
                service(
                    f"{LOADING}{{model_id: a/b}}\n      runtime_env: {{env_vars: {{HF_HUB_OFFLINE: '1'}}}}\n"
                )
            ),
            Case(job("working_dir: /app\nenv_vars: {A: b}\n")),
            Case(job("py_modules: ['s3://ours/code.zip']\n")),
            Case(cluster(headGroupSpec={})),
        ],
        failing=[
            Case(
                service(f"{LOADING}{{model_id: qwen, model_source: Qwen/Qwen3-8B}}"),
                findings=["spec.serveConfigV2: Qwen/Qwen3-8B is taken from a hub (model_loading_config)"],
            ),
            Case(
                service(f"{LOADING}{{model_id: Qwen/Qwen3-8B}}"),
                findings=["spec.serveConfigV2: Qwen/Qwen3-8B is taken from a hub (model_loading_config)"],
            ),
            Case(
                service(f"{SERVED}  runtime_env: {{pip: [a], working_dir: 'https://example.com/a.zip'}}\n"),
                findings=[
                    "spec.serveConfigV2: packages are installed at start (runtime_env.pip)",
                    "spec.serveConfigV2: code of https://example.com/a.zip is run (runtime_env.working_dir)",
                ],
            ),
            Case(
                job("uv: [requests]\npy_modules: ['git+https://example.com/a.git']\n"),
                findings=[
                    "spec.runtimeEnvYAML: packages are installed at start (runtime_env.uv)",
                    "spec.runtimeEnvYAML: code of git+https://example.com/a.git is run (runtime_env.py_modules)",
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[
            Case(service(UNKNOWN)),
            Case(service("a: [")),
            Case(service("a: &a [1]\nb: *a\n")),
            Case(job("just words")),
        ],
    ),
}
test_rules = cases_test(RULES, CASES)
