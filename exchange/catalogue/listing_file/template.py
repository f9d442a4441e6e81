"""Writing a listing file: complete, with a remark above every member, so that it can be filled in unaided."""

from typing import Any

import yaml
from marshmallow import fields

from exchange.catalogue.codes import get_table
from exchange.catalogue.content.fields import Code
from exchange.catalogue.content.offer import ListingOfferSchema
from exchange.catalogue.listing_file.prefill import prefilled_hosted_offer, prefilled_offer
from exchange.catalogue.listing_file.reading import FORMAT

#: A longer table is named, not written out.
_CODES_SHOWN = 8
_REMARKS = {
    "title_zh": "TO WRITE 待填：the title in both languages, 1 to 120 characters",
    "summary_zh": "What the data are, for the catalogue 摘要",
    "keywords": "At most 20 关键字",
    "sector": "A guess from the names; check it 领域（按名称推测，请核对）",
    "product_kind": "Product kind 产品形态",
    "industry": "Industry 行业",
    "commodity": "A guess from the names, or null; check it 品类（按名称推测，请核对）",
    "data_nature": "Enterprise, public or personal data; public data need public_data 数据属性",
    "public_data": "null, or: {registration_no: , authorised_operator: , price_basis: } 公共数据登记信息",
    "languages": "Languages of the content 语言",
    "scenarios": "TO WRITE 待填：what the data are for; no scenario, no trade 无场景不交易",
    "use_cases": "Examples of use, and what the data are not fit for 应用案例与限制",
    "source": "How the data came about 来源",
    "source_statement": "TO WRITE 待填：where the data come from (Data Security Law art. 33) 来源说明",
    "coverage": "Place, step and delay; durations like PT15M or P1D 覆盖范围",
    "dictionary": "What each column means; level L1 to L4 or important; a sensitive one needs a mask 数据字典",
    "security": "Grading, personal information, important data 分类分级与安全",
    "compliance": "TO DECIDE 待确认：set commitment to true when everything here is true 合规承诺",
    "rights": "What you hold, and what a buyer may be granted 权利",
    "usage_policy": "TO WRITE 待填：purposes that a buyer may name 使用政策",
    "visibility": "Who may know of the listing; allow is for the audience private 可见范围",
    "licence": "A licence beside the signed terms, if any 许可",
    "delivery_modes": "Ways of delivery 交付方式",
    "sla": "What you promise; 0 and null promise nothing; 9950 is 99.50 % 服务水平",
    "price_plans": "TO WRITE 待填：prices in micro-yuan, 500000 is ¥0.50 价格方案（单位：百万分之一元）",
    "price_terms": "600 is 6 %; check it with your accountant 价格条件",
    "contact": "Whom a buyer may ask 联系方式",
    "valid_to": 'Last day on offer, like "2027-12-31", or null 挂牌期限',
}


def write_template(revision: dict[str, Any], *, name: str) -> str:
    """A complete listing file for a data set, from its newest revision as the API gives it."""
    about = {
        "number": revision["number"],
        "columns": [item["name"] for item in revision["schema"]["fields"]],
    }
    return _written({"dataset": revision["dataset_id"]}, about, prefilled_offer(revision, name=name))


def write_hosted_template(product: dict[str, Any]) -> str:
    """A complete listing file for a provider-hosted product, from its newest description as the API gives it."""
    columns = product["api"]["answer"]["fields"]
    about = {"number": product["version"], "columns": [item["name"] for item in columns]}
    return _written({"hosted": product["id"]}, about, prefilled_hosted_offer(product))


def _written(source: dict[str, str], about: dict[str, Any], offer: dict[str, Any]) -> str:
    head = [
        "# Listing file of the Wuhan Data Exchange 挂牌文件.",
        "# Write the prices and the texts marked TO WRITE, then: wdx listing lint FILE",
        "# Every member is explained in docs/reference/listing.md; `wdx codes TABLE` lists the codes of a table.",
        _dumped({"format": FORMAT, **source}),
        "# Filled in by `wdx listing publish`.",
        _dumped({"listing": None}),
        "# The newest revision or description when this file was made; lint compares the dictionary with it.",
        _dumped({"revision": about}),
        "offer:",
    ]
    schema = ListingOfferSchema()
    return "\n".join([*head, *(_member(name, offer[name], schema) for name in schema.fields)]) + "\n"


def _member(name: str, value: Any, schema: ListingOfferSchema) -> str:
    lines = [f"# {_REMARKS[name]}"] if name in _REMARKS else []
    lines += [f"# {hint}" for hint in _hints(schema.fields[name], name)]
    lines += _dumped({name: value}).split("\n")
    blank = [""] if name in _REMARKS else []
    return "\n".join([*blank, *(f"  {line}" for line in lines)])


def _hints(field: fields.Field[Any], path: str) -> list[str]:
    """Which codes a member, or a member of it, takes."""
    if isinstance(field, fields.List):
        return _hints(field.inner, path)
    if isinstance(field, fields.Nested):
        return [
            hint
            for name, inner in field.schema.fields.items()
            if not isinstance(inner, fields.Nested)
            for hint in _hints(inner, name)
        ]
    if not isinstance(field, Code):
        return []
    values = get_table(field.table).values
    if len(values) > _CODES_SHOWN:
        return [f"{path}: see `wdx codes {field.table}`"]
    # Digits in quotes: without them YAML would read a number.
    return [f"{path}: {', '.join(_dumped_code(value) for value in values)}"]


def _dumped_code(code: str) -> str:
    return f'"{code}"' if code.isdigit() else code


def _dumped(document: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100, indent=2)
    return text.rstrip("\n")
