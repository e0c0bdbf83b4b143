"""Ready-made plans, as data to be checked by their user: rates change, and branches differ."""

from collections.abc import Iterable
from fractions import Fraction

from clientmgr.commission.crediting import Crediting
from clientmgr.commission.rules import ChargeRate, CommissionPlan, Deduction
from clientmgr.money import Rate
from clientmgr.money.rates import RateLike

__all__ = ["a_share_plan"]

EXCHANGES = ("SSE", "SZSE")
COVERED_FROM = "2015-08-01"
BEIJING_OPENED = "2021-11-15"


def a_share_plan(
    *,
    protection_fund: RateLike = "0.5%",
    vat: RateLike = "6%",
    surcharges: RateLike = "12%",
    all_in: bool = False,
    crediting: Crediting | None = None,
) -> CommissionPlan:
    """Give the deductions from commissions on A shares (A 股) since August 2015, to be checked by its user.

    Trades of `product` "stock" on `market` "SSE", "SZSE" or "BSE" are charged; a stock traded before the first rate
    given here is a finding, and what is no stock bears taxes and the fund's levy alone. Off come, in this order:

    - exchange handling (经手费): 0.0487‰ of turnover, 0.0341‰ since 2023-08-28 (notices of both exchanges); Beijing
      0.5‰, 0.25‰ since 2022-12-01, 0.125‰ since 2023-08-28;
    - regulatory fee (证管费): 0.02‰ of turnover;
    - with `all_in`, what the client is charged beside the commission, where the commission is recorded with it:
      transfer fee (过户费) 0.02‰, 0.01‰ since 2022-04-29, and stamp duty (印花税) 1‰ of sales since 2008-09-19, 0.5‰
      since 2023-08-28 (Ministry of Finance, State Taxation Administration, announcement 39 of 2023);
    - value-added tax contained in what is left, with surcharges on the tax;
    - the levy of the securities investor protection fund (证券投资者保护基金), 0.5 % to 5 % by the class of the firm.

    Args:
        protection_fund: the firm's rate.
        vat: the rate of value-added tax.
        surcharges: on the tax, city construction and education together.
        all_in: whether commissions contain transfer fee and stamp duty.
        crediting: who is credited; the owners of the day by default.

    Raises:
        RuleError: a rate that is not exact.

    Example:
        >>> from clientmgr.commission import a_share_plan
        >>> [line.name for line in a_share_plan(all_in=True).deductions][:4]
        ['exchange handling', 'regulatory fee', 'transfer fee', 'stamp duty']
    """
    tax = Rate.of(vat).fraction
    contained = tax / (1 + tax) * (1 + Rate.of(surcharges).fraction)
    beside = (_transfer_fee(), _stamp_duty()) if all_in else ()
    return CommissionPlan(
        name="A shares",
        deductions=(_handling(), _regulatory(), *beside, _taxes(contained), _fund(protection_fund)),
        crediting=Crediting() if crediting is None else crediting,
    )


def _handling() -> Deduction:
    """Give the exchanges' handling fee."""
    main = {COVERED_FROM: "0.0487‰", "2023-08-28": "0.0341‰"}
    beijing = {BEIJING_OPENED: "0.5‰", "2022-12-01": "0.25‰", "2023-08-28": "0.125‰"}
    rows = (_row(main, EXCHANGES), _row(beijing, ("BSE",)))
    return Deduction(name="exchange handling", rates=rows, source="notices of SSE, SZSE and BSE")


def _regulatory() -> Deduction:
    """Give the regulatory fee."""
    row = _row({COVERED_FROM: "0.02‰"}, (*EXCHANGES, "BSE"))
    return Deduction(name="regulatory fee", rates=row, source="CSRC, fee for securities trading supervision")


def _transfer_fee() -> Deduction:
    """Give the depository's transfer fee."""
    row = _row({COVERED_FROM: "0.02‰", "2022-04-29": "0.01‰"}, (*EXCHANGES, "BSE"))
    return Deduction(name="transfer fee", rates=row, source="CSDC, notice on transfer fees, 2022")


def _stamp_duty() -> Deduction:
    """Give the stamp duty on sales."""
    rates = {"2008-09-19": "1‰", "2023-08-28": "0.5‰"}
    row = ChargeRate(rate=rates, market=(*EXCHANGES, "BSE"), product="stock", side="sell")
    source = "Ministry of Finance and State Taxation Administration, announcement 39 of 2023"
    return Deduction(name="stamp duty", rates=row, source=source)


def _taxes(contained: Fraction) -> Deduction:
    """Give value-added tax and its surcharges as a part of what is left."""
    return Deduction(name="value-added tax", rates=contained, on="net", source="Cai Shui 2016 No. 36")


def _fund(rate: RateLike) -> Deduction:
    """Give the levy of the protection fund."""
    source = "measures for the securities investor protection fund"
    return Deduction(name="investor protection fund", rates=rate, on="net", source=source)


def _row(rates: dict[str, str], markets: Iterable[str]) -> ChargeRate:
    """Make a row of rates for stocks of some markets."""
    return ChargeRate(rate=rates, market=tuple(markets), product="stock")
