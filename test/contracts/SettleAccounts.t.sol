// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, IClearingContract, Parameters, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract SettleAccountsTest is MarketTest {
    Parameters private _chosen = _parameters();

    function _openRounds(uint256 rounds) private {
        _chosen.maxRounds = rounds;
        _open(_chosen);
    }

    /// @dev Settles `agent` and asserts what that takes from it and gives to provider and treasury.
    function _assertSettles(address agent, uint256 allocation, uint256 payment, uint256 charge) private {
        uint256 balance = market.account(agent).balance;
        uint256 revenue = market.funds().revenue;
        uint256 fees = market.funds().fees;
        uint256 epoch = market.account(agent).epoch;
        vm.expectEmit(address(market));
        emit IClearingContract.AccountSettled(agent, epoch, allocation, payment, charge);
        _settle(agent);
        Account memory settled = market.account(agent);
        assertEq(settled.balance, balance - payment - charge, "balance");
        assertEq(settled.demand, allocation, "allocation");
        assertEq(settled.answered, SETTLED, "settled");
        assertEq(settled.epoch, epoch, "epoch");
        assertEq(market.funds().revenue, revenue + payment, "revenue");
        assertEq(market.funds().fees, fees + charge, "fees");
    }

    function _assertUntouchedBy(address[] memory agents) private {
        bytes memory before = abi.encode(market.account(ann), market.account(bob), market.funds());
        vm.recordLogs();
        market.settleAccounts(agents);
        assertEq(vm.getRecordedLogs().length, 0);
        assertEq(abi.encode(market.account(ann), market.account(bob), market.funds()), before);
    }

    // ---------------------------------------------------------------------------- what is allocated and paid

    function test_ADemandWithinCapacityIsAllocatedInFull() public {
        _fundAnnAndBob();
        _openRounds(1);
        _submit(ann, 10 * UNIT);
        _submit(bob, 4 * UNIT);
        market.closeRound();
        _assertSettles(ann, 10 * UNIT, 10 * UNIT, 18.5e18);
        _assertSettles(bob, 4 * UNIT, 4 * UNIT, 5 * UNIT);
        _assertSolvent(_two(ann, bob));
    }

    function test_UnderPerSubmissionTheChargeHasBeenTakenAlready() public {
        _deploy(Policy.PerSubmission);
        _fund(ann);
        _openRounds(1);
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _assertSettles(ann, 10 * UNIT, 10 * UNIT, 0);
        assertEq(market.funds().fees, 18.5e18);
        assertEq(market.account(ann).balance, WEALTH * UNIT - 28.5e18);
    }

    function test_DemandAboveCapacityIsScaledDownAndOnlyTheAllocationCharged() public {
        _fundAnnAndBob();
        _openRounds(1);
        _submit(ann, 50 * UNIT);
        _submit(bob, 30 * UNIT);
        market.closeRound();
        assertEq(market.outcome(1).scale, 0.625e18);
        uint256 allocation = 31.25e18;
        _assertSettles(ann, allocation, allocation, _chargeOf(_chosen, allocation));
        _assertSettles(bob, 18.75e18, 18.75e18, _chargeOf(_chosen, 18.75e18));
        _assertSolvent(_two(ann, bob));
    }

    function test_ScaledAllocationsRoundDown() public {
        _fundAnnAndBob();
        _openRounds(1);
        _submit(ann, 50 * UNIT);
        // Not a whole number of units: with one, scale leaves nothing to round.
        uint256 asked = 20 * UNIT + 1;
        _submit(bob, asked);
        market.closeRound();
        uint256 scale = uint256(50e36) / (50 * UNIT + asked);
        assertEq(market.settledAccount(ann).demand, 50 * scale);
        assertEq(market.settledAccount(bob).demand, (asked * scale) / UNIT);
        assertGt(mulmod(asked, scale, UNIT), 0, "something to round");
        assertLt(market.settledAccount(ann).demand + market.settledAccount(bob).demand, CAPACITY);
    }

    function test_WhoseLockIsBelowThePriceGetsWhatItAffords() public {
        _fundAnnAndBob();
        _openRounds(2);
        _round(100 * UNIT);
        _submit(bob, 0);
        _close();
        assertEq(market.outcome(1).price, 2 * UNIT);
        assertEq(market.outcome(1).scale, UNIT);
        uint256 affordable = (50 * UNIT * LOCKED_ONE) / (2 * UNIT);
        _assertSettles(ann, affordable, _paymentOf(2 * UNIT, affordable), _chargeOf(_chosen, affordable));
        assertLe(_paymentOf(2 * UNIT, affordable), 50 * UNIT);
    }

    function test_TheScaleAppliesWhereItCutsMoreThanTheLock() public {
        _chosen.initialStep = UNIT / 500;
        _fundAnnAndBob();
        _openRounds(2);
        _round(100 * UNIT);
        assertEq(market.posted().price, 1.1e18);
        _submit(bob, 50 * UNIT);
        _close();
        assertEq(market.outcome(1).scale, UNIT / 2);
        _assertSettles(ann, 25 * UNIT, 27.5e18, _chargeOf(_chosen, 25 * UNIT));
    }

    function test_TheLockAppliesAloneWhereItCutsMoreThanTheScale() public {
        _fundAnnAndBob();
        _openRounds(2);
        _round(100 * UNIT);
        _submit(bob, 10 * UNIT);
        _close();
        assertEq(market.outcome(1).scale, (50 * UNIT) / uint256(60));
        uint256 affordable = (50 * UNIT * LOCKED_ONE) / (2 * UNIT);
        _assertSettles(ann, affordable, _paymentOf(2 * UNIT, affordable), _chargeOf(_chosen, affordable));
    }

    function test_WhoseLockIsAboveThePricePaysThePrice() public {
        _fundAnnAndBob();
        _openRounds(2);
        _submit(ann, 10 * UNIT);
        _submit(bob, 15 * UNIT);
        market.closeRound();
        _submit(bob, 15 * UNIT);
        _close();
        assertEq(market.outcome(1).price, UNIT / 2);
        _assertSettles(ann, 10 * UNIT, 5 * UNIT, 18.5e18);
    }

    function test_ADemandFromPriceZeroGetsNothingAtAPrice() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fundAnnAndBob();
        _openRounds(2);
        _round(100 * UNIT);
        _submit(bob, 50 * UNIT);
        _close();
        assertEq(market.outcome(1).price, UNIT);
        _assertSettles(ann, 0, 0, 0);
    }

    function test_AtPriceZeroOnlyTheChargeIsDue() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fund(ann);
        _openRounds(1);
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _assertSettles(ann, 10 * UNIT, 0, 18.5e18);
    }

    function test_AnEarlierDemandAtPriceZeroIsAllocatedInFull() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fundAnnAndBob();
        _openRounds(2);
        _round(20 * UNIT);
        _submit(bob, 5 * UNIT);
        _close();
        assertEq(market.outcome(1).round, 1);
        assertEq(market.outcome(1).price, 0);
        _assertSettles(ann, 10 * UNIT, 0, 18.5e18);
    }

    function test_ATokenOfSixDecimalsIsRoundedUp() public {
        _deploy(Policy.Refunding, false, UNIT, 6);
        _fund(ann);
        _openRounds(1);
        _submit(ann, 1e12 + 1);
        market.closeRound();
        // One base unit and a sliver: two. Charge: one token, half a base unit and a sliver.
        _assertSettles(ann, 1e12 + 1, 2, 1e6 + 1);
    }

    function test_ATokenWithoutDecimalsIsRoundedUp() public {
        _deploy(Policy.Refunding, false, UNIT, 0);
        _fund(ann);
        _openRounds(1);
        _submit(ann, 1);
        market.closeRound();
        _assertSettles(ann, 1, 1, 2);
    }

    function test_AnEpochIsSettledWithItsOwnFees() public {
        _fundAnnAndBob();
        _openRounds(1);
        _submit(ann, 10 * UNIT);
        _submit(bob, 0);
        market.closeRound();
        Parameters memory dearer = _parameters();
        (dearer.unitFee, dearer.executionFee, dearer.progressiveFee) = (5 * UNIT, 5 * UNIT, 5 * UNIT);
        dearer.maxRounds = 1;
        _open(dearer);
        _close();
        _open(dearer);
        // Two epochs later and in the middle of a third.
        _assertSettles(ann, 10 * UNIT, 10 * UNIT, 18.5e18);
    }

    function test_AnEpochIsSettledByItsOwnOutcomeAfterAnotherHasEnded() public {
        _fundAnnAndBob();
        _openRounds(2);
        _round(60 * UNIT);
        _round(60 * UNIT);
        uint256 price = market.outcome(1).price;
        uint256 allocation = (30 * UNIT * market.outcome(1).scale) / UNIT;
        _openRounds(2);
        _submit(bob, 0);
        _close();
        _close();
        assertEq(market.outcome(2).scale, UNIT);
        assertNotEq(market.outcome(2).price, price);
        _assertSettles(ann, allocation, _paymentOf(price, allocation), _chargeOf(_chosen, allocation));
    }

    function test_SeveralAccountsAreSettledInOneCall() public {
        _fundAnnAndBob();
        _openRounds(1);
        _round(50 * UNIT);
        market.settleAccounts(_two(ann, bob));
        assertEq(market.account(ann).answered, SETTLED);
        assertEq(market.account(bob).answered, SETTLED);
        assertEq(market.funds().revenue, 50 * UNIT);
        _assertSolvent(_two(ann, bob));
    }

    function test_AnybodyMaySettle() public {
        _fund(ann);
        _openRounds(1);
        _submit(ann, 10 * UNIT);
        market.closeRound();
        vm.prank(stranger);
        market.settleAccounts(_one(ann));
        assertEq(market.account(ann).answered, SETTLED);
    }

    // ------------------------------------------------------------------------------------ nothing to settle

    function test_AnAccountNamedTwiceIsSettledOnce() public {
        _fundAnnAndBob();
        _openRounds(1);
        _round(50 * UNIT);
        market.settleAccounts(_two(ann, ann));
        assertEq(market.funds().revenue, 25 * UNIT);
    }

    function test_ASettledAccountIsPassedOver() public {
        _fundAnnAndBob();
        _openRounds(1);
        _round(50 * UNIT);
        market.settleAccounts(_two(ann, bob));
        _assertUntouchedBy(_two(ann, bob));
        _openRounds(1);
        _assertUntouchedBy(_two(ann, bob));
        _close();
        _assertUntouchedBy(_two(ann, bob));
    }

    function test_ADemandOfTheOpenEpochIsPassedOver() public {
        _fundAnnAndBob();
        _openRounds(2);
        _round(50 * UNIT);
        _assertUntouchedBy(_two(ann, bob));
    }

    function test_ADemandLongWithoutAnAnswerIsPassedOver() public {
        _fundAnnAndBob();
        _openRounds(6);
        _round(60 * UNIT);
        for (uint256 silent = 0; silent < 4; ++silent) {
            _close();
        }
        _assertUntouchedBy(_two(ann, bob));
    }

    function test_WhoAskedForNothingIsPassedOver() public {
        _fundAnnAndBob();
        _openRounds(1);
        _submit(ann, 0);
        _submit(bob, 0);
        market.closeRound();
        _assertUntouchedBy(_two(ann, bob));
    }

    function test_AStrangerIsPassedOver() public {
        _fundAnnAndBob();
        _openRounds(1);
        _round(50 * UNIT);
        _assertUntouchedBy(_one(stranger));
        _assertUntouchedBy(new address[](0));
    }

    // ---------------------------------------------------------------------------------------- whatever happens

    /// @dev Ann answers the first round only, Bob both, Cid one or both; the price goes where they send it.
    function testFuzz_NobodyPaysMoreThanTheLockAndNobodyGetsMoreThanThereIs(
        uint256[5] memory demands,
        bool perSubmission,
        bool sixDecimals,
        bool cidAnswers
    ) public {
        _deploy(perSubmission ? Policy.PerSubmission : Policy.Refunding, false, UNIT, sixDecimals ? 6 : 18);
        address[3] memory agents = [ann, bob, cid];
        for (uint256 i = 0; i < 5; ++i) {
            demands[i] = bound(demands[i], 0, CAPACITY);
        }
        _openRounds(2);
        for (uint256 i = 0; i < 3; ++i) {
            _fund(agents[i]);
            _submit(agents[i], demands[i]);
        }
        _close();
        _submit(bob, demands[3]);
        if (cidAnswers) _submit(cid, demands[4]);

        uint256[3] memory locked;
        for (uint256 i = 0; i < 3; ++i) {
            locked[i] = market.account(agents[i]).balance - market.freeBalance(agents[i]);
        }
        _close();

        uint256 allocated = 0;
        for (uint256 i = 0; i < 3; ++i) {
            uint256 balance = market.account(agents[i]).balance;
            uint256 demand = market.account(agents[i]).demand;
            _settle(agents[i]);
            Account memory settled = market.account(agents[i]);
            assertLe(balance - settled.balance, locked[i], "pays no more than was locked");
            assertEq(market.freeBalance(agents[i]), settled.balance, "nothing stays locked");
            assertLe(settled.demand, demand, "gets no more than it asked for");
            allocated += settled.demand;
        }
        assertLe(allocated, CAPACITY, "no more than there is");
        assertEq(
            token.balanceOf(address(market)),
            market.account(ann).balance +
                market.account(bob).balance +
                market.account(cid).balance +
                market.funds().revenue +
                market.funds().fees,
            "solvent"
        );
    }
}
