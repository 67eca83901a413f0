"""The application: the rooms of the pages, the API, and what every answer has in common."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from paraph._version import __version__
from paraph.desk.opening import THREADS
from paraph.errors import DeskAway, DeskError, NotOnDesk, ParaphError, UsageError
from paraph.web import access, api
from paraph.web.answers import problem
from paraph.web.assets import asset, icon
from paraph.web.guard import Guard, Hosts
from paraph.web.house import House
from paraph.web.tries import Tries
from paraph.web.views import ROUTERS

__all__ = ["make_app"]

# When to ask again for a desk that cannot be had now, for programs that heed it. Set by eye.
RETRY_SECONDS = "10"

_log = logging.getLogger("paraph.web")


def make_app(house: House, hosts: Hosts) -> FastAPI:
    """Return the application that serves a house to those who ask for one of its hosts."""
    app = _App(
        title="Paraph",
        version=__version__,
        summary="Deals between countries, from the first hint to the signature.",
        docs_url=None,  # these pages load their script from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
        lifespan=_threads,
    )
    app.state.house = house
    app.state.hosts = hosts
    app.state.tries = Tries(house.settings)
    app.router.routes.append(Route("/static/{name}", asset, methods=["GET"]))
    app.router.routes.append(Route("/favicon.ico", icon, methods=["GET"]))
    for router in (*ROUTERS, api.router):
        app.include_router(router)
    _errors(app)
    app.add_middleware(access.Door, house=house)
    return app


@asynccontextmanager
async def _threads(app: FastAPI) -> AsyncIterator[None]:
    """Let pages be made in as many threads as the desk has connections for."""
    from anyio.to_thread import current_default_thread_limiter

    current_default_thread_limiter().total_tokens = THREADS
    yield


class _App(FastAPI):
    """The application with the guard before everything else: what answers a fault of ours is within it too."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return the layers of the application, the guard outermost."""
        house: House = self.state.house
        inner = super().build_middleware_stack()
        return Guard(inner, self.state.hosts, house.settings.max_form_bytes, house.gate.behind_proxy)


def _errors(app: FastAPI) -> None:
    """Give every error the one shape: a page, or JSON where JSON was asked for."""

    def answer(status: int) -> Any:
        async def told(request: Request, error: Exception) -> Response:
            return problem(request.scope, status, str(error))

        return told

    async def not_served(request: Request, error: Any) -> Response:
        messages = {404: f"there is no page {request.url.path}", 405: f"{request.method} is not for {request.url.path}"}
        return problem(request.scope, error.status_code, messages.get(error.status_code, error.detail), error.headers)

    async def invalid(request: Request, error: Any) -> Response:
        if any(each["loc"][0] == "path" for each in error.errors()):
            return problem(request.scope, 404, f"there is no page {request.url.path}")
        told = "; ".join(f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors())
        return problem(request.scope, 422, told)

    async def refused(request: Request, error: Any) -> Response:
        return problem(request.scope, error.status, error.message, error.headers)

    async def desk_away(request: Request, error: Exception) -> Response:
        _log.warning("%s", error, exc_info=error.__cause__)
        return problem(request.scope, 503, str(error), {"retry-after": RETRY_SECONDS})

    app.add_exception_handler(HTTPException, not_served)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(access.Refused, refused)
    app.add_exception_handler(UsageError, answer(400))
    app.add_exception_handler(DeskAway, desk_away)
    app.add_exception_handler(NotOnDesk, answer(404))
    app.add_exception_handler(DeskError, answer(409))
    app.add_exception_handler(ParaphError, answer(400))
    app.add_exception_handler(500, answer_bug)


async def answer_bug(request: Request, error: Exception) -> Response:
    """Tell of a fault of ours without telling what it was: the traceback is in the server's log."""
    return problem(request.scope, 500, "the traceback is in the server's log and worth reporting")
