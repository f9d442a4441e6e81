"""The instructions inside every bundle, for a reader who has the file and nothing else of ours."""

HOWTO_TEXT = """\
# How to verify this bundle by hand / 如何手工核验本证据包

The bundle is a zip file: the complete event log of an exchange up to one signed checkpoint.
本证据包是一个 zip 文件:某一签名检查点之前的完整事件日志。

0. Trust / 信任起点.
   Take the log's verification key from a source you trust, not from this file; compare it with `log.vkey`.
   请从可信渠道取得日志验证公钥,不要取自本文件;再与 `log.vkey` 比对。
1. Container / 容器.
   `head -c -64 BUNDLE | sha256sum` equals the last 64 characters of the file (`tail -c 64 BUNDLE`).
   两者必须一致。
2. Manifest / 清单.
   `MANIFEST` is a C2SP signed note (c2sp.org/signed-note) by that key. Check its signature, then:
   `MANIFEST` 是该密钥签署的 C2SP 签名文本。先验签,再执行:
   `unzip BUNDLE -d D && cd D && sed -n 's/^\\([0-9a-f]\\{64\\}\\) /\\1  /p' MANIFEST | sha256sum -c`
3. Log / 日志.
   `checkpoint`, `tile/` and `tile/entries/` are in the C2SP tlog-tiles format (c2sp.org/tlog-tiles):
   any verifier of that format recomputes the root from the entries and compares it with the checkpoint.
   以上文件采用 C2SP tlog-tiles 格式,任何支持该格式的工具都能由条目重新计算根哈希,并与检查点比对。
4. Payloads / 载荷.
   `payload/N` holds one record for every entry of `tile/entries/N`: 4 bytes length (big-endian), then
   16 bytes salt and canonical JSON. The SHA-256 of the record stands in the entry as `payload`.
   Length 0 means erased: the entry still proves that, and when, there was such an event.
   每条记录:4 字节大端长度,随后为 16 字节盐与规范 JSON。记录的 SHA-256 即条目中的 `payload`。
   长度为 0 表示已删除;条目仍可证明该事件确实存在。
5. Replay / 重放.
   The offline verifier of the exchange replays contracts, deliveries, bills and payments by the written rules.
   交易所离线核验工具按书面规则重放合约、交付、账单与支付。
"""
