// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Bracket,
    IClearingContract,
    Outcome,
    Parameters,
    Policy,
    Posted,
    Reason,
    StepRule,
    Totals
} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract CloseRoundTest is MarketTest {
    Parameters private _chosen;

    function setUp() public override {
        super.setUp();
        _fundAnnAndBob();
        _chosen = _parameters();
    }

    function _openWith(StepRule rule) private {
        _chosen.rule = rule;
        _open(_chosen);
    }

    function _price() private view returns (uint256) {
        return market.posted().price;
    }

    function _assertBracket(uint256 lower, uint256 upper, uint256 previousDemand) private view {
        Bracket memory seen = market.bracket();
        assertEq(seen.lower, lower, "lower");
        assertEq(seen.upper, upper, "upper");
        assertEq(seen.previousDemand, previousDemand, "previous demand");
    }

    function _assertSettled(Reason reason) private view {
        assertEq(market.posted().samples, 0, "no epoch is open");
        _assertReason(market.outcome(1).reason, reason);
    }

    function _assertOpen() private view {
        assertEq(market.posted().samples, 1, "the epoch is open");
        _assertReason(market.outcome(1).reason, Reason.None);
    }

    // ------------------------------------------------------------------------------------------------ when

    function test_RevertWhen_NoEpochHasBeenOpened() public {
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochNotOpen.selector, 0));
        market.closeRound();
    }

    function test_RevertWhen_TheEpochHasSettled() public {
        _openOneRound();
        _round(0);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochNotOpen.selector, 1));
        market.closeRound();
    }

    function test_RevertWhen_SomeHaveNotAnsweredAndTheDeadlineIsAhead() public {
        vm.warp(1000);
        _open();
        _submit(ann, UNIT);
        vm.warp(1059);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, 1060, 1, 2));
        market.closeRound();
    }

    function test_ItMayBeClosedFromTheDeadlineOnByAnybody() public {
        vm.warp(1000);
        _open();
        _submit(ann, UNIT);
        vm.warp(1060);
        vm.prank(stranger);
        market.closeRound();
        assertEq(market.posted().round, 1);
    }

    function test_ItMayBeClosedAtOnceWhenAllHaveAnswered() public {
        _open();
        _submit(ann, UNIT);
        _submit(bob, 0);
        vm.prank(stranger);
        market.closeRound();
        assertEq(market.posted().round, 1);
    }

    function test_RevertWhen_AMemberWhoJoinedMeanwhileHasNotAnswered() public {
        vm.warp(1000);
        _open();
        _submit(ann, UNIT);
        _submit(bob, UNIT);
        vm.prank(cid);
        market.join();
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, 1060, 2, 3));
        market.closeRound();
    }

    function test_RevertWhen_AllHaveAnsweredTheRoundBeforeOnly() public {
        vm.warp(1000);
        _open();
        _round(60 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, 1060, 0, 2));
        market.closeRound();
    }

    function test_RevertWhen_NobodyHasJoinedAndTheDeadlineIsAhead() public {
        _deploy(Policy.Refunding);
        vm.warp(1000);
        _open();
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, 1060, 0, 0));
        market.closeRound();
    }

    function test_AMarketThatNobodyJoinedClosesAtTheDeadline() public {
        _deploy(Policy.Refunding);
        _open();
        _close();
        assertEq(_price(), 0);
        assertEq(market.posted().round, 1);
    }

    // --------------------------------------------------------------------------------------- the next round

    function test_ClosingAnnouncesTheRoundAndOpensTheNext() public {
        vm.warp(1000);
        _open();
        _submit(ann, 50 * UNIT);
        _submit(bob, 50 * UNIT);
        vm.warp(1010);
        Posted memory before = market.posted();
        vm.expectEmit(address(market));
        emit IClearingContract.RoundClosed(1, 0, 100 * UNIT, 2 * UNIT, 1070);
        market.closeRound();
        (before.price, before.round) = (2 * UNIT, 1);
        assertEq(abi.encode(market.posted()), abi.encode(before));
        assertEq(
            abi.encode(market.totals()),
            abi.encode(Totals({demand: 100 * UNIT, movement: 0, answered: 0, members: 2, deadline: 1070}))
        );
    }

    function test_DemandsStandUntilTheyAreReplaced() public {
        _open();
        _round(100 * UNIT);
        _close();
        assertEq(_price(), 3 * UNIT);
        assertEq(market.totals().demand, 100 * UNIT);
    }

    function test_TheFirstSecondThatNeeds33BitsIsNoDeadline() public {
        vm.warp(uint256(type(uint32).max) + 1 - _chosen.roundLength);
        _open(_chosen);
        assertEq(market.totals().deadline, type(uint32).max);
    }

    function test_DeadlinesStopAtTheEndOf32Bits() public {
        vm.warp(type(uint32).max - 10);
        _chosen.initialStep = 0;
        _open(_chosen);
        assertEq(market.totals().deadline, type(uint32).max);
        vm.warp(uint256(type(uint32).max) + 1000);
        market.closeRound();
        assertEq(market.totals().deadline, type(uint32).max);
        market.closeRound();
        assertEq(market.posted().round, 2);
    }

    // ------------------------------------------------------------------------------------------- the rules

    function test_ConstantMovesByTheStepTimesTheExcess() public {
        _openWith(StepRule.Constant);
        _round(100 * UNIT);
        assertEq(_price(), 2 * UNIT);
        _round(100 * UNIT);
        assertEq(_price(), 3 * UNIT);
        _round(20 * UNIT);
        assertEq(_price(), 2.4e18);
    }

    function test_InverseSqrtShrinksTheStepWithTheRootOfTheRound() public {
        _openWith(StepRule.InverseSqrt);
        _round(100 * UNIT);
        assertEq(_price(), 2 * UNIT);
        _round(100 * UNIT);
        assertEq(_price(), 2 * UNIT + 707106781186547524);
        uint256 before = _price();
        _round(100 * UNIT);
        assertEq(_price(), before + 577350269189625764);
        before = _price();
        _round(0);
        assertEq(_price(), before - UNIT / 2);
    }

    function test_RobbinsMonroShrinksTheStepWithTheRound() public {
        _openWith(StepRule.RobbinsMonro);
        _round(100 * UNIT);
        assertEq(_price(), 2 * UNIT);
        _round(100 * UNIT);
        assertEq(_price(), 2 * UNIT + 909090909090909090);
        uint256 before = _price();
        _round(0);
        assertEq(_price(), before - 833333333333333333);
    }

    function test_SecantFollowsTheLinesThroughTheLastTwoRounds() public {
        _openWith(StepRule.Secant);
        _round(100 * UNIT);
        assertEq(_price(), 2 * UNIT);
        // The line through demands asks for 3, the one through their inverses for 4.
        _round(75 * UNIT);
        assertEq(_price(), 3.5e18);
        // For 2.75 and 2.375.
        _round(25 * UNIT);
        assertEq(_price(), 2.5625e18);
        _round(60 * UNIT);
        assertEq(_price(), 2.5625e18 + ((uint256(9.375e18) / 35) * 3) / 4);
    }

    function test_SecantTakesTheFirstStepWhereDemandDoesNotFallWithThePrice() public {
        _openWith(StepRule.Secant);
        _round(80 * UNIT);
        assertEq(_price(), 1.6e18);
        _round(90 * UNIT);
        assertEq(_price(), 2.4e18);
        _round(90 * UNIT);
        assertEq(_price(), 3.2e18);
    }

    function test_SecantTakesTheFirstStepWhereThePriceDidNotMove() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fundAnnAndBob();
        _openWith(StepRule.Secant);
        _round(25 * UNIT);
        assertEq(_price(), 0);
        _round(100 * UNIT);
        assertEq(_price(), UNIT);
    }

    function test_SecantBisectsWhereTheLineLeavesTheBracket() public {
        _openWith(StepRule.Secant);
        _round(100 * UNIT);
        _round(10 * UNIT);
        // From 2 by 40/90 and half as much again.
        uint256 upper = 2 * UNIT - ((uint256(40e18) / 90) * 3) / 2;
        assertEq(_price(), upper);
        // A flat stretch: the line would leave the bracket far below 1.
        _round(12 * UNIT);
        assertEq(_price(), (UNIT + upper) / 2);
        _assertBracket(UNIT, upper, 12 * UNIT);
    }

    function test_SecantHoldsTheUpperSideOfANarrowBracket() public {
        _chosen.dualTolerance = UNIT;
        _openWith(StepRule.Secant);
        _round(100 * UNIT);
        _round(10 * UNIT);
        assertEq(_price(), 2 * UNIT);
        _assertBracket(UNIT, 2 * UNIT, 10 * UNIT);
        // Demands rest: this is where it is rationed.
        _round(10 * UNIT);
        _assertSettled(Reason.Rationed);
    }

    function test_SecantGoesBackToTheUpperSideOfANarrowBracket() public {
        _chosen.dualTolerance = (3 * UNIT) / 4;
        _chosen.primalTolerance = 0;
        _openWith(StepRule.Secant);
        _round(100 * UNIT);
        _round(0);
        // The line through (1, 100) and (2, 0) meets 50 half a token back; the last demand was twice that.
        assertEq(_price(), 1.25e18);
        _round(60 * UNIT);
        _assertBracket(1.25e18, 2 * UNIT, 60 * UNIT);
        assertEq(_price(), 2 * UNIT);
    }

    function test_AStepIsCutToTheLongest() public {
        _chosen.initialStep = UNIT;
        _chosen.maxStep = 3 * UNIT;
        _openWith(StepRule.Constant);
        _round(100 * UNIT);
        assertEq(_price(), 4 * UNIT);
        _round(0);
        assertEq(_price(), UNIT);
    }

    function test_ThePriceStopsAtZero() public {
        _chosen.initialStep = UNIT / 10;
        _openWith(StepRule.Constant);
        _round(0);
        assertEq(_price(), 0);
    }

    function test_ThePriceReachesZeroExactly() public {
        _openWith(StepRule.Constant);
        _round(0);
        assertEq(_price(), 0);
    }

    function test_ThePriceStopsAtTheHighest() public {
        uint256 highest = type(uint80).max - 1;
        _deploy(Policy.Refunding, false, highest - 5, 18);
        _fundAnnAndBob();
        _chosen.capacity = 1e12;
        _chosen.initialStep = 1e24;
        _chosen.primalTolerance = 0;
        _openWith(StepRule.Constant);
        _round(2e12);
        assertEq(_price(), highest);
        _close();
        assertEq(_price(), highest);
    }

    // ----------------------------------------------------------------------------------------- the bracket

    function test_TheBracketStartsUnseenAndIsStartedAgainByEveryEpoch() public {
        _chosen.maxRounds = 2;
        _open(_chosen);
        _assertBracket(UNSEEN, UNSEEN, 0);
        _round(100 * UNIT);
        _assertBracket(UNIT, UNSEEN, 100 * UNIT);
        _round(10 * UNIT);
        _open(_chosen);
        _assertBracket(UNSEEN, UNSEEN, 0);
    }

    function test_TheBracketClosesFromBothSides() public {
        _open();
        _round(100 * UNIT);
        _assertBracket(UNIT, UNSEEN, 100 * UNIT);
        _round(100 * UNIT);
        _assertBracket(2 * UNIT, UNSEEN, 100 * UNIT);
        _round(30 * UNIT);
        assertEq(_price(), 2.6e18);
        _assertBracket(2 * UNIT, 3 * UNIT, 30 * UNIT);
        _round(40 * UNIT);
        _assertBracket(2 * UNIT, 2.6e18, 40 * UNIT);
    }

    function test_DemandAtCapacityCountsAsTheUpperSide() public {
        _open();
        _round(CAPACITY);
        _assertBracket(UNSEEN, UNIT, CAPACITY);
    }

    function test_ExcessAtTheUpperSideResetsIt() public {
        _open();
        _round(CAPACITY);
        assertEq(_price(), UNIT);
        _round(60 * UNIT);
        _assertBracket(UNIT, UNSEEN, 60 * UNIT);
    }

    function test_SpareCapacityAtTheLowerSideResetsIt() public {
        _open();
        _round(100 * UNIT);
        _round(0);
        assertEq(_price(), UNIT);
        _assertBracket(UNIT, 2 * UNIT, 0);
        _round(20 * UNIT);
        _assertBracket(UNSEEN, UNIT, 20 * UNIT);
    }

    // ------------------------------------------------------------------------------------- when it settles

    function test_ItConvergesWhenDemandMeetsCapacityAndNothingMoves() public {
        _open();
        _round(CAPACITY);
        _assertOpen();
        _submit(ann, 25 * UNIT);
        _submit(bob, 25 * UNIT);
        vm.expectEmit(address(market));
        emit IClearingContract.RoundClosed(1, 1, CAPACITY, UNIT, 0);
        vm.expectEmit(address(market));
        emit IClearingContract.EpochSettled(1, 1, UNIT, UNIT, Reason.Converged);
        market.closeRound();
        _assertSettled(Reason.Converged);
    }

    function test_ItConvergesAtTheEdgeOfEveryTolerance() public {
        _open();
        _round(50.55e18);
        assertEq(_price(), 1.011e18);
        // Residual 0.05, price change 0.001, movement 0.5: each exactly its tolerance.
        _round(50.05e18);
        _assertSettled(Reason.Converged);
    }

    function test_ItGoesOnWhileDemandsMove() public {
        _open();
        _round(50.55e18);
        _round(50.05e18 - 2);
        _assertOpen();
    }

    function test_ItGoesOnWhileDemandsMoveAgainstEachOther() public {
        _open();
        _submit(ann, 10 * UNIT);
        _submit(bob, 40 * UNIT);
        market.closeRound();
        _submit(ann, 30 * UNIT);
        _submit(bob, 20 * UNIT);
        market.closeRound();
        _assertOpen();
    }

    function test_ItGoesOnWhileTheResidualIsTooLarge() public {
        _chosen.initialStep = UNIT / 1000;
        _open(_chosen);
        _round(50.05e18 + 2);
        _round(50.05e18 + 2);
        _assertOpen();
        _round(49.95e18);
        _assertSettled(Reason.Converged);
    }

    function test_ItGoesOnWhileThePriceMoves() public {
        _chosen.initialStep = UNIT / 10;
        _open(_chosen);
        _round(50.05e18);
        _round(50.05e18);
        _assertOpen();
    }

    function test_UnderSecantItGoesOnWhileThePriceMoves() public {
        _chosen.initialStep = UNIT / 10;
        _chosen.movementTolerance = 100 * UNIT;
        _openWith(StepRule.Secant);
        _round(50.04e18);
        _assertOpen();
    }

    function test_SpareCapacityAtPriceZeroConverges() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fundAnnAndBob();
        _open();
        _round(10 * UNIT);
        _assertOpen();
        _round(10 * UNIT);
        _assertSettled(Reason.Converged);
        assertEq(market.outcome(1).price, 0);
        assertEq(market.outcome(1).scale, UNIT);
    }

    /// @dev Nothing tells a market that nobody wants from one that nobody answers.
    function test_AtPriceZeroAnEpochThatNobodyAnswersConverges() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fundAnnAndBob();
        _open();
        _close();
        _assertSettled(Reason.Converged);
        assertEq(market.totals().demand, 0);
    }

    function test_SpareCapacityAboveZeroDoesNot() public {
        _chosen.initialStep = 0;
        _open(_chosen);
        _round(10 * UNIT);
        _round(10 * UNIT);
        _assertOpen();
    }

    /// @dev A price of 0.0005 falls to zero by less than ε_d: nobody has answered zero yet.
    function test_SpareCapacityOneStepAboveZeroDoesNot() public {
        _deploy(Policy.Refunding, false, UNIT / 2000, 18);
        _fundAnnAndBob();
        _chosen.movementTolerance = 100 * UNIT;
        _open(_chosen);
        _round(10 * UNIT);
        assertEq(_price(), 0);
        _assertOpen();
    }

    function test_ExcessAtPriceZeroDoesNot() public {
        _deploy(Policy.Refunding, false, 0, 18);
        _fundAnnAndBob();
        _chosen.initialStep = 0;
        _open(_chosen);
        _round(60 * UNIT);
        _round(60 * UNIT);
        _assertOpen();
    }

    function test_ItIsRationedWhereDemandJumpsAcrossCapacity() public {
        _chosen.dualTolerance = UNIT / 50;
        _chosen.movementTolerance = 41 * UNIT;
        _open(_chosen);
        _round(51 * UNIT);
        assertEq(_price(), 1.02e18);
        _submit(ann, 5 * UNIT);
        _submit(bob, 5 * UNIT);
        vm.expectEmit(address(market));
        emit IClearingContract.EpochSettled(1, 1, 1.02e18, UNIT, Reason.Rationed);
        market.closeRound();
        _assertSettled(Reason.Rationed);
    }

    function test_ItIsNotRationedWhileTheBracketIsWide() public {
        _chosen.dualTolerance = UNIT / 50 - 1e12;
        _chosen.movementTolerance = 41 * UNIT;
        _open(_chosen);
        _round(51 * UNIT);
        _round(10 * UNIT);
        _assertOpen();
    }

    function test_ItIsNotRationedWhileDemandsMove() public {
        _chosen.dualTolerance = UNIT / 50;
        _chosen.movementTolerance = 40 * UNIT;
        _open(_chosen);
        _round(51 * UNIT);
        _round(10 * UNIT);
        _assertOpen();
    }

    /// @dev The excess at this price is taken back by the spare capacity at it.
    function test_ItIsNotRationedAtThePriceThatShowedTheExcess() public {
        _chosen.initialStep = 0;
        _chosen.movementTolerance = 100 * UNIT;
        _open(_chosen);
        _round(60 * UNIT);
        _round(40 * UNIT);
        _assertOpen();
    }

    function test_ItIsNotRationedAboveCapacity() public {
        _chosen.dualTolerance = UNIT / 50;
        _chosen.movementTolerance = 100 * UNIT;
        _open(_chosen);
        _round(51 * UNIT);
        _round(51 * UNIT);
        _assertOpen();
    }

    function test_TheRoundLimitSettlesWhateverHappens() public {
        _chosen.maxRounds = 2;
        _open(_chosen);
        _round(100 * UNIT);
        _assertOpen();
        _submit(ann, 50 * UNIT);
        _submit(bob, 30 * UNIT);
        vm.expectEmit(address(market));
        emit IClearingContract.RoundClosed(1, 1, 80 * UNIT, 2.6e18, 0);
        vm.expectEmit(address(market));
        emit IClearingContract.EpochSettled(1, 1, 2 * UNIT, 0.625e18, Reason.RoundLimit);
        market.closeRound();
        _assertSettled(Reason.RoundLimit);
    }

    function test_TheOutcomeIsKeptAndTheLastPriceStays() public {
        _openOneRound();
        _round(70 * UNIT);
        Outcome memory expected = Outcome({
            price: UNIT,
            scale: (50 * UNIT) / uint256(70),
            reason: Reason.RoundLimit,
            round: 0,
            unitFee: UNIT / 2,
            executionFee: UNIT,
            progressiveFee: UNIT / 4
        });
        assertEq(abi.encode(market.outcome(1)), abi.encode(expected));
        Posted memory offer = market.posted();
        assertEq(offer.price, UNIT);
        assertEq(offer.epoch, 1);
        assertEq(offer.round, 0);
        assertEq(offer.samples, 0);
    }

    function test_AnOutcomeIsKeptThroughLaterEpochs() public {
        _openOneRound();
        _round(70 * UNIT);
        bytes memory first = abi.encode(market.outcome(1));
        _openOneRound();
        _round(20 * UNIT);
        assertEq(abi.encode(market.outcome(1)), first);
        assertEq(market.outcome(2).scale, UNIT);
    }

    /// @dev Whatever is asked for, the market posts a price inside its range and settles in the end.
    function testFuzz_EveryEpochEnds(uint256 seed, uint8 rule) public {
        _chosen.initialStep = UNIT / 4;
        _chosen.maxStep = 2 * UNIT;
        _openWith(StepRule(rule % 4));
        for (uint256 round = 0; round < 6 && market.posted().samples != 0; ++round) {
            uint256 before = _price();
            _round(uint256(keccak256(abi.encode(seed, round))) % (100 * UNIT));
            uint256 price = _price();
            assertLe(price > before ? price - before : before - price, 2 * UNIT, "no further than the longest step");
        }
        assertEq(market.posted().samples, 0);
        assertLe(market.outcome(1).scale, UNIT);
    }
}
