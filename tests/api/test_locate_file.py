"""POST /v1/locate/file: a table in, the same table with answers out."""

import csv
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from tiny_plan import COMMUNITY

from api.models import ErrorBody
from api.routers import locate

ADDED = 8


def post(client, data, **query):
    return client.post("/v1/locate/file", content=data, params=query)


def rows(response, encoding="utf-8-sig"):
    assert response.status_code == 200, response.text
    return list(csv.reader(io.StringIO(response.content.decode(encoding))))


@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-8", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")]
)
def test_a_csv_comes_back_in_its_encoding_with_its_answers(client, encoding, charset):
    text = "编号,地址\r\n7,芳华苑1幢1单元101室\r\n,\r\n8,火星路1号\r\n"
    response = post(client, text.encode(encoding))
    assert response.headers["content-type"] == f"text/csv; charset={charset}"
    assert "attachment" in response.headers["content-disposition"]
    found = rows(response, "utf-8-sig" if encoding == "utf-8" else encoding)
    assert [row[:2] for row in found] == [
        ["编号", "地址"],
        ["7", "芳华苑1幢1单元101室"],
        ["8", "火星路1号"],
    ]
    assert found[1][6] == COMMUNITY + "00101"
    summary = [response.headers[f"x-wangge-{name}"] for name in ("rows", "found", "open")]
    assert summary == ["2", "1", "1"]


def test_a_workbook_comes_back_as_one_with_its_values(client):
    book = openpyxl.Workbook()
    day = datetime(2026, 11, 22)  # noqa: DTZ001 - workbooks know no zones
    for row in (["地址", "日期", "数"], ["芳华苑1幢", day, 3], ["=1+1", None, 2.5]):
        book.active.append(row)
    book.active["A3"].data_type = "s"
    data = io.BytesIO()
    book.save(data)
    response = post(client, data.getvalue())
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    values = list(sheet.iter_rows(values_only=True))
    assert values[1][:3] == ("芳华苑1幢", day, 3)
    assert values[1][7] == COMMUNITY + "00101"
    assert (sheet["A3"].value, sheet["A3"].data_type) == ("=1+1", "s")
    assert len(values[0]) == 3 + ADDED


def test_points_are_taken_in_their_datum_and_what_is_none_says_so(client):
    table = "lon,lat,电话\n120.93,34.0,+86 25-555\nx,1,-3.5\n,,@sum\n"
    found = rows(post(client, table.encode(), datum="bd09"))
    assert [row[2] for row in found[1:]] == ["+86 25-555", "-3.5", "'@sum"]
    assert "坐标" in found[2][9]
    assert [row[3] for row in found[1:]] == ["none"] * 3


def test_no_cell_becomes_a_formula(client):
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(1)", "\t=1", "安=1"]
    table = io.StringIO()
    csv.writer(table).writerows([["address"], *([each] for each in hostile)])
    for row in rows(post(client, table.getvalue().encode()))[1:]:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_other_separators_stay(client):
    found = post(client, "address;no\n芳华苑1幢;1\n".encode())
    assert found.text.splitlines()[1].startswith("芳华苑1幢;1;building;")


def test_more_rows_than_are_taken_are_refused(client, monkeypatch):
    monkeypatch.setattr(locate, "MOST_ROWS", 3)
    assert post(client, b"address\n" + b"a\n" * 3).status_code == 200
    response = post(client, b"address\n" + b"a\n" * 4)
    assert response.status_code == 413
    assert ErrorBody.model_validate(response.json()).error.code == "too-much"


def bomb():
    """A workbook whose first sheet unpacks to 300 MB."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(b" " * (1 << 20))
    return data.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"no,columns\n1,2\n",
        lambda: b"\xff\xfe\xfd\x81" * 10,
        lambda: b"PK\x03\x04 not a workbook",
        lambda: b"address\n" + b"a," * 600 + b"\n",
        lambda: b"address\n" + b'"' + b"a" * 200_000 + b'"\n',
        bomb,
    ],
    ids=["empty", "columns", "bytes", "zip", "wide", "long", "bomb"],
)
def test_what_is_no_table_is_refused_in_the_one_shape(client, make):
    response = post(client, make())
    assert response.status_code == 422
    assert ErrorBody.model_validate(response.json()).error.code == "not-a-table"


def test_a_long_table_is_answered_in_pieces(client):
    count = 12_000
    data = "address\n" + "".join(f"芳华苑{n % 5}幢\n" for n in range(count))
    response = post(client, data.encode("gb18030"))
    found = rows(response, "gb18030")
    assert len(found) == count + 1
    assert [row[0] for row in found[1:6]] == [f"芳华苑{n}幢" for n in range(5)]
    assert response.headers["x-wangge-rows"] == str(count)
