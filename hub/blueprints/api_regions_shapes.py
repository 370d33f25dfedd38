"""The JSON shapes of what is said of regions: what is taken and what is answered."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from hub.blueprints.openapi_parts import get, send
from hub.blueprints.openapi_schemas import MAYBE_MOMENT, MOMENT, TEXT, many, whole

Value = StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=100)]


class RegionBody(BaseModel):
    """What is said of a region from now on; null takes a key back, others stay."""

    model_config = ConfigDict(extra="forbid")
    properties: Annotated[dict[str, Value | None], Field(min_length=1, max_length=50)]
    expires_hours: int | None = Field(
        default=None, ge=1, le=8784, description="left out: until said otherwise"
    )

    def values(self) -> dict[str, str | None]:
        """As words: true, 31, rain."""
        return {key: _word(value) for key, value in self.properties.items()}


def _word(value: Value | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


BODIES: tuple[type[BaseModel], ...] = (RegionBody,)
PROPERTY = whole({"key": TEXT, "value": TEXT, "set_at": MOMENT, "expires_at": MAYBE_MOMENT})
REGION = whole({"key": TEXT, "name": TEXT, "properties": many(PROPERTY)})


def paths() -> dict[str, Any]:
    """The operations of these doors."""
    at = {"name": "key", "in": "path", "required": True, "schema": {**TEXT, "minLength": 1}}
    one = whole({"region": REGION})
    return {
        "/regions": {
            "get": get("Regions with what is said of them now", whole({"regions": many(REGION)}), [])
        },
        "/regions/{key}/properties": {
            "get": get("What is said of a region now", one, [at]),
            "put": send(
                "Say something of a region, for some hours or for good", "RegionBody", one, [at], status="200"
            ),
        },
    }
