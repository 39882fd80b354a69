"""The pages in a real browser: a walk without scripts, reading aids, and what fits on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright
from review_people import BLAME, NEED, PASSWORD, WORRY
from review_site import Site

from coachbot.store_consent import Consent

if TYPE_CHECKING:
    from review_fixtures import House

pytest_plugins = ["review_fixtures"]

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Chromium's own sandbox is not there for root, as whom containers run.
    options = ["--no-sandbox", "--disable-dev-shm-usage"]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=options) as browser,
    ):
        yield browser


def log_in(page: Page, site: Site, name: str = "Noor", password: str = PASSWORD) -> None:
    page.goto(site.url)
    page.get_by_label("Naam").fill(name)
    page.get_by_label("Wachtwoord").fill(password)
    page.get_by_role("button", name="Inloggen").click()


def test_a_facilitator_finds_reads_notes_corrects_exports_and_leaves(
    browser: Browser, site: Site, house: House, tmp_path: Path
) -> None:
    """The whole walk on a phone, with scripts turned off."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    log_in(page, site, password="dit is het niet")
    expect(page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    log_in(page, site)

    page.get_by_label("Zoek in wat deelnemers zeiden").fill("duidelijkheid sleutel*")
    page.get_by_role("button", name="Zoek").click()
    expect(page.get_by_text("0 gesprekken")).to_be_visible()
    page.get_by_label("Zoek in wat deelnemers zeiden").fill("rust duidelijkheid")
    page.get_by_text("Filter en volgorde").click()
    page.get_by_label("Volgorde naar").select_option("temperatuur vooraf")
    page.get_by_role("button", name="Toon").click()
    expect(page.get_by_text("2 gesprekken")).to_be_visible()
    expect(page.locator(".hits mark").first).to_have_text("rust")
    page.locator(f'a[href^="/gesprekken/{house.session}#"]').first.click()

    turn = house.turn(house.session, BLAME)
    beurt = page.locator(f"#beurt-{turn}")
    expect(beurt).to_contain_text(BLAME)
    expect(beurt.locator("mark.cue-verwijt").first).to_be_visible()
    expect(page.locator("img[alt^='De klim op de ladder']")).to_be_visible()

    beurt.get_by_text("Meer bij dit bericht").click()
    beurt.get_by_label("Bij dit bericht").fill("Hier begint het.")
    beurt.get_by_role("button", name="Bewaar notitie").click()
    expect(page.get_by_role("status")).to_have_text("Je notitie is bewaard.")
    expect(beurt.locator(".note")).to_contain_text("Hier begint het.")

    beurt.get_by_text("Meer bij dit bericht").click()
    beurt.get_by_label("Trede").select_option("standpunt")
    beurt.get_by_label("verwijt aan een ander").uncheck()
    beurt.get_by_role("button", name="Bewaar verbetering").click()
    expect(beurt.locator(".chips")).to_contain_text("door jou verbeterd")
    beurt.get_by_text("Meer bij dit bericht").click()
    beurt.get_by_role("button", name="Haal verbetering weg").click()
    expect(page.get_by_role("status")).to_have_text("Je verbetering is weg.")
    page.locator(".note").get_by_role("button", name="Haal weg").click()
    expect(page.locator(".note")).to_have_count(0)

    page.get_by_role("link", name="Gesprekken", exact=True).first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Bewaar als CSV").click()
    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    assert NEED in saved.read_text(encoding="utf-8-sig")

    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("status")).to_have_text("Je bent uitgelogd.")
    page.goto(f"{site.url}/gesprekken/{house.session}")
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert Consent(house.store).openings("een")
    context.close()


def test_every_page_can_be_read_by_everybody_on_any_screen(
    browser: Browser, site: Site, house: House
) -> None:
    """axe finds nothing serious, nothing sticks out, nothing is blocked by our own policy."""
    context = browser.new_context(locale="nl-NL")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if "Policy" in m.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    turn = house.turn(house.session, WORRY)
    places = [
        "/gesprekken",
        "/gesprekken?zoek=rust&van=morgen&trede=behoefte",
        "/gesprekken?zoek=nergens",
        f"/gesprekken/{house.session}",
        f"/gesprekken/{house.session}/afdruk",
        "/groepen",
        f"/groepen/{house.zuid.id}",
        "/nergens",
    ]
    faults = [("/inloggen", fault) for fault in looked_at(page, f"{site.url}/inloggen")]
    log_in(page, site)
    for place in places:
        faults += [(place, fault) for fault in looked_at(page, site.url + place)]
    page.goto(f"{site.url}/gesprekken/{house.session}#beurt-{turn}")
    for details in page.locator("details").all():
        details.evaluate("it => it.open = true")
    faults += [("unfolded", fault) for fault in looked_at(page, None)]
    assert not faults and not complaints
    context.close()


def looked_at(page: Page, address: str | None) -> list[str]:
    """What is wrong with a page, on a phone and on a desk."""
    if address:
        page.goto(address)
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            found.append(f"{wide} wide on {size['width']}")
        result = Axe().run(page)
        found += [
            f"{fault['id']}: {fault['nodes'][0]['html']}"
            for fault in result["violations"]
            if fault["impact"] in ("serious", "critical")
        ]
        assert result["passes"], "axe looked at nothing"
    return found


def test_with_the_keyboard_one_reaches_the_content_first(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    log_in(page, site)
    page.goto(f"{site.url}/gesprekken")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Zoek in wat deelnemers zeiden")).to_be_focused()
    page.close()


def test_on_paper_the_talk_stands_and_the_buttons_do_not(
    browser: Browser, site: Site, house: House
) -> None:
    page = browser.new_page()
    log_in(page, site)
    page.goto(f"{site.url}/gesprekken/{house.session}/afdruk")
    expect(page.get_by_role("button", name="Afdrukken of bewaren als pdf")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".bubble").filter(has_text="sleutels")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("navigation")).to_have_count(0)
    assert page.pdf().startswith(b"%PDF")
    page.close()
