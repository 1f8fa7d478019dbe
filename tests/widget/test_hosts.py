"""Host pages that fight back, and the options that they can set."""

from __future__ import annotations

import json
import subprocess

import pytest
from playwright.sync_api import expect

from spinechat.channels.assets import script
from spinechat.clinic import clinic
from spinechat.project import project_root
from tests.widget.conftest import ANSWER, QUESTION, SNIPPET, Chat, HostSite, Visits, put

ESBUILD = project_root() / "web" / "node_modules" / ".bin" / "esbuild"
# What the widget looks like must not depend on the page.
LOOK = {
    ".launch": ["font-family", "font-size", "color", "background-color", "display", "cursor",
                "text-transform", "letter-spacing", "visibility", "opacity", "direction"],
}  # fmt: skip
OPEN_LOOK = {
    ".bubble": ["font-family", "font-size", "color", "background-color", "display", "line-height",
                "text-align", "white-space", "text-indent", "word-spacing", "user-select"],
    ".send": ["display", "width", "height", "background-color", "border-radius"],
    ".panel": ["width", "position", "z-index", "background-color", "transform", "filter"],
    ".compose textarea": ["font-size", "font-family", "display", "box-sizing", "height"],
}  # fmt: skip

HOSTILE = {
    "nothing": "",
    "!important on everything": """<style>* { color: red !important; background: yellow !important;
        font: italic 9px/3 serif !important; text-transform: uppercase !important;
        letter-spacing: 1em !important; direction: rtl !important; visibility: hidden !important;
        opacity: 0.1 !important; pointer-events: none !important; cursor: wait !important;
        text-align: right !important; white-space: pre !important; user-select: none !important;
        transform: rotate(20deg) !important; filter: blur(3px) !important; zoom: 2 !important;
        position: static !important; display: inline !important; --accent: red !important;
        --ink: red !important; word-spacing: 2em !important; text-indent: 4em !important }
        </style>""",
    "no buttons": "<style>button, a, textarea, [role] { display: none !important }</style>",
    "nothing is shown": "<style>html > *, html > * * { display: none !important }</style>",
    "moved body": "<style>body { transform: scale(0.5); filter: blur(2px) }</style>",
    "tiny root": "<style>html { font-size: 4px !important; line-height: 0.5 }</style>",
    "reset": "<style>*, *::before { all: unset !important }</style>",
    "right to left": "<script>document.documentElement.dir = 'rtl'</script>",
    "high": "<div style='position: fixed; inset: 0; z-index: 99999; pointer-events: none'></div>",
}


def look(chat: Chat, parts: dict[str, list[str]]) -> dict[str, list[str]]:
    return {selector: chat.style(selector, *names) for selector, names in parts.items()}


def whole_look(chat: Chat) -> dict[str, list[str]]:
    closed = look(chat, LOOK)
    chat.opened()
    chat.ask(QUESTION, ANSWER)
    return {**closed, **look(chat, OPEN_LOOK)}


@pytest.fixture(scope="module")
def plain() -> dict[str, list[str]]:
    """The look on a page that does nothing; filled by the first test."""
    return {}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_looks_and_works_the_same_whatever_the_page_does(
    visits: Visits, host_site: HostSite, plain: dict[str, list[str]], name: str
) -> None:
    found = whole_look(visits.open(put(host_site, visits, "/hostile", HOSTILE[name])))
    if not plain:
        plain.update(found)
    assert found == plain


@pytest.mark.parametrize("doctype", ["", '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">'])
def test_old_doctypes(
    visits: Visits, host_site: HostSite, plain: dict[str, list[str]], doctype: str
) -> None:
    chat = visits.open(put(host_site, visits, "/old", "", doctype))
    assert chat.page.evaluate("document.compatMode") == "BackCompat"
    assert whole_look(chat) == plain


def test_a_page_with_a_strict_csp(visits: Visits, host_site: HostSite) -> None:
    policy = (
        f"default-src 'none'; script-src {visits.base}chat/; connect-src {visits.base}chat/; "
        "img-src data:; require-trusted-types-for 'script'; trusted-types lit-html"
    )
    chat = visits.open(put(host_site, visits, "/csp", "", Content_Security_Policy=policy))
    chat.opened()
    chat.ask(QUESTION, ANSWER)
    assert chat.style(".panel", "position") == ["fixed"]


def test_the_script_with_an_integrity_value(visits: Visits, host_site: HostSite) -> None:
    tag = (f'<script async src="{{base}}chat/{script().name}" crossorigin="anonymous" '
           f'integrity="{script().integrity}"></script>')  # fmt: skip
    policy = f"script-src {visits.base}chat/; connect-src {visits.base}chat/"
    address = put(host_site, visits, "/integrity", "", tag=tag, Content_Security_Policy=policy)
    visits.open(address).opened().ask(QUESTION, ANSWER)


def test_a_changed_script_does_not_run(visits: Visits, host_site: HostSite) -> None:
    visits.expected.append("integrity")
    wrong = "sha384-" + "A" * 64
    tag = f'<script src="{{base}}chat/widget.js" crossorigin integrity="{wrong}"></script>'
    chat = visits.open(put(host_site, visits, "/changed", "", tag=tag))
    expect(chat.page.locator("spinechat-widget")).to_have_count(0)


def test_a_page_whose_csp_forbids_the_requests(visits: Visits, host_site: HostSite) -> None:
    visits.expected.append("Content Security Policy|CSP")
    visits.reports_expected = True
    policy = f"script-src {visits.base}chat/; connect-src 'none'"
    tag = f'<script async src="{{base}}chat/widget.js" data-phone="{clinic().phone}"></script>'
    chat = visits.open(
        put(host_site, visits, "/blocked", "", tag=tag, Content_Security_Policy=policy)
    )
    chat.opened()
    chat.ask(QUESTION)
    expect(chat.alert.get_by_role("link", name=f"Call {clinic().phone}")).to_be_visible()


FETCHES = {
    "throws": "window.fetch = () => { throw new Error('no') };",
    "rejects": "window.fetch = async () => { throw new TypeError('no') };",
    "gives nonsense": "window.fetch = async () => ({});",
    "is not there": "delete window.fetch; window.fetch = undefined;",
}


@pytest.mark.parametrize("name", FETCHES)
def test_blocked_fetch(visits: Visits, name: str) -> None:
    chat = visits.open(script=FETCHES[name]).opened()
    chat.ask(QUESTION)
    expect(chat.alert).to_contain_text("In an emergency call 911.")
    # The clinic's page gives the number in the tag.
    expect(chat.alert.get_by_role("link", name=f"Call {clinic().phone}")).to_be_visible()


STORAGES = {
    "throws": "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('no') }});",
    "is full": "Storage.prototype.setItem = () => { throw new DOMException('x', 'Quota') };",
    "is null": "Object.defineProperty(window, 'sessionStorage', {value: null});",
    "holds rubbish": """Storage.prototype.getItem = () => JSON.stringify({at: 9e15, draft: 5,
        messages: [7, null, {}], scale: "x", clinic: {phone: 7}});""",
    "holds no JSON": "Storage.prototype.getItem = () => '<html>';",
    "Prototype.js": "Array.prototype.toJSON = function () { return '[' + this.join() + ']' };",
}


@pytest.mark.parametrize("name", STORAGES)
def test_blocked_or_damaged_storage(visits: Visits, name: str) -> None:
    chat = visits.open(script=STORAGES[name]).opened()
    chat.ask(QUESTION, ANSWER)
    chat.ask("tell me more", "traditional surgery")


def test_the_script_loaded_twice(visits: Visits, host_site: HostSite) -> None:
    chat = visits.open(put(host_site, visits, "/twice", "", tag=SNIPPET * 2))
    expect(chat.launcher).to_have_count(1)
    chat.opened().ask(QUESTION, ANSWER)


def test_two_elements_for_one_server(visits: Visits, host_site: HostSite) -> None:
    tag = "<spinechat-widget></spinechat-widget>" * 2 + SNIPPET
    chat = visits.open(put(host_site, visits, "/two", "", tag=tag))
    expect(chat.launcher).to_have_count(1)
    expect(chat.page.locator("spinechat-widget")).to_have_count(2)
    chat.opened().ask(QUESTION, ANSWER)


def test_two_widgets_for_two_servers(visits: Visits, host_site: HostSite) -> None:
    other = visits.base.replace("127.0.0.1", "localhost")
    visits.origins.add(other)
    tag = (
        f'<spinechat-widget server="{visits.base}chat/"></spinechat-widget>'
        f'<spinechat-widget server="{other}chat/" position="left"></spinechat-widget>'
    )
    chat = visits.open(put(host_site, visits, "/servers", "", tag=tag + SNIPPET))
    expect(chat.launcher).to_have_count(2)
    chat.launcher.nth(1).click()
    expect(chat.panel).to_have_count(1)
    chat.ask(QUESTION, ANSWER)
    assert len(json.loads(chat.page.evaluate("JSON.stringify(Object.keys(sessionStorage))"))) == 2


@pytest.mark.skipif(not ESBUILD.exists(), reason="esbuild is not installed: Node is missing")
def test_a_page_with_a_lit_bundle_of_its_own(visits: Visits, host_site: HostSite) -> None:
    """Two copies of lit on one page, each with a component of its own."""
    source = """import {LitElement, html} from 'lit';
        customElements.define('host-card', class extends LitElement {
          render() { return html`<p>A card of the page</p>`; }
        });"""
    built = subprocess.run(
        [ESBUILD, "--bundle", "--minify"],
        input=source, cwd=ESBUILD.parents[2], capture_output=True, text=True, check=True,
        timeout=60,
    )  # fmt: skip
    head = f"<script type=module>{built.stdout}</script>"
    tag = f"<host-card></host-card>{SNIPPET}"
    chat = visits.open(put(host_site, visits, "/own-lit", head, tag=tag))
    chat.opened().ask(QUESTION, ANSWER)
    expect(chat.page.get_by_text("A card of the page")).to_be_visible()
    assert len(chat.page.evaluate("window.litHtmlVersions")) == 2


def test_a_page_with_its_own_lit(visits: Visits, host_site: HostSite) -> None:
    """Another lit announces itself in the page's globals; so does ours."""
    head = "<script>window.litHtmlVersions = ['2.0.0']; window.litElementVersions = ['3'];</script>"
    chat = visits.open(put(host_site, visits, "/lit", head))
    chat.opened().ask(QUESTION, ANSWER)
    assert "2.0.0" in chat.page.evaluate("window.litHtmlVersions")


def test_a_page_that_exchanges_its_body(visits: Visits, host_site: HostSite) -> None:
    chat = visits.open(put(host_site, visits, "/body", ""))
    expect(chat.launcher).to_be_visible()
    chat.page.evaluate("document.body = document.createElement('body')")
    chat.opened().ask(QUESTION, ANSWER)


def test_the_pages_shortcuts_do_not_hear_what_is_typed(visits: Visits, host_site: HostSite) -> None:
    head = """<script>window.heard = "";
        addEventListener("keydown", event => { heard += event.key; event.preventDefault() });
        </script>"""
    chat = visits.open(put(host_site, visits, "/keys", head)).opened()
    chat.input.press_sequentially("a / b")
    expect(chat.input).to_have_value("a / b")
    assert chat.page.evaluate("heard") == ""


def test_an_element_that_is_taken_out_and_put_back(visits: Visits) -> None:
    chat = visits.open().opened()
    chat.ask(QUESTION, ANSWER)
    chat.page.evaluate(
        """() => { const one = document.querySelector("spinechat-widget"); one.remove();
        document.documentElement.append(one); }"""
    )
    chat.ask("tell me more", "traditional surgery")
