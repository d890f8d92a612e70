"""The registry's page over HTTP, as a browser sees it: it asks for nothing but itself, and is readable everywhere."""

import threading
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe

from gate.registry.content import content
from gate.registry.index import Index, write
from gate.registry.server import server
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("registry")
    write(content(ROOT, date(2026, 11, 29)), folder)
    with server(Index(folder), "127.0.0.1", 0) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_address[1]}/"
        serving.shutdown()
        thread.join(timeout=10)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_it_is_readable_finds_what_is_asked_for_and_leads_to_the_api(browser, address, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    assert [url for url in asked if url != address and not url.startswith("data:")] == []
    assert said == []
    found = Axe().run(page).response
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_label("Filter releases").fill("minilm")
    rows = page.locator("#release-rows tbody tr")
    assert [row.is_visible() for row in rows.all()].count(True) == 1
    page.get_by_role("link", name="minilm/v1").click()
    assert '"release"' in page.inner_text("body")
    context.close()
