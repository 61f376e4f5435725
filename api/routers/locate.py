"""Answer which grid an address or a point is in."""

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response

from api.dependencies import Address, Datum, Latitude, Longitude, ServedDependency
from api.errors import BadQuestion
from api.models import ErrorBody, LocateAnswer

if TYPE_CHECKING:
    from gis.lookup.answer import Answer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["look-up"])


@router.get(
    "/locate",
    summary="Which grid is this place in?",
    response_model=LocateAnswer,
    responses={422: {"model": ErrorBody}},
)
async def locate(
    response: Response,
    served: ServedDependency,
    *,
    address: Address = None,
    lon: Longitude = None,
    lat: Latitude = None,
    datum: Datum = "wgs84",
) -> Any:
    """Look up an address, or a point in degrees: exactly one of the two.

    An address that fits several micro-grids is answered by asking back: no `micro`, a low
    confidence, and `alternatives` that can be asked in their turn. One that is not known is
    answered with `match_level` none and whom to call. Nothing that is asked is kept.
    """
    response.headers["cache-control"] = "no-store"
    answer: Answer
    if address is not None and lon is None and lat is None:
        answer = served.locator.locate_address(address)
    elif address is None and lon is not None and lat is not None:
        answer = served.locator.locate_point(lon, lat, datum=datum)
    else:
        msg = "a look-up needs exactly one place"
        raise BadQuestion(msg)
    return answer
