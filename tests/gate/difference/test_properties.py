import json

from gate.difference.properties import property_changes
from gate.difference.record import Change


def differ(before, after):
    return [(c.path, c.before, c.after) for c in property_changes(before, after)]


def test_documents_are_compared_inside_and_tags_with_the_defaults():
    def side(action, owner):
        policy = json.dumps({"Statement": [{"Action": [action], "Resource": "*"}]})
        return {"policy": policy, "tags": {"a": "b"}, "tagsAll": {"a": "b", "owner": owner}}

    assert list(property_changes(side("s3:GetObject", "me"), side("s3:*", "you"))) == [
        Change(path="policy.Statement.0.Action.0", before="s3:GetObject", after="s3:*"),
        Change(path="tags.owner", before="me", after="you"),
    ]


def test_a_missing_value_is_empty_and_a_long_one_whole():
    assert differ({"a": "x" * 500}, {"b": True}) == [("a", "x" * 500, ""), ("b", "", "true")]


def test_an_item_put_between_two_others_is_one_difference():
    assert differ({"v": ["a", "b", "c"]}, {"v": ["a", "new", "b", "c"]}) == [("v.1", "", "new")]
    assert differ({"v": ["a", "b", "c"]}, {"v": ["b", "c"]}) == [("v.0", "a", "")]
    assert differ({"v": [{"p": 1}, {"p": 2}]}, {"v": [{"p": 0}, {"p": 1}, {"p": 2, "q": 3}]}) == [
        ("v.0.p", "", "0"),
        ("v.2.q", "", "3"),
    ]


def test_items_with_names_are_compared_by_them():
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    new = [{"name": "C", "value": "0"}, {"name": "A", "value": "1"}, {"name": "B", "value": "3"}]
    assert differ({"env": env}, {"env": new}) == [
        ("env[B].value", "2", "3"),
        ("env[C].name", "", "C"),
        ("env[C].value", "", "0"),
    ]
    assert differ({"env": env}, {"env": env[::-1]}) == [("env, their order", "A, B", "B, A")]
    twice = [*env, {"name": "A", "value": "9"}]  # a name that tells nothing apart
    assert differ({"env": env}, {"env": twice}) == [("env.2.name", "", "A"), ("env.2.value", "", "9")]


def test_what_comes_or_goes_as_a_whole_is_told_value_by_value():
    assert differ({}, {"a": {"b": [1, {"c": 2}]}}) == [("a.b.0", "", "1"), ("a.b.1.c", "", "2")]
    assert differ({"a": {"b": 1}}, {}) == [("a.b", "1", "")]
    assert differ({"a": {"b": 1}}, {"a": "text"}) == [("a", '{"b": 1}', "text")]
    assert differ({"a": {}}, {"a": None}) == [("a", "{}", "")]


def test_a_word_that_becomes_a_value_of_another_kind_is_a_difference():
    assert differ({"a": "true", "b": 1}, {"a": True, "b": True}) == [
        ("a", '"true"', "true"),
        ("b", "1", "true"),
    ]


def test_what_only_looks_like_a_document_is_text():
    deep = "[" * 100_000
    assert differ({"a": "{no"}, {"a": deep}) == [("a", "{no", deep)]
    assert differ({"a": '{"x": 1}'}, {"a": '{ "x" : 1 }'}) == []
