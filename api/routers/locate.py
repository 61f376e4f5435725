"""Answer which grid an address or a point is in."""

from fastapi import APIRouter, Response

from api.dependencies import Address, At, Datum, Latitude, Longitude, ServedDependency
from api.errors import BadQuestion
from api.models import ErrorBody, LocateAnswer

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["look-up"])


@router.get(
    "/locate",
    summary="Which grid is this place in?",
    response_class=Response,
    responses={200: {"model": LocateAnswer}, 404: {"model": ErrorBody}, 422: {"model": ErrorBody}},
)
async def locate(
    served: ServedDependency,
    *,
    address: Address = None,
    lon: Longitude = None,
    lat: Latitude = None,
    datum: Datum = "wgs84",
    at: At = None,
) -> Response:
    """Look up an address, or a point in degrees: exactly one of the two.

    An address that fits several micro-grids is answered by asking back: no `micro`, a low
    confidence, and `alternatives` that can be asked in their turn. One that is not known is
    answered with `match_level` none and whom to call. Nothing that is asked is kept.
    """
    locator = served.locator
    if address is not None and lon is None and lat is None:
        body = locator.encode_address(address, on=at)
    elif address is None and lon is not None and lat is not None:
        body = locator.encode_point(lon, lat, datum=datum, on=at)
    else:
        msg = "a look-up needs exactly one place"
        raise BadQuestion(msg)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})
