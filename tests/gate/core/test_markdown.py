"""What others wrote stays text in Markdown, and calls nobody."""

import pytest

from gate.core.markdown import cell, code

BREAK = "&#8203;"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3:Get* on `x` [y] a|b \\ ~z~", "s3:Get\\* on \\`x\\` \\[y\\] a\\|b \\\\ \\~z\\~"),
        ("max_gpus and _loud_", "max_gpus and \\_loud\\_"),
        ("<img src=x> & <!-- -->", "&lt;img src=x&gt; &amp; &lt;!-- --&gt;"),
        ("two\nlines", "two lines"),
        ("@everyone (@a/b) ml@example.com a@sha256:1", f"@{BREAK}everyone (@{BREAK}a/b) ml@example.com a@sha256:1"),
        ("#1 o/r#2 GH-3 x#y", f"#{BREAK}1 o/r#{BREAK}2 GH-{BREAK}3 x#y"),
        ("# approved", f"#{BREAK} approved"),
        ("- [x] done", "\\- \\[x\\] done"),
        ("---", "\\---"),
        ("=", "\\="),
        ("-1 and +2", "-1 and +2"),
        ("1. first", "1\\. first"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("> quoted", "&gt; quoted"),
        ("see https://example.com and www.example.com", f"see https:{BREAK}//example.com and www{BREAK}.example.com"),
        ("s3://bucket/x ftp://h HTTPS://h", f"s3://bucket/x ftp:{BREAK}//h HTTPS:{BREAK}//h"),
        ("\x1b[31m\u202e", "\\\\x1b\\[31m\\\\u202e"),
    ],
)  # fmt: skip
def test_a_cell_shows_what_was_written(given, shown):
    assert cell(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("aws:s3/bucket:Bucket", "`aws:s3/bucket:Bucket`"),
        ("a`b</details>|@x\n\n# c", "`a'b</details>¦@x # c`"),
        ("  ", "—"),
        (8, "`8`"),
    ],
)
def test_code_cannot_be_left(given, shown):
    assert code(given) == shown
