"""What the exchange itself puts into every contract, from its settings."""

from contracts.negotiations.service import HouseRules
from exchange.config import Settings


def house_rules(settings: Settings) -> HouseRules:
    """The rules as the settings have them now; a contract keeps those of its day."""
    return HouseRules(
        platform_fee_bp=settings.platform_fee_bp,
        area_code=settings.area_code,
        answer_days=settings.answer_days,
    )
