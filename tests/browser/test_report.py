"""The HTML report in Chromium: keyboard, widths, both colour schemes, and what axe-core knows of accessibility."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe


@pytest.mark.parametrize("name", ["good", "broken", "model", "agent", "index", "controls", "audit"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_it_is_readable_everywhere(show, name, scheme, width):
    """Contrast included: axe measures it, and finds none in a page whose colours it cannot see."""
    page = show(name, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    said = Axe().run(page).response
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in said["violations"]] == []
    assert "color-contrast" in {p["id"] for p in said["passes"]}
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_light_and_dark_differ(show):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert show(scheme="light").evaluate(ground) != show(scheme="dark").evaluate(ground)


def test_the_verdict_is_seen_first(show):
    page = show("broken")
    assert page.locator("h1").inner_text().endswith("stack dev could not be judged")
    assert page.locator("h1").bounding_box()["y"] < 200
    assert page.locator("#findings .card.mandatory .fix").inner_text() == "Fix close it"


def test_permissions_are_folded_by_identity_and_a_filter_opens_those_it_finds_something_in(show):
    page = show()
    rows, identities = page.locator("#permission-rows tbody tr"), page.locator("#permission-rows > details")
    every = rows.count()
    assert all(identity.is_visible() for identity in identities.all())
    assert not any(row.is_visible() for row in rows.all())
    filtered = page.get_by_label("Filter permissions")
    filtered.fill("S3: models-")
    kept = [row.inner_text().lower() for row in rows.all() if row.is_visible()]
    assert 0 < len(kept) < every
    assert all("s3:" in row and "models-" in row for row in kept)
    assert page.locator("output[for=filter-permission-rows]").inner_text() == f"{len(kept)} of {every}"
    assert 0 < sum(identity.is_visible() for identity in identities.all()) < identities.count()
    filtered.fill("no such word")
    assert not any(identity.is_visible() for identity in identities.all())
    filtered.fill("")
    assert all(identity.is_visible() for identity in identities.all())
    assert not any(row.is_visible() for row in rows.all())


@pytest.mark.parametrize("words", ["models/minilm-v1 getobject", "models/minilm-v1 s3:prefix stringlike"])
def test_a_filter_finds_the_subject_and_a_condition_as_the_policy_writes_it(show, words):
    page = show()
    page.get_by_label("Filter permissions").fill(words)
    assert [
        i.locator("summary code").first.inner_text()
        for i in page.locator("#permission-rows .holder").all()
        if i.is_visible()
    ] == ["models/minilm-v1"]


def test_a_filter_opens_the_fold_it_finds_something_in(show):
    page = show()
    page.locator("#permission-rows > details > summary").first.click()
    action = page.locator("#permission-rows tbody tr").first.get_by_text("ec2:DetachVolume")
    assert not action.is_visible()
    page.get_by_label("Filter permissions").fill("detachvolume")
    assert action.is_visible()
    page.get_by_label("Filter permissions").fill("")
    assert not action.is_visible()


def test_on_paper_all_is_open_and_afterwards_as_it_was(show):
    page = show()
    page.locator("#permission-rows > details > summary").first.click()
    before = page.evaluate("[...document.querySelectorAll('details')].map(d => d.open)")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("[...document.querySelectorAll('details')].every(d => d.open)")
    assert all(row.is_visible() for row in page.locator("#permission-rows tbody tr").all())
    assert not page.locator("nav").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("[...document.querySelectorAll('details')].map(d => d.open)") == before


def test_a_figure_leads_to_its_section(show):
    page = show()
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("link", name=re.compile(r"^\d+ waived$")).click()
    assert page.evaluate("location.hash") == "#waivers"
    assert 0 < page.locator("#waivers h2").bounding_box()["y"] < 200


def test_at_a_desk_no_drawing_needs_to_be_scrolled(show):
    page = show(width=1280)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for drawing in page.locator(".drawing, .picture").all():
        assert drawing.evaluate("d => d.scrollWidth <= d.clientWidth")


def test_a_drawing_wider_than_a_phone_starts_in_its_middle_and_says_that_it_scrolls(show):
    page = show(width=390)
    page.locator("#architecture .fold > summary").click()
    at, width, seen = page.locator("#architecture .drawing").evaluate(
        "d => [d.scrollLeft, d.scrollWidth, d.clientWidth]"
    )
    assert width > seen
    assert abs(at - (width - seen) / 2) < 1
    assert page.locator("#architecture .sideways").is_visible()
    assert not show(width=1280).locator("#architecture .sideways").is_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_picture_is_seen_whole_in_the_form_that_fits(show, width):
    page = show(width=width)
    across, down = page.locator("#picture svg.across"), page.locator("#picture svg.down")
    assert (across.is_visible(), down.is_visible()) == (width > 720, width < 720)
    box = (across if width > 720 else down).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    # What a letter takes on the screen: eleven pixels are the least that is read without leaning forward.
    size = page.evaluate(
        "(svg => 12 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"
        "(document.querySelector('#picture svg:not([style])' + (innerWidth > 720 ? '.across' : '.down')))"
    )
    assert size > 11


def test_no_text_of_the_picture_leaves_its_box(show):
    """In the font this browser has; the drawing was made without knowing it."""
    for width in (390, 1440):
        page = show(width=width)
        out = page.evaluate(
            "[...document.querySelectorAll('#picture .part')]"
            ".filter(p => p.getBoundingClientRect().width).flatMap(p => {"
            "const r = p.querySelector('rect').getBoundingClientRect();"
            "return [...p.querySelectorAll('text')].filter(t => t.getBoundingClientRect().right > r.right)"
            ".map(t => t.textContent) })"
        )
        assert out == []


def test_a_phone_needs_ten_screens(show):
    page = show(width=390)
    assert page.evaluate("document.documentElement.scrollHeight") <= 10 * 844


def test_models_say_what_answers(show):
    page = show(width=390)
    said = page.locator("#models article").nth(1).inner_text().splitlines()
    assert said[0] == "support-chat"
    assert "99 % v1, 1 % v2 (candidate)" in said
    spans = [
        span.bounding_box() for span in page.locator("#models article").nth(1).locator(".shares span").all()
    ]
    assert len(spans) == 2
    assert spans[0]["width"] > spans[1]["width"] > 0


def test_a_component_opens_by_keyboard_alone(show):
    page = show()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    node = "document.activeElement.closest('[data-node]')?.dataset.node"
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#architecture .fold > summary')"):
            page.keyboard.press("Enter")
        if page.evaluate(node) == "cluster":
            break
    assert page.evaluate(node) == "cluster"
    assert page.locator("svg.chosen .line.lit").count() > 0
    page.keyboard.press("Enter")
    card = page.locator(".part:target")
    card.get_by_text("cluster-control-plane", exact=True).wait_for(timeout=5000)
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    card.get_by_text("cluster-control-plane", exact=True).wait_for(state="hidden", timeout=5000)


def test_everything_that_can_be_used_shows_its_focus(show):
    page = show()
    seen = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        at, outlined = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            "const r = e.querySelector?.('rect');"
            "return [e.tagName + (e.id || e.getAttribute('href') || e.textContent.slice(0, 40)),"
            "s.outlineStyle !== 'none' || (r && parseFloat(getComputedStyle(r).strokeWidth) > 3)] })()"
        )
        if at.startswith("BODY"):
            break
        assert outlined, at
        seen.add(at)
    assert {"INPUTfilter-permission-rows", "INPUTfilter-flow-rows", "A#findings"} <= seen


def test_without_scripts_nothing_is_hidden(browser, pages):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["good"].as_uri())
    assert all(row.is_visible() for row in page.locator("#permission-rows tbody tr").all())
    page.locator("#parts summary").first.click()
    assert page.locator("#parts details").first.get_attribute("open") is not None
    context.close()
