// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, IClearingContract, Outcome, Policy, Reason} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract ViewsTest is MarketTest {
    function test_WithoutADemandEverythingIsFree() public {
        _deposit(ann, 123);
        assertEq(market.freeBalance(ann), 123);
        assertEq(market.freeBalance(stranger), 0);
    }

    function test_TheFreeBalanceCountsAnEndedEpochAsSettled() public {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        uint256 open = market.freeBalance(ann);
        assertEq(open, WEALTH * UNIT - 28.5e18);
        market.closeRound();
        uint256 ended = market.freeBalance(ann);
        _settle(ann);
        assertEq(ended, market.freeBalance(ann));
        assertEq(ended, market.account(ann).balance);
    }

    function test_TheSettledAccountIsWhatSettlingLeaves() public {
        _fundAnnAndBob();
        _openOneRound();
        _round(80 * UNIT);
        Account memory foreseen = market.settledAccount(ann);
        assertEq(market.account(ann).answered, 1);
        assertEq(foreseen.answered, SETTLED);
        _settle(ann);
        assertEq(abi.encode(market.account(ann)), abi.encode(foreseen));
        assertEq(abi.encode(market.settledAccount(ann)), abi.encode(foreseen));
    }

    function test_TheSettledAccountOfAnOpenEpochIsTheAccount() public {
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        assertEq(abi.encode(market.settledAccount(ann)), abi.encode(market.account(ann)));
        assertEq(market.settledAccount(ann).demand, 10 * UNIT);
    }

    function test_AQuoteIsWhatASubmissionLocks() public {
        _fund(ann);
        _open();
        (uint256 charge, uint256 payment) = market.quote(10 * UNIT);
        assertEq(charge, 18.5e18);
        assertEq(payment, 10 * UNIT);
        _submit(ann, 10 * UNIT);
        assertEq(market.account(ann).balance - market.freeBalance(ann), charge + payment);
    }

    function test_AQuoteOfNothingIsNothing() public {
        _open();
        (uint256 charge, uint256 payment) = market.quote(0);
        assertEq(charge, 0);
        assertEq(payment, 0);
    }

    function test_TheWholeCapacityHasAQuote() public {
        _open();
        (uint256 charge, uint256 payment) = market.quote(CAPACITY);
        assertEq(charge, _chargeOf(_parameters(), CAPACITY));
        assertEq(payment, CAPACITY);
    }

    function test_RevertWhen_AQuoteIsAboveTheCapacity() public {
        _open();
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.DemandAboveCapacity.selector, CAPACITY + 1, CAPACITY));
        market.quote(CAPACITY + 1);
    }

    function test_AnEpochThatHasNotEndedHasNoOutcome() public {
        _open();
        Outcome memory none;
        assertEq(abi.encode(market.outcome(1)), abi.encode(none));
        assertEq(abi.encode(market.outcome(2)), abi.encode(none));
        _assertReason(market.outcome(1).reason, Reason.None);
    }

    function test_FundsAreWhatWasBooked() public {
        _deploy(Policy.PerSubmission);
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        assertEq(market.funds().fees, 18.5e18);
        assertEq(market.funds().revenue, 0);
        market.closeRound();
        _settle(ann);
        assertEq(market.funds().revenue, 10 * UNIT);
    }

    /// @dev Against the same formula written without the contract's libraries.
    function testFuzz_AQuoteFollowsTheFormula(uint256 demand, bool sixDecimals) public {
        demand = bound(demand, 0, CAPACITY);
        _deploy(Policy.Refunding, false, 3 * UNIT, sixDecimals ? 6 : 18);
        _open();
        (uint256 charge, uint256 payment) = market.quote(demand);
        assertGe(charge, _chargeOf(_parameters(), demand));
        assertLe(charge, _chargeOf(_parameters(), demand) + 1);
        assertEq(payment, _paymentOf(3 * UNIT, demand));
    }
}
