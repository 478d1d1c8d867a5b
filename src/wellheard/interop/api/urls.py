"""The API under /api/v1/: its operations, its document, its refusals."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from wellheard.interop.api.doors import Session, Token, per_caller
from wellheard.interop.api.operations import (
    cases,
    comments,
    findings,
    flow,
    measures,
    places,
    predictions,
    responses,
)
from wellheard.interop.api.problems import CONTENT_TYPE, answer_problems
from wellheard.people.access.doors import public

_WHY = "every operation asks for a token or a session itself"


class Api(NinjaAPI):
    """NinjaAPI whose document says that refusals are problem details."""

    def get_openapi_schema(self, **more: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**more)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {CONTENT_TYPE: answer["content"]["application/json"]}
        return schema


api = Api(
    title="Wellheard",
    version="1",
    description="What patients said, and what became of it. Documented in docs/operate/api.md.",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    auth=[Token(), Session()],
    throttle=[per_caller],
)
answer_problems(api)
for _operations in (places, comments, responses, measures, findings, flow, cases, predictions):
    api.add_router("", _operations.router)


def _mounted() -> list[Any]:
    patterns: list[Any] = list(api.urls[0])
    for pattern in patterns:
        public(_WHY)(pattern.callback)
    return patterns


app_name = "api"
urlpatterns = _mounted()
