"""Tell whether the server answers, and with what."""

from fastapi import APIRouter

from api.dependencies import ServedDependency
from api.models import Health

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Whether the server answers")
async def healthz(served: ServedDependency) -> Health:
    """Return the plan that is served and how many grids it has."""
    return Health(
        status="ok",
        plan_id=served.locator.plan_id,
        data_date=served.locator.data_date,
        communities=len(served.locator.communities),
        large_grids=len(served.level("large")),
        micro_grids=len(served.level("micro")),
    )
