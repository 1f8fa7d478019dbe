"""The review page: what the assistant missed, and what is to become of it (`spinechat review`)."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, html, redirect, text

from spinechat.review import additions
from spinechat.review.access import COOKIE, HEADERS, Access
from spinechat.review.grouping import grouped
from spinechat.review.phrases import PhraseIndex
from spinechat.storage import OpenNote, ReviewNotes

HOST = "127.0.0.1"
TITLE = "Messages to review"
# Bytes of a form; a message has 1,000 characters.
LARGEST = 16_384
KINDS = {
    "miss": "It was not understood.",
    "clinic": "Only the clinic could answer it.",
    "alarm": "It was answered with 911 or 988.",
    "bad": "The answer did not help.",
    "reason": "A patient wrote why an answer did not help.",
}


class ReviewPage:
    """The page of one run."""

    def __init__(self, access: Access, index: PhraseIndex) -> None:
        self._access = access
        self._index = index
        self._notes = ReviewNotes()
        pages = Environment(loader=PackageLoader("spinechat.review", "pages"), autoescape=True)
        self._page = pages.get_template("page.html")
        self._style = pages.loader.get_source(pages, "style.css")[0] if pages.loader else ""

    def app(self) -> Sanic:
        """The Sanic app."""
        app = Sanic("spinechat-review", configure_logging=False)
        app.config.REQUEST_MAX_SIZE = LARGEST
        app.on_request(self._guard)
        app.on_response(self._sealed)
        app.add_route(self._style_sheet, "/style.css")
        app.add_route(self._enter, "/code", methods=["POST"])
        app.add_route(self._list, "/")
        app.add_route(self._decide, "/decide", methods=["POST"])
        app.add_route(self._write, "/write", methods=["POST"])
        return app

    async def _guard(self, request: Request) -> HTTPResponse | None:
        origin = request.headers.get("origin")
        if not self._access.is_from_here(request.method, request.host, origin):
            return text("This page is for this machine only.", status=403)
        if request.path in ("/style.css", "/code"):
            return None
        if not self._access.has_entered(request.cookies.get(COOKIE)):
            return self._shown("code", status=401, title="Type the code")
        return None

    async def _sealed(self, request: Request, response: HTTPResponse) -> None:
        response.headers.update(HEADERS)

    def _shown(self, page: str, status: int = 200, **values: Any) -> HTTPResponse:
        return html(self._page.render(page=page, **{"title": TITLE, **values}), status=status)

    async def _style_sheet(self, request: Request) -> HTTPResponse:
        return text(self._style, content_type="text/css")

    async def _enter(self, request: Request) -> HTTPResponse:
        cookie = self._access.exchange(_field(request, "code"))
        if cookie is None:
            notice = "That is not the code. After five wrong ones, start `spinechat review` anew."
            return self._shown("code", status=401, title="Type the code", notice=notice)
        response = redirect("/", status=303)
        response.cookies[COOKIE] = cookie
        response.cookies[COOKIE]["httponly"] = True
        response.cookies[COOKIE]["samesite"] = "Strict"
        response.cookies[COOKIE]["path"] = "/"
        return response

    async def _list(self, request: Request) -> HTTPResponse:
        return self._listed("")

    def _listed(self, notice: str, status: int = 200) -> HTTPResponse:
        notes = self._notes.open()
        return self._shown(
            "list",
            status,
            notice=notice,
            count=len(notes),
            groups=grouped(notes, self._index),
            kinds=KINDS,
            intents=sorted({phrase.intent for phrase in self._index.phrases}),
            proposed=self._notes.proposed(),
        )

    def _open(self, request: Request) -> OpenNote | None:
        number = _field(request, "number")
        return next((one for one in self._notes.open() if str(one.number) == number), None)

    async def _decide(self, request: Request) -> HTTPResponse:
        one, what = self._open(request), _field(request, "what")
        if one is None:
            return self._listed("That message was decided upon already.", 409)
        if what == "topic":
            title = " ".join(_field(request, "topic").split())
            if not title:
                return self._listed("Please name the topic that is missing.", 400)
            self._notes.decide([one.number], what, title)
            return self._listed(f"Proposed: {title}.")
        if what == "dismissed":
            self._notes.decide([one.number], what, "")
            return self._listed("Left out.")
        if what not in ("intent", "out_of_scope"):
            return self._listed("Please choose what is to become of it.", 400)
        intent = _field(request, "intent") if what == "intent" else what
        phrase = _field(request, "text") or one.note.text
        try:
            change = additions.proposed(phrase, intent, self._index)
        except additions.PhraseRefused as reason:
            return self._listed(f"Not added. {reason}", 409)
        return self._shown(
            "change",
            title="Is this right?",
            number=one.number,
            intent=intent,
            text=phrase,
            diff=change.diff,
        )

    async def _write(self, request: Request) -> HTTPResponse:
        one, intent = self._open(request), _field(request, "intent")
        if one is None:
            return self._listed("That message was decided upon already.", 409)
        try:
            additions.write(additions.proposed(_field(request, "text"), intent, self._index))
        except additions.PhraseRefused as reason:
            return self._listed(f"Not added. {reason}", 409)
        self._notes.decide([one.number], "intent", intent)
        self._index = PhraseIndex(self._index)
        return self._listed(f"Added to {intent}.")


def _field(request: Request, name: str) -> str:
    """A field of the form that was sent; empty if it is not there."""
    value = (request.form or {}).get(name)
    return value if isinstance(value, str) else ""


def serve(port: int) -> int:
    """Runs the page until Ctrl-C; the code is printed."""
    access = Access(port)
    app = ReviewPage(access, PhraseIndex()).app()
    print(
        f"Open http://{HOST}:{port}/ and type the code {access.code}  (Ctrl-C ends it)", flush=True
    )
    app.run(host=HOST, port=port, access_log=False, motd=False, debug=False)
    return 0
