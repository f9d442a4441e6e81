"""Files on their way in parts, as their owners send them."""

import base64
import hashlib
from typing import Any

from exchange.datasets.uploads.jobs import read_uploads
from tests.factories.datasets import load_curve

PART_TYPE = "application/offset+octet-stream"


class Uploads:
    """Short ways to upload through the API of a market."""

    def __init__(self, market) -> None:
        self.market = market

    def begun(self, body: bytes, *, by=None, key=None, **asked: Any):
        """The answer to beginning an upload of these bytes."""
        document = {
            "filename": "load.csv",
            "size_bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
            **asked,
        }
        return self.market.api(by or self.market.grid_co).post("/uploads", document, key=key)

    def part(self, upload_id: str, start: int, data: bytes, *, by=None, **headers: str):
        """The answer to a part with its checksum."""
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        return self.market.api(by or self.market.grid_co).send(
            "PATCH",
            f"/uploads/{upload_id}",
            data=data,
            content_type=PART_TYPE,
            headers={"Upload-Offset": str(start), "Upload-Checksum": f"sha256 {checksum}", **headers},
        )

    def received(self, body: bytes | None = None, *, parts: int = 3, **asked: Any) -> str:
        """The id of an upload all of whose parts have arrived."""
        body = load_curve() if body is None else body
        upload_id = self.begun(body, **asked).json["id"]
        size = -(-len(body) // parts)
        for start in range(0, len(body), size):
            assert self.part(upload_id, start, body[start : start + size]).status_code == 204
        return upload_id

    def shown(self, upload_id: str, *, by=None) -> dict[str, Any]:
        return self.market.api(by or self.market.grid_co).get(f"/uploads/{upload_id}").json

    def read(self) -> None:
        """What the scheduler does every second."""
        read_uploads(self.market.context)
