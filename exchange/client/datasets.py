"""The exchange's verbs about data sets: upload, look at revisions, judge their quality."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from exchange.client.calls import API, Calls
from exchange.client.packing import packed
from exchange.client.profile import profile_folder
from exchange.client.uploading import PARTS_FROM_BYTES, PartsUpload, Progress, digest_of


class DatasetVerbs(Calls):
    """Data sets and their revisions; a part of `Exchange`."""

    def upload_dataset(
        self,
        path: Path,
        *,
        name: str,
        text_columns: tuple[str, ...] = (),
        load_schema: str | None = None,
        progress: Progress | None = None,
        notes: Path | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Upload a file, or a folder of them, as a new data set; returns its first revision.

        What is large goes in parts: the same call after a broken connection or a killed program goes on
        where it stopped.

        Args:
            text_columns: columns that stay text whatever they look like.
            load_schema: id of a kept load schema, by which the file is read strictly.
            progress: is told how far it is.
            notes: folder of what is needed to go on; by default beside the profile.

        Raises:
            UploadFailed: the file arrived and cannot be read; a small one is `Refused` for that.
        """
        asked = {"name": name, "text_columns": list(text_columns), "load_schema": load_schema}
        return self._upload(path, asked, progress=progress, notes=notes, key=key)

    def upload_revision(
        self,
        path: Path,
        dataset_id: str,
        *,
        text_columns: tuple[str, ...] = (),
        load_schema: str | None = None,
        breaking_change: str | None = None,
        progress: Progress | None = None,
        notes: Path | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Upload a file, or a folder of them, as the next revision of a data set; as `upload_dataset`.

        Args:
            breaking_change: `new_version`, or `notice:<id>` of the notice that announced the change; needed
                when the revision breaks agreements in force.
        """
        asked = {
            "dataset_id": dataset_id,
            "text_columns": list(text_columns),
            "load_schema": load_schema,
            "breaking_change": breaking_change,
        }
        return self._upload(path, asked, progress=progress, notes=notes, key=key)

    def check_revision(
        self,
        path: Path,
        dataset_id: str,
        *,
        text_columns: tuple[str, ...] = (),
        load_schema: str | None = None,
        breaking_change: str | None = None,
    ) -> dict[str, Any]:
        """Say what uploading a file, or a folder, as the next revision would do; nothing is kept of it."""
        with packed(path) as source:
            asked = {
                "filename": source.name,
                "sha256": digest_of(source),
                "text_columns": list(text_columns),
                "load_schema": load_schema,
                "breaking_change": breaking_change,
            }
            return self._send(f"/datasets/{dataset_id}/revision-checks", source, asked, None)

    def uploads(self) -> list[dict[str, Any]]:
        """One's own uploads in parts, newest first."""
        return self._list("/uploads")

    def cancel_upload(self, upload_id: str) -> None:
        """Give an upload in parts up."""
        self.connection.delete(f"{API}/uploads/{upload_id}")

    def keep_load_schema(self, document: dict[str, Any], *, key: str | None = None) -> dict[str, Any]:
        """Keep a load schema; its id can be named by uploads.

        Without a key the same document soon again is the same load schema, so that an upload that names it
        can be gone on with.
        """
        if key is None:
            digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
            key = f"load-schema-{digest}"
        return self._post("/datasets/load-schemas", {"document": document}, key=key)

    def datasets(self) -> list[dict[str, Any]]:
        """The data sets the caller may see, newest first."""
        return self._list("/datasets")

    def dataset(self, dataset_id: str) -> dict[str, Any]:
        """One data set."""
        return self._get(f"/datasets/{dataset_id}")

    def revisions(self, dataset_id: str) -> list[dict[str, Any]]:
        """The revisions of a data set, newest first."""
        return self._list(f"/datasets/{dataset_id}/revisions")

    def revision_files(self, dataset_id: str, number: int) -> list[dict[str, Any]]:
        """The stored files of a revision."""
        return self._list(f"/datasets/{dataset_id}/revisions/{number}/files")

    def quality(self, revision_id: str) -> dict[str, Any]:
        """What is known of a revision's quality."""
        return self._get(f"/datasets/revisions/{revision_id}/quality")

    def assess_quality(
        self, revision_id: str, declaration: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Describe a revision again by a declaration, which then holds for the next revisions, too."""
        return self._post(f"/datasets/revisions/{revision_id}/quality", declaration, key=key)

    def _upload(
        self,
        path: Path,
        asked: dict[str, Any],
        *,
        progress: Progress | None,
        notes: Path | None,
        key: str | None,
    ) -> dict[str, Any]:
        with packed(path) as source:
            size_bytes, digest = source.stat().st_size, digest_of(source, progress)
            asked = {"filename": source.name, "size_bytes": size_bytes, "sha256": digest, **asked}
            if size_bytes < PARTS_FROM_BYTES:
                return self._upload_at_once(source, asked, key)
            notes = notes or profile_folder() / "uploads"
            return PartsUpload(
                self.connection, source, asked, notes=notes, key=key, progress=progress
            ).run()

    def _upload_at_once(self, path: Path, asked: dict[str, Any], key: str | None) -> dict[str, Any]:
        to = f"/datasets/{asked['dataset_id']}/revisions" if "dataset_id" in asked else "/datasets"
        return self._send(to, path, asked, key)

    def _send(self, to: str, path: Path, asked: dict[str, Any], key: str | None) -> dict[str, Any]:
        digest = base64.b64encode(bytes.fromhex(asked["sha256"])).decode()
        named = ("filename", "name", "load_schema", "breaking_change")
        with path.open("rb") as file:
            response = self.connection.post(
                f"{API}{to}",
                key=key,
                data=file,
                params={
                    **{name: asked.get(name) for name in named},
                    "text_columns": ",".join(asked["text_columns"]),
                },
                headers={
                    "Content-Digest": f"sha-256=:{digest}:",
                    "Content-Type": "application/octet-stream",
                },
            )
        return dict(response.json())
