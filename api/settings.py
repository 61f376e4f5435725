"""Hold what an operator may set, from arguments or the environment."""

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["Settings"]

_SOURCE: Final = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::(?:\d{1,5}|\*))?")
_KEYWORDS: Final = ("'self'", "'none'", "*")

#: A list that the environment gives as text with spaces or commas between.
Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """The settings of one server; nothing is read before one is made.

    Every field may come from the environment, in capitals behind ``WANGGE_``.

    Examples
    --------
    >>> settings = Settings(plan="plan.gpkg", frame_ancestors="https://portal.example.gov.cn")
    >>> settings.frame_ancestors, settings.base_map
    (('https://portal.example.gov.cn',), 'none')
    """

    model_config = SettingsConfigDict(env_prefix="WANGGE_", frozen=True, extra="ignore")

    plan: Path = Field(description="The plan file, or the folder of releases, to serve.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="What people reach the server by; makes report_url of answers absolute.",
    )
    title: str = Field(default="", description="Title of the pages; empty is the plan's own.")
    locale: Literal["zh", "en"] = Field(default="zh", description="Language of the maps.")
    base_map: Literal["none", "osm", "tianditu"] = Field(
        default="none", description="Base map under the grids; none needs no network."
    )
    tianditu_key: str = Field(default="", description="Browser-side key of tianditu.gov.cn.")
    frame_ancestors: Words = Field(
        default=("'self'",), description="Sites that may show /embed in a frame; 'none' or * too."
    )
    cors_origins: Words = Field(
        default=(), description="Sites whose scripts may ask the API; empty is none but our own."
    )
    map_pages_kept: int = Field(
        default=16, ge=1, le=1000, description="Map pages kept in memory once made."
    )

    @field_validator("frame_ancestors", "cors_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(re.split(r"[\s,]+", value.strip())) if isinstance(value, str) else value

    @field_validator("frame_ancestors", "cors_origins")
    @classmethod
    def _sources(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Take only what may stand in a header: keywords and origins."""
        value = tuple(item for item in value if item)
        for item in value:
            if item not in _KEYWORDS and not _SOURCE.fullmatch(item):
                msg = f"{item!r} is no site; write https://portal.example.gov.cn, 'self', 'none'"
                raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _key_with_tianditu(self) -> Self:
        if self.base_map == "tianditu" and not self.tianditu_key:
            msg = "base_map tianditu needs tianditu_key (WANGGE_TIANDITU_KEY)"
            raise ValueError(msg)
        return self
