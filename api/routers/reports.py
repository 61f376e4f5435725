"""Take reports of wrong answers, for the planner to read."""

import re
from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.allowance import Allowance
from api.bodies import read_body
from api.dependencies import PublicationsDependency
from api.errors import BadReport, NoDesk, TooOften
from api.models import ErrorBody, ReportForm, ReportKept
from api.publications import Publications
from api.store.desk import Report
from gis.datums import to_wgs84

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["reports"])

_MOST_BYTES: Final = 8 << 10
_HOUR: Final = 3600.0
#: Reports an hour that one asker may send, and that a worker takes of all.
_EACH: Final = 20
_ALL: Final = 600
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_KEPT: Final = "已收到,谢谢。 Received, thank you."


@router.post(
    "/reports",
    summary="Say that an answer is wrong",
    status_code=201,
    responses={code: {"model": ErrorBody} for code in (404, 413, 422, 429, 503)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": ReportForm.model_json_schema()}},
        }
    },
)
async def report(
    request: Request, response: Response, publications: PublicationsDependency
) -> ReportKept:
    """Keep what somebody says is wrong with the answer to a question, and the question.

    It is text for the planner to read, and changes no answer by itself.
    """
    response.headers["cache-control"] = "no-store"
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        msg = "a report is sent as application/json"
        raise BadReport(msg)
    try:
        form = ReportForm.model_validate_json(await read_body(request, most_bytes=_MOST_BYTES))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        places = [
            f"{'.'.join(map(str, fault['loc'])) or 'report'}: {fault['msg']}" for fault in faults
        ]
        raise BadReport("; ".join(places[:3])) from error
    each, every = _allowances(request)
    host = request.client.host if request.client else ""
    if not each.take(host) or not every.take(""):
        msg = "too many reports within the hour"
        raise TooOften(msg)
    number = await run_in_threadpool(_keep, publications, form)
    return ReportKept(number=number, message=_KEPT)


def _keep(publications: Publications, form: ReportForm) -> int:
    """Keep a report beside what is answered today."""
    desk = publications.desk()
    if desk is None:
        msg = "this server keeps no reports"
        raise NoDesk(msg)
    locator, lon, lat = publications.served().locator, form.lon, form.lat
    if lon is None or lat is None:
        answer = locator.locate_address(form.address or "")
    else:
        answer = locator.locate_point(lon, lat, datum=form.datum)
        if form.datum in ("gcj02", "bd09"):
            lon, lat = (float(each) for each in to_wgs84(lon, lat, datum=form.datum))
    return desk.report(
        Report(
            query=_plain(answer.query),
            lon=lon,
            lat=lat,
            plan_id=answer.plan_id,
            micro_code=answer.micro.code if answer.micro else "",
            text=_plain(form.text),
        )
    )


def _plain(text: str) -> str:
    """Drop what is no text: control characters, and those that turn its direction around."""
    return _CONTROL.sub("", text).strip()


def _allowances(request: Request) -> tuple[Allowance, Allowance]:
    state = request.app.state
    if not hasattr(state, "allowances"):
        state.allowances = (Allowance(_EACH, seconds=_HOUR), Allowance(_ALL, seconds=_HOUR))
    found: tuple[Allowance, Allowance] = state.allowances
    return found
