"""The picture of a change: both sides in one, marked where they differ, and nothing where nothing in it changed."""

from dataclasses import replace

from gate.difference.compute import NOTHING
from gate.difference.picture import marked, picture_change
from gate.report.picture.scene import Box, Link, Scene

CHAT = Box(id="model chat", title="chat", lines=("v1: 100 %",), role="model")
POOL = Box(id="pool l4", title="Pool l4", role="pool", machines=(1, 1))
BEFORE = Scene(boxes=[CHAT, POOL], links=[Link(source=CHAT.id, target=POOL.id, leads="runs")])


def report(scene):
    return {**NOTHING, "picture": scene.as_data()}


def test_each_box_is_new_gone_or_changed():
    canary = replace(CHAT, lines=("v1: 90 %", "v2: 10 %"))
    h100 = replace(POOL, id="pool h100", title="Pool h100")
    whole, marks = marked(BEFORE, Scene(boxes=[canary, h100]))
    assert marks == {"model chat": "changed", "pool h100": "new", "pool l4": "gone"}
    assert [box.id for box in whole.boxes] == ["model chat", "pool h100", "pool l4"]
    assert [(x.source, x.target) for x in whole.links] == [("model chat", "pool l4")]


def test_more_machines_are_a_change_and_another_link_is_none():
    more = replace(POOL, machines=(1, 3))
    assert marked(BEFORE, replace(BEFORE, boxes=[CHAT, more]))[1] == {"pool l4": "changed"}
    linked = replace(BEFORE, boxes=[replace(CHAT, link="#elsewhere"), POOL])
    assert marked(BEFORE, linked)[1] == {}
    assert picture_change(report(BEFORE), report(linked)) == ""


def test_it_is_drawn_with_its_marks():
    text = picture_change(report(BEFORE), report(replace(BEFORE, boxes=[POOL])))
    assert '["GONE: chat<br>v1: 100 #37;"]' in text


def test_a_report_without_a_picture_is_compared_with_nothing():
    assert picture_change(NOTHING, report(BEFORE)) == ""
    assert picture_change(report(BEFORE), NOTHING) == ""
