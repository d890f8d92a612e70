"""Keys become paths below a folder, or the listing is refused."""

import pytest

from runtime.download.listing import Item, listed
from runtime.download.outcome import DownloadError, Outcome


def page(*keys, size=1):
    return {"Contents": [{"Key": key, "Size": size, "ETag": f'"{n}"'} for n, key in enumerate(keys)]}


def test_pages_become_items_by_path():
    assert listed([page("m/b/c"), page("m/a"), {}], "m/") == [
        Item(path="a", key="m/a", size=1, etag='"0"'),
        Item(path="b/c", key="m/b/c", size=1, etag='"0"'),
    ]


@pytest.mark.parametrize(
    ("keys", "problems"),
    [
        ([], ["holds no file"]),
        (["m/../x"], ["'m/../x': is no path below a folder"]),
        (["m//x"], ["'m//x': is no path below a folder"]),
        (["m/a/./x"], ["'m/a/./x': is no path below a folder"]),
        (["m/a/"], ["'m/a/': is no path below a folder"]),
        (["n/x"], ["'n/x': lies outside the prefix that was asked for"]),
        (["m/a\x00b"], ["'m/a\\x00b': is no printable text"]),
        (["m/a\nb"], ["'m/a\\nb': is no printable text"]),
        (["m/" + "x" * 256], [f"'m/{'x' * 256}': is longer than a file's name may be"]),
        (
            ["m/.slipway-incoming/x"],
            ["'m/.slipway-incoming/x': has the name of the folder for what is not verified yet"],
        ),
        (["m/a", "m/a/b"], ["'a/b': 'a' is a file"]),
    ],
)  # fmt: skip
def test_what_is_no_path_is_refused(keys, problems):
    with pytest.raises(DownloadError) as error:
        listed([page(*keys)], "m/")
    assert (error.value.outcome, list(error.value.problems)) == (Outcome.OTHER_FILES, problems)


def test_only_so_many_problems_are_told():
    with pytest.raises(DownloadError) as error:
        listed([page(*[f"m/../{n}" for n in range(30)])], "m/")
    assert list(error.value.problems)[-1] == "and 10 more"
    assert len(error.value.problems) == 21


def test_too_many_files_are_refused_as_they_come():
    pages = (page(*[f"m/{n}/{i}" for i in range(1000)]) for n in range(10**6))
    with pytest.raises(DownloadError, match="more than 100000 files"):
        listed(pages, "m/")


def test_an_empty_object_that_ends_with_a_slash_is_a_drawn_folder():
    assert [i.path for i in listed([page("m/", "m/a/", size=0), page("m/a/x")], "m/")] == ["a/x"]
