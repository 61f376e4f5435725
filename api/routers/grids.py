"""List the grids of the plan, as records and as GeoJSON."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from api.caching import not_modified, validators
from api.dependencies import AskedLevel, At, ServedDependency
from api.errors import UnknownGrid
from api.models import ErrorBody, GridDetail, GridList, LevelName

__all__ = ["router"]

_JSON: Final = "application/json"
#: More than these are sent in pieces, so that no list of a whole city is held in memory.
_MOST_AT_ONCE: Final = 5_000
_PIECES: Final = 1_000

router = APIRouter(
    prefix="/v1",
    tags=["grids"],
    responses={304: {"description": "Unchanged."}, 422: {"model": ErrorBody}},
)


@router.get(
    "/grids",
    summary="All grids",
    response_class=Response,
    responses={200: {"model": GridList}},
)
async def grids(request: Request, served: ServedDependency, level: AskedLevel = None) -> Response:
    """List the grids of one level, or of both, in the order of their codes."""
    if not_modified(request, served.etag):
        return Response(status_code=304, headers=validators(served.etag))
    headers, pieces = validators(served.etag), served.grid_list(level)
    if served.head.large_grids + served.head.micro_grids > _MOST_AT_ONCE:
        return StreamingResponse(_batched(pieces), media_type=_JSON, headers=headers)
    return Response(b"".join(pieces), media_type=_JSON, headers=headers)


@router.get(
    "/grids.geojson",
    summary="The grids of one level as GeoJSON",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {"schema": {"type": "object"}}}}},
)
async def grids_geojson(
    request: Request,
    served: ServedDependency,
    level: Annotated[LevelName, Query(description="Which level.")] = "micro",
) -> Response:
    """Return a FeatureCollection in WGS 84 longitude and latitude (RFC 7946)."""
    headers = validators(served.etag)
    if not_modified(request, served.etag):
        return Response(status_code=304, headers=headers)
    return FileResponse(served.geojson(level), media_type="application/geo+json", headers=headers)


@router.get(
    "/grids/{code}",
    summary="One grid",
    response_model=GridDetail,
    responses={404: {"model": ErrorBody}},
)
async def grid(
    response: Response,
    served: ServedDependency,
    code: Annotated[str, Path(max_length=40, description="Its code.")],
    at: At = None,
) -> Any:
    """Return a grid with its people, parent, children, violations and counts."""
    detail = served.detail(code, on=at)
    if detail is None:
        msg = "the plan has no grid of that code"
        raise UnknownGrid(msg)
    # People change with the day, so the plan alone does not tell whether this changed.
    response.headers["cache-control"] = "no-cache"
    return detail


def _batched(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join small pieces to fewer larger ones."""
    while joined := b"".join(islice(pieces, _PIECES)):
        yield joined
