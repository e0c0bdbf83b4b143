"""Dormancy rules that are in force somewhere, each with its source."""

from typing import Final

from clientmgr.dormancy.rule import ANY, DormancyRule

__all__ = [
    "CSDC_2007",
    "RBI_2024",
    "UK_2008",
    "US_FIVE_YEARS",
    "US_THREE_YEARS",
    "house_rule",
]


def house_rule(max_assets: int) -> DormancyRule:
    """Give this system's rule: no trade for at least 18 months and assets not above a limit in fen.

    The essay that describes the system leaves the limit to the branch.

    Example:
        >>> from clientmgr.dormancy import house_rule
        >>> house_rule(5_000_00).months
        18
    """
    source = "the client-manager system: at least 18 months without a trade, assets not above a limit"
    return DormancyRule(months=18, max_assets=max_assets, source=source)


CSDC_2007: Final = DormancyRule(
    months=36,
    max_assets=100_00,
    also_at_most=(("securities", 0),),
    owner_only=True,
    source=(
        "CSDC 2007, dormant accounts (休眠账户): no securities, cash of at most 100 yuan, no trade for at "
        "least 3 years; only its owner can wake it"
    ),
)
"""The statutory rule of 2007. `clients.extra["securities"]` is the value of the securities held, in
fen.
"""

RBI_2024: Final = DormancyRule(
    months=24,
    inclusive=False,
    counts=(ANY,),
    source=(
        "Reserve Bank of India, inoperative accounts, in force from April 2024: no customer-induced "
        "transaction for over two years"
    ),
)
"""India: anything that the customer caused counts, interest and charges do not."""

UK_2008: Final = DormancyRule(
    months=180,
    counts=(ANY,),
    source=(
        "United Kingdom, Dormant Bank and Building Society Accounts Act 2008, section 10: open all 15 years, "
        "no transaction by or on the instructions of the holder"
    ),
)
"""United Kingdom: fifteen years."""

US_THREE_YEARS: Final = DormancyRule(
    months=36,
    counts=(ANY,),
    source="United States, unclaimed property of most states (CA, DE, FL, MA, TX and others): 3 years",
)
"""United States, most states: three years without contact by the owner."""

US_FIVE_YEARS: Final = DormancyRule(
    months=60,
    counts=(ANY,),
    source="United States, unclaimed property of some states (AK, GA, HI, MO, NE and others): 5 years",
)
"""United States, some states: five years without contact by the owner."""
