// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, IClearingContract, Parameters, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {LockedPrice} from "../../contracts/libraries/LockedPrice.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract TrimTest is MarketTest {
    /// @dev What fifty units locked at price 1 afford at price 2.
    uint256 private constant AFFORDABLE = (50 * UNIT * LOCKED_ONE) / (2 * UNIT);

    /// @dev Both ask for fifty at price 1; the price is 2 now and both demands are stale.
    function _priceDoubles() private {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
    }

    function test_AStaleDemandIsCutToWhatItsLockAffords() public {
        _priceDoubles();
        vm.expectEmit(address(market));
        emit IClearingContract.DemandTrimmed(ann, AFFORDABLE);
        _trim(ann);
        _assertAccount(
            ann,
            Account({
                balance: WEALTH * UNIT,
                demand: AFFORDABLE,
                lockedPrice: LockedPrice.packDown(2 * UNIT),
                epoch: 1,
                answered: 1
            })
        );
        // Half of it, to one part in 2^25.
        assertApproxEqRel(AFFORDABLE, 25 * UNIT, UNIT >> 25);
    }

    function test_TotalsFollowACut() public {
        _priceDoubles();
        _trim(ann);
        _assertTotals(50 * UNIT + AFFORDABLE, 50 * UNIT - AFFORDABLE, 0, 2);
        _trim(bob);
        _assertTotals(2 * AFFORDABLE, 2 * (50 * UNIT - AFFORDABLE), 0, 2);
    }

    function test_SeveralDemandsAreCutInOneCall() public {
        _priceDoubles();
        market.trim(_two(ann, bob));
        _assertTotals(2 * AFFORDABLE, 2 * (50 * UNIT - AFFORDABLE), 0, 2);
        assertEq(market.account(bob).demand, AFFORDABLE);
    }

    function test_AnybodyMayTrim() public {
        _priceDoubles();
        vm.prank(stranger);
        market.trim(_one(ann));
        assertEq(market.account(ann).demand, AFFORDABLE);
    }

    function test_AnAgentMayTrimItself() public {
        _priceDoubles();
        vm.prank(ann);
        market.trim(_two(bob, ann));
        assertEq(market.account(ann).demand, AFFORDABLE);
    }

    function test_ADemandNamedTwiceIsCutOnce() public {
        _priceDoubles();
        market.trim(_two(ann, ann));
        assertEq(market.account(ann).demand, AFFORDABLE);
        _assertTotals(50 * UNIT + AFFORDABLE, 50 * UNIT - AFFORDABLE, 0, 2);
    }

    function test_ADemandIsCutAgainWhenThePriceRisesAgain() public {
        _priceDoubles();
        _trim(ann);
        _submit(bob, 50 * UNIT);
        uint256 excess = 50 * UNIT + AFFORDABLE - CAPACITY;
        _close();
        uint256 price = 2 * UNIT + excess / 50;
        assertEq(market.posted().price, price);
        _trim(ann);
        uint256 locked = LockedPrice.unpack(LockedPrice.packDown(2 * UNIT));
        assertEq(market.account(ann).demand, (AFFORDABLE * locked) / price);
        assertEq(market.account(ann).lockedPrice, LockedPrice.packDown(price));
    }

    function test_WhoWasCutMayStillAnswerTheRound() public {
        _priceDoubles();
        _trim(ann);
        _submit(ann, 30 * UNIT);
        _assertTotals(80 * UNIT, 50 * UNIT - AFFORDABLE + 30 * UNIT - AFFORDABLE, 1, 2);
    }

    function test_ADemandFromPriceZeroIsCutToZero() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _priceDoubles();
        assertEq(market.posted().price, UNIT);
        vm.expectEmit(address(market));
        emit IClearingContract.DemandTrimmed(ann, 0);
        _trim(ann);
        _assertTotals(50 * UNIT, 50 * UNIT, 0, 2);
        assertEq(market.freeBalance(ann), WEALTH * UNIT);
    }

    function test_UnderPerSubmissionTheChargeIsKept() public {
        _deploy(Policy.PerSubmission);
        _priceDoubles();
        uint256 balance = market.account(ann).balance;
        uint256 fees = market.funds().fees;
        _trim(ann);
        assertEq(market.account(ann).balance, balance);
        assertEq(market.funds().fees, fees);
    }

    function test_ATrimmedDemandSettlesWithinItsOldLock() public {
        _fundAnnAndBob();
        Parameters memory chosen = _parameters();
        chosen.maxRounds = 2;
        _open(chosen);
        _round(100 * UNIT);
        uint256 free = market.freeBalance(ann);
        _trim(ann);
        _submit(bob, 10 * UNIT);
        _close();
        _settle(ann);
        uint256 locked = LockedPrice.unpack(LockedPrice.packDown(2 * UNIT));
        assertEq(market.account(ann).demand, (AFFORDABLE * locked) / (2 * UNIT));
        assertGe(market.freeBalance(ann), free);
    }

    /// @dev Whatever was asked for and wherever the price went, a cut never takes from the free balance.
    function testFuzz_TheMoneyLockNeverGrows(
        uint256 demand,
        uint256 other,
        bool perSubmission,
        bool sixDecimals
    ) public {
        demand = bound(demand, 0, CAPACITY);
        other = bound(other, 0, CAPACITY);
        _deploy(perSubmission ? Policy.PerSubmission : Policy.Refunding, false, UNIT, sixDecimals ? 6 : 18);
        _fundAnnAndBob();
        _open();
        _submit(ann, demand);
        _submit(bob, other);
        uint256 answered = market.freeBalance(ann);
        market.closeRound();
        uint256 stale = market.freeBalance(ann);
        assertGe(stale, answered, "a demand that becomes stale locks no more");
        _trim(ann);
        assertGe(market.freeBalance(ann), stale, "a trimmed demand locks no more");
        assertLe(market.account(ann).demand, demand, "a demand is not raised");
        assertEq(market.totals().demand, market.account(ann).demand + other, "the total follows");
        assertEq(market.totals().movement, demand - market.account(ann).demand, "the movement follows");
    }

    // ------------------------------------------------------------------------------------ nothing to cut

    function _assertUntouchedBy(address[] memory agents) private {
        bytes memory before = abi.encode(market.account(ann), market.totals());
        vm.recordLogs();
        market.trim(agents);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(abi.encode(market.account(ann), market.totals()), before);
    }

    function test_ADemandAnsweredInThisRoundIsLeft() public {
        _priceDoubles();
        _submit(ann, 40 * UNIT);
        _assertUntouchedBy(_one(ann));
    }

    function test_ADemandFromTheSamePriceIsLeft() public {
        _fundAnnAndBob();
        _open();
        _round(CAPACITY);
        assertEq(market.posted().price, UNIT);
        _assertUntouchedBy(_one(ann));
    }

    function test_ADemandFromADearerRoundIsLeft() public {
        _fundAnnAndBob();
        _open();
        _round(25 * UNIT);
        assertEq(market.posted().price, UNIT / 2);
        _assertUntouchedBy(_one(ann));
    }

    function test_ADemandOfZeroIsLeft() public {
        _fundAnnAndBob();
        _fund(cid);
        _open();
        _submit(ann, 0);
        _submit(bob, 50 * UNIT);
        _submit(cid, 50 * UNIT);
        market.closeRound();
        _assertUntouchedBy(_one(ann));
    }

    function test_AStrangerIsPassedOver() public {
        _priceDoubles();
        _assertUntouchedBy(_one(stranger));
    }

    function test_NobodyMayBeNamed() public {
        _priceDoubles();
        _assertUntouchedBy(new address[](0));
    }

    function test_ADemandOfAnEndedEpochIsLeft() public {
        _fundAnnAndBob();
        _openOneRound();
        _round(100 * UNIT);
        _open();
        _submit(bob, 50 * UNIT);
        _fund(cid);
        _submit(cid, 50 * UNIT);
        _close();
        assertEq(market.posted().price, 2 * UNIT);
        _assertUntouchedBy(_one(ann));
        assertEq(market.account(ann).demand, 50 * UNIT);
    }

    function test_RevertWhen_NoEpochHasBeenOpened() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochNotOpen.selector, 0));
        market.trim(_one(ann));
    }

    function test_RevertWhen_TheEpochHasSettled() public {
        _fundAnnAndBob();
        _openOneRound();
        _round(100 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochNotOpen.selector, 1));
        market.trim(_one(ann));
    }
}
