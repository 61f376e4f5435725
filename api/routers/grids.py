"""List the grids of the plan, as records and as GeoJSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from api.caching import not_modified, validators
from api.dependencies import AskedLevel, ServedDependency
from api.errors import UnknownGrid
from api.models import ErrorBody, GridDetail, GridList, LevelName

__all__ = ["router"]

router = APIRouter(
    prefix="/v1",
    tags=["grids"],
    responses={304: {"description": "Unchanged."}, 422: {"model": ErrorBody}},
)


@router.get("/grids", summary="All grids", response_model=GridList)
async def grids(
    request: Request, response: Response, served: ServedDependency, level: AskedLevel = None
) -> Any:
    """List the grids of one level, or of both, in the order of their codes."""
    if not_modified(request, served.etag):
        return Response(status_code=304, headers=validators(served.etag))
    response.headers.update(validators(served.etag))
    return GridList(plan_id=served.locator.plan_id, grids=served.level(level))


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
    if not_modified(request, served.etag):
        return Response(status_code=304, headers=validators(served.etag))
    return Response(
        served.geojson[level],
        media_type="application/geo+json",
        headers=validators(served.etag),
    )


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
) -> Any:
    """Return a grid with its people, parent, children, violations and counts."""
    detail = served.detail(code)
    if detail is None:
        msg = "the plan has no grid of that code"
        raise UnknownGrid(msg)
    # People change with the day, so the plan alone does not tell whether this changed.
    response.headers["cache-control"] = "no-cache"
    return detail
