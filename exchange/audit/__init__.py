"""Audit: the append-only evidence log, its proofs, and the bundle anybody can verify offline."""

from exchange.audit.bundle_format import BundleInvalid
from exchange.audit.bundle_reader import Bundle, open_bundle
from exchange.audit.bundle_writer import write_bundle
from exchange.audit.checkpoints import Checkpoint, CheckpointInvalid, open_checkpoint, sign_checkpoint
from exchange.audit.notes import NoteInvalid, VKey, VKeyInvalid
from exchange.audit.reports import Finding, Layer, Report
from exchange.audit.tiles import RightEdge, TileRow
from exchange.audit.verifier import verify_bundle
from exchange.core.entries import (
    EntryInvalid,
    LogEntry,
    LoggedEvent,
    PayloadErased,
    decode_entry,
    encode_entry,
    encode_record,
    record_digest,
)
from exchange.core.replay import Replay, ReplayRules, combine

__all__ = [
    "Bundle",
    "BundleInvalid",
    "Checkpoint",
    "CheckpointInvalid",
    "EntryInvalid",
    "Finding",
    "Layer",
    "LogEntry",
    "LoggedEvent",
    "NoteInvalid",
    "PayloadErased",
    "Replay",
    "ReplayRules",
    "Report",
    "RightEdge",
    "TileRow",
    "VKey",
    "VKeyInvalid",
    "combine",
    "decode_entry",
    "encode_entry",
    "encode_record",
    "open_bundle",
    "open_checkpoint",
    "record_digest",
    "sign_checkpoint",
    "verify_bundle",
    "write_bundle",
]
