"""Secrets and ConfigMaps that a pod cannot start without."""

from tools.rehearsal.cluster.mounts import missing

POD = {
    "metadata": {"name": "p", "namespace": "models"},
    "spec": {
        "volumes": [
            {"name": "a", "secret": {"secretName": "certificate"}},
            {"name": "b", "configMap": {"name": "settings"}},
            {"name": "c", "configMap": {"name": "nice-to-have", "optional": True}},
            {"name": "d", "projected": {"sources": [{"secret": {"name": "token"}}, {"downwardAPI": {}}]}},
            {"name": "e", "configMap": {"name": "istio-ca-root-cert"}},
            {"name": "f", "emptyDir": {}},
        ],
        "containers": [
            {
                "name": "main",
                "envFrom": [{"configMapRef": {"name": "settings"}}],
                "env": [
                    {"name": "K", "valueFrom": {"secretKeyRef": {"name": "key", "key": "k"}}},
                    {"name": "V", "value": "v"},
                ],
            }
        ],
    },
}


def test_all_that_is_not_there_is_named_once_and_what_is_optional_or_others_make_is_not():
    assert missing(POD, lambda *_: False) == [
        'secret "certificate" not found',
        'configmap "settings" not found',
        'secret "token" not found',
        'secret "key" not found',
    ]


def test_it_is_looked_for_in_the_pods_own_namespace():
    asked = []

    def has(*what):
        asked.append(what)
        return True

    assert missing(POD, has) == []
    assert asked[0] == ("Secret", "models", "certificate")
