"""Answer which grid an address or a point is in: one, many, a whole table."""

import shutil
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Annotated, Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from api.bodies import read_body, save_body
from api.dependencies import Address, At, Datum, Latitude, Longitude, ServedDependency
from api.errors import BadQuestion, NotATable
from api.many import MOST_ITEMS, locate_many
from api.models import ErrorBody, LocateAnswer, LocateItem, LocateResults, SuggestionList
from gis.errors import UnreadableInput

if TYPE_CHECKING:
    from datetime import date

    from api.batch import BatchSummary
    from gis.lookup.locator import AskedDatum, Locator

__all__ = ["router"]

_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": ErrorBody},
    413: {"model": ErrorBody},
    422: {"model": ErrorBody},
}
router = APIRouter(prefix="/v1", tags=["look-up"], responses={422: {"model": ErrorBody}})

MOST_ROWS: Final = 200_000
_MOST_ITEM_BYTES: Final = 8 << 20
_MOST_FILE_BYTES: Final = 64 << 20
_NO_STORE: Final = {"cache-control": "no-store"}
_CSV: Final = "text/csv"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ITEMS: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["items"],
                    "additionalProperties": False,
                    "properties": {
                        "items": {
                            "type": "array",
                            "maxItems": MOST_ITEMS,
                            "items": LocateItem.model_json_schema(),
                        },
                        "datum": {"enum": ["wgs84", "cgcs2000", "gcj02", "bd09"]},
                    },
                }
            }
        },
    }
}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_FILE: Final = {"requestBody": {"required": True, "content": {_CSV: _BINARY, _XLSX: _BINARY}}}


@router.get(
    "/locate",
    summary="Which grid is this place in?",
    response_class=Response,
    responses={200: {"model": LocateAnswer}, 404: {"model": ErrorBody}},
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
        # What is misspelt takes long to find; other requests need not wait for it.
        body = await to_thread.run_sync(partial(locator.encode_address, address, on=at))
    elif address is None and lon is not None and lat is not None:
        body = locator.encode_point(lon, lat, datum=datum, on=at)
    else:
        msg = "a look-up needs exactly one place"
        raise BadQuestion(msg)
    return Response(body, media_type="application/json", headers=_NO_STORE)


@router.post(
    "/locate",
    summary="Which grids are these places in?",
    response_class=Response,
    responses={200: {"model": LocateResults}, **_REFUSED},
    openapi_extra=_ITEMS,
)
async def locate_items(request: Request, served: ServedDependency, at: At = None) -> Response:
    """Look up as many as 10,000 addresses and points, mixed, answered in their order.

    What is wrong with one item is answered in its place and stops no other.
    """
    body = await read_body(request, most_bytes=_MOST_ITEM_BYTES)
    answers = await to_thread.run_sync(partial(locate_many, served.locator, body, on=at))
    return Response(answers, media_type="application/json", headers=_NO_STORE)


@router.post(
    "/locate/file",
    summary="A table in, the same table with the answers out",
    response_class=Response,
    responses={200: {"content": {_CSV: _BINARY, _XLSX: _BINARY}}, **_REFUSED},
    openapi_extra=_FILE,
)
async def locate_file(
    request: Request, served: ServedDependency, datum: Datum = "wgs84", at: At = None
) -> Response:
    """Append the answers to a CSV or .xlsx of as many as 200,000 rows, sent as the body.

    It needs a column `address` (地址), or `lon` and `lat` (经度, 纬度), and comes back in the
    encoding it came in. The headers `x-wangge-rows`, `x-wangge-found` and `x-wangge-open` sum up.
    """
    folder = Path(mkdtemp(prefix="wangge-"))
    try:
        source, target = folder / "table", folder / "answers"
        await save_body(request, source, most_bytes=_MOST_FILE_BYTES)
        work = partial(_locate_file, served.locator, source, target, datum=datum, on=at)
        done, media_type = await to_thread.run_sync(work, limiter=_one_at_a_time(request))
    except UnreadableInput as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotATable(str(error)) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    ending = "xlsx" if media_type == _XLSX else "csv"
    return FileResponse(
        target,
        media_type=media_type,
        headers={
            **_NO_STORE,
            "x-wangge-rows": str(done.rows),
            "x-wangge-found": str(done.found),
            "x-wangge-open": str(done.open),
        },
        filename=f"answers.{ending}",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


@router.get("/suggest", summary="What a text that is being typed may become")
def suggest(
    response: Response,
    served: ServedDependency,
    q: Annotated[str, Query(max_length=200, description="As typed so far.", examples=["芳华"])],
    limit: Annotated[int, Query(ge=1, le=50, description="How many at most.")] = 10,
) -> SuggestionList:
    """Suggest names, then buildings, stairwells and rooms; pinyin and initials are understood."""
    response.headers.update(_NO_STORE)
    found = served.locator.addresses.book.suggest(q, limit=limit) if q.strip() else ()
    return SuggestionList.model_validate({"query": q, "suggestions": found})


def _locate_file(
    locator: "Locator", source: Path, target: Path, *, datum: "AskedDatum", on: "date | None"
) -> "tuple[BatchSummary, str]":
    # Reading tables takes a second to load, so who looks one place up waits less.
    from api.batch import locate_table  # noqa: PLC0415
    from api.table_files import open_table  # noqa: PLC0415

    table = open_table(source)
    done = locate_table(locator, source, target, datum=datum, on=on, most_rows=MOST_ROWS)
    if table.kind == "xlsx":
        return done, _XLSX
    return done, f"{_CSV}; charset={table.encoding.removesuffix('-sig')}"


def _one_at_a_time(request: Request) -> CapacityLimiter:
    """Return what lets one table at a time take a worker's processor."""
    state = request.app.state
    if not hasattr(state, "tables"):
        state.tables = CapacityLimiter(1)
    limiter: CapacityLimiter = state.tables
    return limiter
