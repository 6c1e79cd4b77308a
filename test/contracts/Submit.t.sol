// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, IClearingContract, Parameters, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {LockedPrice} from "../../contracts/libraries/LockedPrice.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract SubmitTest is MarketTest {
    /// @dev Ten units at price 1: payment 10, charge 5 + 1 + 12.5.
    uint256 private constant CHARGE = 18.5e18;
    uint256 private constant PAYMENT = 10e18;

    function _openWithSamples(uint256 samples) private {
        Parameters memory chosen = _parameters();
        chosen.samples = samples;
        _open(chosen);
    }

    function _four(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (uint256[] memory samples) {
        samples = new uint256[](4);
        (samples[0], samples[1], samples[2], samples[3]) = (a, b, c, d);
    }

    function _expectRoundNotOpen(uint256 epoch, uint256 round, uint256 atEpoch, uint256 atRound, bool open) private {
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.RoundNotOpen.selector, epoch, round, atEpoch, atRound, open)
        );
    }

    // -------------------------------------------------------------------------------------- what it leaves

    function test_ASubmissionIsAnnouncedAndKept() public {
        _fund(ann);
        _open();
        vm.expectEmit(address(market));
        emit IClearingContract.DemandSubmitted(ann, 10 * UNIT);
        vm.prank(ann);
        market.submit(1, 0, 10 * UNIT);
        _assertAccount(
            ann,
            Account({
                balance: WEALTH * UNIT,
                demand: 10 * UNIT,
                lockedPrice: LockedPrice.packDown(UNIT),
                epoch: 1,
                answered: 1
            })
        );
        _assertTotals(10 * UNIT, 10 * UNIT, 1, 1);
    }

    function test_TotalsAddUpOverAgents() public {
        _fundAnnAndBob();
        _open();
        _submit(ann, 10 * UNIT);
        _submit(bob, 3 * UNIT);
        _assertTotals(13 * UNIT, 13 * UNIT, 2, 2);
    }

    function test_ADemandReplacesTheStandingOneAndMovementIsTheDifference() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        _submit(ann, 20 * UNIT);
        _assertTotals(70 * UNIT, 30 * UNIT, 1, 2);
        _submit(bob, 45 * UNIT);
        _assertTotals(65 * UNIT, 35 * UNIT, 2, 2);
        assertEq(market.account(ann).lockedPrice, LockedPrice.packDown(2 * UNIT));
        assertEq(market.account(ann).answered, 2);
    }

    function test_AnOpenDemandMayRiseAgain() public {
        _fundAnnAndBob();
        _open();
        _round(60 * UNIT);
        _submit(ann, 50 * UNIT);
        _assertTotals(80 * UNIT, 20 * UNIT, 1, 2);
    }

    function test_ADemandThatStoodThroughARoundIsReplacedAsWell() public {
        _fundAnnAndBob();
        _open();
        _round(20 * UNIT);
        _submit(bob, 10 * UNIT);
        _close();
        _submit(ann, 25 * UNIT);
        _assertTotals(35 * UNIT, 15 * UNIT, 1, 2);
    }

    function test_TheWholeCapacityMayBeAskedFor() public {
        _fund(ann);
        _open();
        _submit(ann, CAPACITY);
        _assertTotals(CAPACITY, CAPACITY, 1, 1);
    }

    function test_AnAnswerAfterTheDeadlineCountsUntilTheRoundIsClosed() public {
        _fund(ann);
        _open();
        skip(1 days);
        _submit(ann, UNIT);
        _assertTotals(UNIT, UNIT, 1, 1);
    }

    function test_MovementStaysAtItsHighestOnceThere() public {
        _fund(ann);
        _open();
        _storeSums((uint256(type(uint80).max) - 5) << 96);
        _submit(ann, 6);
        assertEq(market.totals().movement, type(uint80).max);
        assertEq(market.totals().demand, 6);
        assertEq(market.totals().answered, 1);
    }

    // --------------------------------------------------------------------------------------------- charges

    function test_UnderRefundingNothingIsTakenBeforeTheEnd() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        _submit(ann, 20 * UNIT);
        assertEq(market.account(ann).balance, WEALTH * UNIT);
        assertEq(market.funds().fees, 0);
    }

    function test_UnderPerSubmissionEveryDemandIsChargedAndTheChargeKept() public {
        _deploy(Policy.PerSubmission);
        _fundAnnAndBob();
        _open();
        _submit(ann, 10 * UNIT);
        _submit(bob, 50 * UNIT);
        assertEq(market.account(ann).balance, WEALTH * UNIT - CHARGE);
        uint256 fees = CHARGE + _chargeOf(_parameters(), 50 * UNIT);
        assertEq(market.funds().fees, fees);
        market.closeRound();
        _submit(ann, 10 * UNIT);
        assertEq(market.account(ann).balance, WEALTH * UNIT - 2 * CHARGE);
        assertEq(market.funds().fees, fees + CHARGE);
        _assertSolvent(_two(ann, bob));
    }

    function test_UnderPerSubmissionZeroIsFree() public {
        _deploy(Policy.PerSubmission);
        _fund(ann);
        _open();
        _submit(ann, 0);
        assertEq(market.account(ann).balance, WEALTH * UNIT);
        assertEq(market.funds().fees, 0);
    }

    function test_ADemandOfZeroCountsAsAnAnswer() public {
        _fund(ann);
        _open();
        vm.expectEmit(address(market));
        emit IClearingContract.DemandSubmitted(ann, 0);
        _submit(ann, 0);
        _assertTotals(0, 0, 1, 1);
    }

    function test_ADemandOfZeroNeedsNoMoney() public {
        vm.prank(ann);
        market.join();
        _open();
        _submit(ann, 0);
        _assertTotals(0, 0, 1, 1);
    }

    function test_ABalanceThatJustCoversTheDemandIsEnough() public {
        _deposit(ann, CHARGE + PAYMENT);
        _open();
        _submit(ann, 10 * UNIT);
        assertEq(market.freeBalance(ann), 0);
    }

    function test_RevertWhen_TheBalanceIsOneShort() public {
        _deposit(ann, CHARGE + PAYMENT - 1);
        _open();
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingContract.InsufficientCollateral.selector,
                ann,
                CHARGE + PAYMENT - 1,
                CHARGE + PAYMENT
            )
        );
        market.submit(1, 0, 10 * UNIT);
    }

    function test_RevertWhen_UnderPerSubmissionTheBalanceIsOneShort() public {
        _deploy(Policy.PerSubmission);
        _deposit(ann, CHARGE + PAYMENT - 1);
        _open();
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingContract.InsufficientCollateral.selector,
                ann,
                CHARGE + PAYMENT - 1,
                CHARGE + PAYMENT
            )
        );
        market.submit(1, 0, 10 * UNIT);
    }

    /// @dev Exactly one lock of 28.5 fits; the price stays, since demand meets capacity with Bob's forty.
    function _lockAllThatAnnHas() private {
        _deposit(ann, CHARGE + PAYMENT);
        _fund(bob);
        _open();
        _submit(ann, 10 * UNIT);
        _submit(bob, 40 * UNIT);
        market.closeRound();
        assertEq(market.posted().price, UNIT);
    }

    function test_UnderRefundingTheReplacedDemandLocksNoMore() public {
        _lockAllThatAnnHas();
        _submit(ann, 10 * UNIT);
        assertEq(market.freeBalance(ann), 0);
    }

    function test_RevertWhen_TheBalanceCoversNoMoreThanTheDifference() public {
        _lockAllThatAnnHas();
        uint256 required = _chargeOf(_parameters(), 12 * UNIT) + 12 * UNIT;
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.InsufficientCollateral.selector, ann, CHARGE + PAYMENT, required)
        );
        market.submit(1, 1, 12 * UNIT);
    }

    function test_ATokenOfSixDecimalsIsChargedRoundedUp() public {
        _deploy(Policy.PerSubmission, false, UNIT, 6);
        _fund(ann);
        _open();
        _submit(ann, 1);
        // A sliver of demand: one token of execution fee, and the sliver's own fee rounded up to one base unit.
        assertEq(market.funds().fees, 1e6 + 1);
        assertEq(market.freeBalance(ann), _tokens(WEALTH) - (1e6 + 1) - 1);
    }

    // --------------------------------------------------------------------------------------------- samples

    function test_TheMeanOfFourSamplesIsRoundedDown() public {
        _fund(ann);
        _openWithSamples(4);
        vm.expectEmit(address(market));
        emit IClearingContract.DemandSubmitted(ann, 2);
        vm.prank(ann);
        market.submitSamples(1, 0, _four(1, 2, 3, 5));
        _assertTotals(2, 2, 1, 1);
    }

    function test_OneSampleIsTheDemand() public {
        _fund(ann);
        _open();
        uint256[] memory samples = new uint256[](1);
        samples[0] = 7 * UNIT;
        vm.prank(ann);
        market.submitSamples(1, 0, samples);
        assertEq(market.account(ann).demand, 7 * UNIT);
    }

    function test_ASampleMayExceedTheCapacityIfTheMeanDoesNot() public {
        _fund(ann);
        _openWithSamples(4);
        vm.prank(ann);
        market.submitSamples(1, 0, _four(4 * CAPACITY, 0, 0, 0));
        assertEq(market.account(ann).demand, CAPACITY);
    }

    function testFuzz_TheMeanIsTheSumOverTheCount(uint64 a, uint64 b, uint64 c, uint64 d) public {
        _fund(ann);
        _openWithSamples(4);
        vm.prank(ann);
        market.submitSamples(1, 0, _four(a, b, c, d));
        uint256 demand = market.account(ann).demand;
        uint256 sum = uint256(a) + b + c + d;
        assertLe(demand * 4, sum);
        assertLt(sum, demand * 4 + 4);
    }

    function test_RevertWhen_TheMeanIsAboveTheCapacity() public {
        _fund(ann);
        _openWithSamples(4);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.DemandAboveCapacity.selector, CAPACITY + 1, CAPACITY));
        market.submitSamples(1, 0, _four(4 * CAPACITY, 4, 0, 0));
    }

    function test_RevertWhen_ASampleIsTooLargeToAdd() public {
        _fund(ann);
        _openWithSamples(4);
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.DemandAboveCapacity.selector, uint256(1) << 88, CAPACITY)
        );
        market.submitSamples(1, 0, _four(0, 0, 0, 1 << 88));
    }

    function test_ASampleMayBeAsLargeAsADemandCanBe() public {
        _fund(ann);
        Parameters memory chosen = _parameters();
        (chosen.capacity, chosen.samples) = (3e26, 4);
        (chosen.unitFee, chosen.executionFee, chosen.progressiveFee) = (0, 0, 0);
        _open(chosen);
        _deposit(ann, 1e26);
        vm.prank(ann);
        market.submitSamples(1, 0, _four(type(uint88).max, 0, 0, 0));
        assertEq(market.account(ann).demand, type(uint88).max / 4);
    }

    function test_RevertWhen_TooFewSamplesAreGiven() public {
        _fund(ann);
        _openWithSamples(5);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.WrongSampleCount.selector, 4, 5));
        market.submitSamples(1, 0, _four(1, 1, 1, 1));
    }

    function test_RevertWhen_NoSampleIsGiven() public {
        _fund(ann);
        _open();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.WrongSampleCount.selector, 0, 1));
        market.submitSamples(1, 0, new uint256[](0));
    }

    function test_RevertWhen_OneDemandIsGivenWhereFourSamplesAreAsked() public {
        _fund(ann);
        _openWithSamples(4);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.WrongSampleCount.selector, 1, 4));
        market.submit(1, 0, UNIT);
    }

    // --------------------------------------------------------------------------------- what it answers

    function test_RevertWhen_NoEpochHasBeenOpened() public {
        _fund(ann);
        vm.prank(ann);
        _expectRoundNotOpen(1, 0, 0, 0, false);
        market.submit(1, 0, UNIT);
    }

    function test_RevertWhen_TheEpochIsAnother() public {
        _fund(ann);
        _open();
        vm.prank(ann);
        _expectRoundNotOpen(2, 0, 1, 0, true);
        market.submit(2, 0, UNIT);
    }

    function test_RevertWhen_TheRoundIsOver() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        vm.prank(ann);
        _expectRoundNotOpen(1, 0, 1, 1, true);
        market.submit(1, 0, UNIT);
    }

    function test_RevertWhen_TheRoundIsStillToCome() public {
        _fund(ann);
        _open();
        vm.prank(ann);
        _expectRoundNotOpen(1, 1, 1, 0, true);
        market.submit(1, 1, UNIT);
    }

    function test_RevertWhen_TheEpochHasSettled() public {
        _fund(ann);
        _openOneRound();
        _close();
        vm.prank(ann);
        _expectRoundNotOpen(1, 0, 1, 0, false);
        market.submit(1, 0, UNIT);
    }

    function test_RevertWhen_TheDemandIsAboveTheCapacity() public {
        _fund(ann);
        _open();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.DemandAboveCapacity.selector, CAPACITY + 1, CAPACITY));
        market.submit(1, 0, CAPACITY + 1);
    }

    function test_RevertWhen_TheAgentHasNotJoined() public {
        _open();
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotJoined.selector, stranger));
        market.submit(1, 0, 0);
    }

    function test_RevertWhen_AnsweringARoundTwice() public {
        _fund(ann);
        _open();
        _submit(ann, UNIT);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.AlreadyAnswered.selector, ann, 1, 0));
        market.submit(1, 0, 2 * UNIT);
    }

    function test_RevertWhen_AnsweringARoundTwiceAfterAZero() public {
        _fund(ann);
        _open();
        _submit(ann, 0);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.AlreadyAnswered.selector, ann, 1, 0));
        market.submit(1, 0, UNIT);
    }

    function test_ATotalMayBeTheLargestThatFits() public {
        _fund(ann);
        _open();
        _storeSums(uint256(type(uint96).max) - 6);
        _submit(ann, 6);
        assertEq(market.totals().demand, type(uint96).max);
    }

    function test_ADemandThatReplacesAnotherNeedsRoomForTheDifferenceOnly() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        _storeSums(type(uint96).max);
        _submit(ann, 20 * UNIT);
        assertEq(market.totals().demand, type(uint96).max - 30 * UNIT);
    }

    function test_RevertWhen_TheTotalWouldNotFit() public {
        _fund(ann);
        _open();
        _storeSums(uint256(type(uint96).max) - 5);
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.TotalDemandTooLarge.selector, uint256(1) << 96, type(uint96).max)
        );
        market.submit(1, 0, 6);
    }

    // ------------------------------------------------------------------------------- after an ended epoch

    function test_TheFirstDemandAfterAnEndedEpochSettlesIt() public {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _open();
        vm.expectEmit(address(market));
        emit IClearingContract.AccountSettled(ann, 1, 10 * UNIT, PAYMENT, CHARGE);
        vm.expectEmit(address(market));
        emit IClearingContract.DemandSubmitted(ann, 4 * UNIT);
        vm.prank(ann);
        market.submit(2, 0, 4 * UNIT);
        assertEq(market.account(ann).balance, WEALTH * UNIT - PAYMENT - CHARGE);
        assertEq(market.funds().revenue, PAYMENT);
        assertEq(market.funds().fees, CHARGE);
        // The allocation of the last epoch is no standing demand of this one.
        _assertTotals(4 * UNIT, 4 * UNIT, 1, 1);
    }

    function test_RevertWhen_WhatTheEndedEpochLeftDoesNotCoverTheDemand() public {
        _deposit(ann, PAYMENT + CHARGE + UNIT);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _open();
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.InsufficientCollateral.selector, ann, UNIT, PAYMENT + CHARGE)
        );
        market.submit(2, 0, 10 * UNIT);
    }
}
