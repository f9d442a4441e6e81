"""The demand board 需求大厅: a buyer says what data it needs, providers claim it, the buyer confirms one."""

from exchange.demands.service import close_with_agreement, link_negotiation

__all__ = ["close_with_agreement", "link_negotiation"]
