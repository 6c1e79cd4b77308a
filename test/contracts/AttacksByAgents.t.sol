// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, IClearingContract, Parameters, Policy, Reason} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";

/// @title What agents and strangers may try with demands, rounds and lists
/// @dev Each test is named in SECURITY.md.
contract AttacksByAgentsTest is MarketTest {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );
    /// @dev What fifty units cost at price 1: payment 50, charge 0.5·50 + ½·0.25·2500 + 1 = 338.5.
    uint256 private constant LOCK_OF_FIFTY = 388.5e18;

    function _freeEpoch() private pure returns (Parameters memory chosen) {
        chosen = _parameters();
        chosen.unitFee = 0;
        chosen.executionFee = 0;
        chosen.progressiveFee = 0;
    }

    function _playToTheEnd() private {
        while (market.posted().samples != 0) _close();
    }

    // ------------------------------------------------------------------------ demand that cannot pay

    /// @dev Ann asks for everything with just enough money for price 1, and is silent when the price rises.
    function _phantom() private {
        _deposit(ann, LOCK_OF_FIFTY);
        _fund(bob);
        _open();
        _round(100 * UNIT);
        assertEq(market.posted().price, 2 * UNIT);
    }

    function test_PhantomDemandPaysAtMostItsLockAndGetsWhatThatBuys() public {
        _phantom();
        _playToTheEnd();
        uint256 price = market.outcome(1).price;
        assertGt(price, 2 * UNIT);
        _settle(ann);
        Account memory end = market.account(ann);
        assertLe(end.demand * price, 50 * UNIT * UNIT, "its payment at the first price buys no more");
        assertLe(LOCK_OF_FIFTY - end.balance, LOCK_OF_FIFTY);
        assertLe(_paymentOf(price, end.demand), 50 * UNIT);
    }

    /// @dev Bob asks for what clears the market without Ann: trimmed round by round she lifts the price less.
    function test_TrimmingTakesPhantomDemandOutOfThePrice() public {
        _phantom();
        uint256 start = vm.snapshotState();
        _playToTheEnd();
        uint256 untrimmed = market.outcome(1).price;
        vm.revertToState(start);
        uint256 before = market.totals().demand;
        while (market.posted().samples != 0) {
            market.trim(_two(ann, bob));
            _close();
        }
        assertLt(market.totals().demand, before / 2 + UNIT);
        assertLt(market.outcome(1).price, untrimmed);
    }

    function test_AtPriceZeroDemandWithoutMoneyWinsNothingOnceThePriceRises() public {
        _deploy(Policy.Refunding, false, 0, 18);
        vm.prank(ann);
        market.join();
        _fund(bob);
        _open(_freeEpoch());
        _round(100 * UNIT);
        assertEq(market.posted().price, UNIT);
        uint256 start = vm.snapshotState();
        _trim(ann);
        assertEq(market.account(ann).demand, 0, "its lock of nothing affords nothing");
        assertEq(market.totals().demand, 50 * UNIT);
        vm.revertToState(start);
        _playToTheEnd();
        assertEq(market.settledAccount(ann).demand, 0);
        assertEq(market.settledAccount(ann).balance, 0);
    }

    function test_AFeeKeepsDemandWithoutMoneyOutAtPriceZero() public {
        _deploy(Policy.Refunding, false, 0, 18);
        vm.prank(ann);
        market.join();
        Parameters memory chosen = _freeEpoch();
        chosen.executionFee = 1;
        _open(chosen);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.InsufficientCollateral.selector, ann, 0, 1));
        market.submit(1, 0, 1);
    }

    function test_WhatADemandLocksCannotBeWithdrawnBeforeItSettles() public {
        _deposit(ann, LOCK_OF_FIFTY);
        _open();
        _submit(ann, 50 * UNIT);
        vm.startPrank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.InsufficientFreeBalance.selector, ann, 0, 1));
        market.withdraw(1, ann);
        vm.stopPrank();
        _close();
        assertEq(market.freeBalance(ann), market.account(ann).balance - _lockedOf(ann));
    }

    function _lockedOf(address agent) private view returns (uint256) {
        return market.account(agent).balance - market.freeBalance(agent);
    }

    // ------------------------------------------------------------------------------------- time and rounds

    function test_WhoWigglesDelaysAnEpochToItsLastRoundAndNoFurther() public {
        _fundAnnAndBob();
        _open();
        uint256 rounds = 0;
        while (market.posted().samples != 0) {
            _submit(ann, rounds % 2 == 0 ? 50 * UNIT : 0);
            _submit(bob, 25 * UNIT);
            market.closeRound();
            ++rounds;
        }
        assertEq(rounds, _parameters().maxRounds);
        _assertReason(market.outcome(1).reason, Reason.RoundLimit);
    }

    function test_UnderPerSubmissionEveryWiggleCosts() public {
        _deploy(Policy.PerSubmission);
        _fundAnnAndBob();
        _open();
        uint256 wiggles = 0;
        while (market.posted().samples != 0) {
            _submit(ann, (wiggles % 2 == 0 ? 50 : 40) * UNIT);
            _submit(bob, 0);
            market.closeRound();
            ++wiggles;
        }
        assertEq(wiggles, 6);
        // Three messages of 0.5·50 + ½·0.25·2500 + 1 and three of 0.5·40 + ½·0.25·1600 + 1.
        assertEq(market.funds().fees, 3 * 338.5e18 + 3 * 221e18);
    }

    function test_WhoNeverAnswersHoldsARoundOnlyToItsDeadline() public {
        _fundAnnAndBob();
        _open();
        uint256 start = vm.getBlockTimestamp();
        while (market.posted().samples != 0) {
            _submit(bob, 50 * UNIT);
            vm.expectRevert(
                abi.encodeWithSelector(
                    IClearingContract.RoundStillOpen.selector,
                    vm.getBlockTimestamp() + _parameters().roundLength,
                    1,
                    2
                )
            );
            market.closeRound();
            vm.warp(vm.getBlockTimestamp() + _parameters().roundLength);
            market.closeRound();
        }
        assertLe(vm.getBlockTimestamp() - start, _parameters().maxRounds * _parameters().roundLength);
    }

    function test_WhenNobodyAnswersTheEpochStillEnds() public {
        _fundAnnAndBob();
        _open();
        for (uint256 i = 0; i < _parameters().maxRounds && market.posted().samples != 0; ++i) _close();
        assertEq(market.posted().samples, 0);
    }

    function test_WhoNeverSettlesIsSettledByAnybodyAndHoldsUpNoEpoch() public {
        _fundAnnAndBob();
        _openOneRound();
        _round(40 * UNIT);
        _openOneRound();
        _submit(bob, 30 * UNIT);
        _close();
        assertEq(market.account(ann).epoch, 1);
        assertEq(market.outcome(2).price, market.posted().price);
        vm.prank(stranger);
        market.settleAccounts(_two(ann, bob));
        assertEq(market.account(ann).demand, 20 * UNIT);
        uint256 paid = _paymentOf(market.outcome(1).price, 20 * UNIT) + _chargeOf(_parameters(), 20 * UNIT);
        assertEq(market.account(ann).balance, WEALTH * UNIT - paid);
        _assertSolvent(_two(ann, bob));
    }

    function test_ARoundClosesAtTheSecondOfItsDeadlineAndNotBefore() public {
        _fundAnnAndBob();
        _open();
        uint256 deadline = market.totals().deadline;
        vm.warp(deadline - 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, deadline, 0, 2));
        market.closeRound();
        vm.warp(deadline);
        market.closeRound();
        assertEq(market.posted().round, 1);
    }

    function test_ClosingLateGivesTheSamePriceAsClosingAtOnce() public {
        _fundAnnAndBob();
        _open();
        _submit(ann, 50 * UNIT);
        uint256 start = vm.snapshotState();
        _close();
        uint256 price = market.posted().price;
        vm.revertToState(start);
        vm.warp(vm.getBlockTimestamp() + 365 days);
        market.closeRound();
        assertEq(market.posted().price, price);
        assertEq(market.totals().deadline, vm.getBlockTimestamp() + _parameters().roundLength);
    }

    /// @dev The last to answer sees all other demands: it moves the next price, never the one it pays.
    function test_WhoAnswersLastAndClosesPaysThePriceItAnswered() public {
        _fundAnnAndBob();
        _openOneRound();
        _submit(bob, 50 * UNIT);
        _submit(ann, 50 * UNIT);
        vm.prank(ann);
        market.closeRound();
        assertEq(market.outcome(1).price, UNIT);
        assertEq(market.settledAccount(ann).demand, 25 * UNIT);
        assertEq(market.settledAccount(bob).demand, 25 * UNIT);
        _settle(bob);
        assertEq(market.account(bob).balance, WEALTH * UNIT - 25 * UNIT - _chargeOf(_parameters(), 25 * UNIT));
    }

    function test_ATransactionThatArrivesTooLateMeetsNoOtherPrice() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundNotOpen.selector, 1, 0, 1, 1, true));
        market.submit(1, 0, 50 * UNIT);
    }

    function test_SeveralRoundsInOneSecondAreRoundsLikeOthers() public {
        _fundAnnAndBob();
        _open();
        uint256 second = vm.getBlockTimestamp();
        _round(100 * UNIT);
        _round(100 * UNIT);
        _round(75 * UNIT);
        assertEq(vm.getBlockTimestamp(), second);
        assertEq(market.posted().price, 3.5e18);
        assertEq(market.posted().round, 3);
        assertEq(market.totals().deadline, second + 60);
    }

    /// @dev What remains of this threat: from 2106 on anybody may end a round at once. Money stays where it is.
    function test_After32BitsOfSecondsRoundsHaveNoDeadlineAndMoneyIsSafe() public {
        vm.warp(uint256(type(uint32).max) + 1);
        _fundAnnAndBob();
        _open();
        _submit(ann, 50 * UNIT);
        while (market.posted().samples != 0) market.closeRound();
        market.settleAccounts(_two(ann, bob));
        _assertSolvent(_two(ann, bob));
        assertEq(market.freeBalance(ann), market.account(ann).balance);
    }

    function test_TheLastSecondOf32BitsIsADeadlineLikeOthers() public {
        vm.warp(type(uint32).max - 60);
        _fundAnnAndBob();
        _open();
        assertEq(market.totals().deadline, type(uint32).max);
        vm.warp(type(uint32).max - 1);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, type(uint32).max, 0, 2));
        market.closeRound();
        vm.warp(type(uint32).max);
        market.closeRound();
        assertEq(market.posted().round, 1);
    }

    // ------------------------------------------------------------------------------ joining and many faces

    /// @dev What remains of this threat, and why the documentation says: join first, then open.
    function test_TheFirstMemberOfAnOpenEpochCanRunItToItsEndAlone() public {
        _open();
        _fund(ann);
        uint256 second = vm.getBlockTimestamp();
        while (market.posted().samples != 0) {
            _submit(ann, 50 * UNIT);
            market.closeRound();
        }
        assertEq(vm.getBlockTimestamp(), second);
        assertEq(market.outcome(1).price, UNIT);
        assertEq(market.settledAccount(ann).demand, 50 * UNIT);
    }

    function test_InAnEpochOpenedAfterJoiningNoMemberRunsAhead() public {
        _fundAnnAndBob();
        _open();
        _submit(ann, 50 * UNIT);
        uint256 deadline = market.totals().deadline;
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, deadline, 1, 2));
        market.closeRound();
        _submit(bob, 50 * UNIT);
        market.closeRound();
        assertEq(market.posted().price, 2 * UNIT);
    }

    function test_SilentSybilsHoldARoundOnlyToItsDeadline() public {
        _fund(ann);
        for (uint256 i = 0; i < 100; ++i) {
            vm.prank(makeAddr(vm.toString(i)));
            market.join();
        }
        _open();
        _submit(ann, 50 * UNIT);
        uint256 deadline = market.totals().deadline;
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.RoundStillOpen.selector, deadline, 1, 101));
        market.closeRound();
        _close();
        _assertReason(market.outcome(1).reason, Reason.None);
        _playToTheEnd();
        assertApproxEqRel(market.settledAccount(ann).demand, 50 * UNIT, UNIT >> 25);
    }

    /// @dev What remains of this threat: a sum of squares is smaller than the square of a sum.
    function test_WhoSplitsADemandSavesProgressiveFeesAndPaysAnExecutionFeeForEach() public {
        _fundAnnAndBob();
        _open();
        (uint256 whole, ) = market.quote(40 * UNIT);
        (uint256 half, ) = market.quote(20 * UNIT);
        // ½·0.25·(1600 − 2·400) saved, one token paid.
        assertEq(whole - 2 * half, 100 * UNIT - UNIT);
    }

    function test_AnAllowlistKeepsSybilsOut() public {
        _deploy(Policy.Refunding, true, UNIT, 18);
        _mint(stranger, 10);
        bytes memory notAdmitted = abi.encodeWithSelector(IClearingContract.NotAdmitted.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(notAdmitted);
        market.join();
        vm.expectRevert(notAdmitted);
        market.deposit(10);
        vm.stopPrank();
        vm.prank(owner);
        market.admit(_one(stranger), true);
        vm.startPrank(stranger);
        market.deposit(10);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.AlreadyJoined.selector, stranger));
        market.join();
        vm.stopPrank();
        assertEq(market.totals().members, 1);
    }

    // -------------------------------------------------------------------------------- lists and signatures

    function test_NamesGivenTwiceAreSettledAndTrimmedOnce() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        address[] memory named = new address[](4);
        (named[0], named[1], named[2], named[3]) = (ann, ann, bob, ann);
        market.trim(named);
        _assertTotals(market.account(ann).demand + market.account(bob).demand, market.totals().movement, 0, 2);
        assertEq(market.account(ann).demand, market.account(bob).demand);
        _playToTheEnd();
        Account memory expected = market.settledAccount(ann);
        market.settleAccounts(named);
        _assertAccount(ann, expected);
        _assertSolvent(_two(ann, bob));
    }

    function test_StrangersInAListArePassedOver() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        market.trim(_two(stranger, address(0)));
        market.trim(_two(address(market), ann));
        assertLt(market.account(ann).demand, 50 * UNIT);
        _playToTheEnd();
        market.settleAccounts(_two(stranger, address(market)));
        market.settleAccounts(_two(address(0), bob));
        assertEq(market.account(bob).answered, SETTLED);
        _assertAccount(stranger, Account(0, 0, 0, 0, 0));
        assertEq(market.totals().members, 2);
    }

    function _signed(uint256 key, uint256 amount) private view returns (uint8 v, bytes32 r, bytes32 s) {
        address signer = vm.addr(key);
        bytes32 content = keccak256(
            abi.encode(PERMIT, signer, address(market), amount, token.nonces(signer), type(uint256).max)
        );
        return vm.sign(key, keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content)));
    }

    function test_APermitThatAStrangerUsesFirstStillDeposits() public {
        address signer = vm.addr(77);
        token.mint(signer, 100);
        (uint8 v, bytes32 r, bytes32 s) = _signed(77, 100);
        vm.prank(stranger);
        token.permit(signer, address(market), 100, type(uint256).max, v, r, s);
        vm.prank(signer);
        market.depositWithPermit(100, type(uint256).max, v, r, s);
        assertEq(market.account(signer).balance, 100);
    }

    function test_APermitOfAnotherMovesNobodysTokens() public {
        address signer = vm.addr(77);
        token.mint(signer, 100);
        (uint8 v, bytes32 r, bytes32 s) = _signed(77, 100);
        vm.prank(stranger);
        vm.expectRevert();
        market.depositWithPermit(100, type(uint256).max, v, r, s);
        assertEq(token.balanceOf(signer), 100);
        assertEq(market.account(stranger).epoch, 0);
    }
}
