"""Tell whether the server answers, and with what."""

from fastapi import APIRouter

from api.dependencies import PublicationsDependency
from api.models import Health

__all__ = ["router"]

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Whether the server answers")
async def healthz(publications: PublicationsDependency) -> Health:
    """Return the plan that is served and how many grids it has."""
    served = publications.served()
    return Health(
        status="ok",
        plan_id=served.head.plan_id,
        data_date=served.head.data_date,
        communities=len(served.head.communities),
        large_grids=served.head.large_grids,
        micro_grids=served.head.micro_grids,
    )
