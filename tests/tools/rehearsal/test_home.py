"""The folder of a rehearsal: which programs the engine finds in it."""

import os

from tools.rehearsal.home import connect, furnish


def test_the_real_provider_takes_the_simulated_ones_place_and_aws_is_on_the_path(tmp_path):
    home = furnish(tmp_path / "home")
    (plugin,) = home.plugins.glob("resource-kubernetes-*/pulumi-resource-kubernetes")
    assert "tools.rehearsal.objects.provider" in plugin.read_text(encoding="utf-8")
    connect(home, tmp_path / "provider", {"HTTPS_PROXY": "http://127.0.0.1:1"}, "token")
    assert plugin.read_text(encoding="utf-8").splitlines()[1] == (
        f'HTTPS_PROXY="http://127.0.0.1:1" exec "{tmp_path}/provider" "$@"'
    )
    assert os.access(plugin, os.X_OK)
    said = (home.programs / "aws").read_text(encoding="utf-8")
    assert f'tools.rehearsal.cluster.get_token "{home.account}" "token" "$@"' in said
