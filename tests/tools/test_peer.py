"""Without the peer there is nothing to compare with, and the table says so instead of a figure."""

from tools import peer


def test_a_peer_that_is_not_installed_is_told_and_gives_no_figure(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(peer, "INSTALLED", tmp_path)
    assert list(peer.against_peer("dev", 580, "--today=2026-11-28")) == []
    assert "make .cache/peer/installed" in capsys.readouterr().err


def test_the_ratio_is_of_the_medians(tmp_path, monkeypatch):
    (tmp_path / "installed").touch()
    seconds = iter([6.0, 8.0] * 4 + [60.0, 80.0])
    monkeypatch.setattr(peer, "INSTALLED", tmp_path)
    monkeypatch.setattr(peer, "processor", lambda *_ask: next(seconds))
    own, theirs, ratio = peer.against_peer("dev", 580, "--today=2026-11-28")
    assert (own.value, theirs.value, ratio.value, ratio.target) == (6.0, 8.0, 0.75, 1.2)
