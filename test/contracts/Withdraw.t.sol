// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Account, IClearingContract, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {BlockingToken, FalseToken, HookedToken, ReentrantAgent} from "./support/Tokens.sol";

contract WithdrawTest is MarketTest {
    function _expectInsufficient(address agent, uint256 free, uint256 requested) private {
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.InsufficientFreeBalance.selector, agent, free, requested)
        );
    }

    // ------------------------------------------------------------------------------------- a free balance

    function test_AFreeBalanceCanBeTakenOutInFull() public {
        _deposit(ann, 100);
        vm.expectEmit(address(market));
        emit IClearingContract.Withdrawn(ann, ann, 100);
        vm.prank(ann);
        market.withdraw(100, ann);
        assertEq(token.balanceOf(ann), 100);
        assertEq(token.balanceOf(address(market)), 0);
        assertEq(market.account(ann).balance, 0);
    }

    function test_AWithdrawalGoesToWhomTheOwnerOfTheBalanceNames() public {
        _deposit(ann, 100);
        vm.expectEmit(address(market));
        emit IClearingContract.Withdrawn(ann, cid, 40);
        vm.prank(ann);
        market.withdraw(40, cid);
        assertEq(token.balanceOf(cid), 40);
        assertEq(market.account(ann).balance, 60);
    }

    function test_AMemberStaysAMemberWithoutBalance() public {
        _deposit(ann, 100);
        vm.prank(ann);
        market.withdraw(100, ann);
        _deposit(ann, 5);
        assertEq(market.totals().members, 1);
        assertEq(market.account(ann).balance, 5);
    }

    function test_RevertWhen_WithdrawingNothing() public {
        _deposit(ann, 100);
        vm.prank(ann);
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.withdraw(0, ann);
    }

    function test_RevertWhen_WithdrawingToTheZeroAddress() public {
        _deposit(ann, 100);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.InvalidRecipient.selector, address(0)));
        market.withdraw(1, address(0));
    }

    function test_RevertWhen_WithdrawingToTheMarketItself() public {
        _deposit(ann, 100);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.InvalidRecipient.selector, address(market)));
        market.withdraw(1, address(market));
    }

    function test_RevertWhen_WithdrawingMoreThanTheBalance() public {
        _deposit(ann, 100);
        vm.prank(ann);
        _expectInsufficient(ann, 100, 101);
        market.withdraw(101, ann);
    }

    function test_RevertWhen_AStrangerWithdraws() public {
        _deposit(ann, 100);
        vm.prank(stranger);
        _expectInsufficient(stranger, 0, 1);
        market.withdraw(1, stranger);
    }

    // ------------------------------------------------------------------------------------- under a demand

    /// @dev Ten units at price 1: payment 10, charge 5 + 1 + 12.5.
    uint256 private constant CHARGE = 18.5e18;
    uint256 private constant PAYMENT = 10e18;

    function test_UnderRefundingPaymentAndChargeAreLocked() public {
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        uint256 free = WEALTH * UNIT - CHARGE - PAYMENT;
        assertEq(market.freeBalance(ann), free);

        vm.startPrank(ann);
        _expectInsufficient(ann, free, free + 1);
        market.withdraw(free + 1, ann);
        market.withdraw(free, ann);
        vm.stopPrank();
        assertEq(market.account(ann).balance, CHARGE + PAYMENT);
        assertEq(market.freeBalance(ann), 0);
    }

    function test_UnderPerSubmissionThePaymentAloneIsLocked() public {
        _deploy(Policy.PerSubmission);
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        uint256 free = WEALTH * UNIT - CHARGE - PAYMENT;

        vm.startPrank(ann);
        _expectInsufficient(ann, free, free + 1);
        market.withdraw(free + 1, ann);
        market.withdraw(free, ann);
        vm.stopPrank();
        assertEq(market.account(ann).balance, PAYMENT);
    }

    function test_TheLockOfAStandingDemandDoesNotGrowWithThePrice() public {
        _fundAnnAndBob();
        _open();
        _submit(ann, 50 * UNIT);
        _submit(bob, 50 * UNIT);
        uint256 before = market.freeBalance(ann);
        market.closeRound();
        assertEq(market.posted().price, 2 * UNIT);
        // Stale now: valued at the price it answered, as 26 bits hold it.
        assertEq(market.freeBalance(ann), before + 50 * UNIT - (50 * UNIT * LOCKED_ONE) / UNIT);
        assertGe(market.freeBalance(ann), before);
    }

    function test_TheLockOfAStandingDemandDoesNotFallWithThePrice() public {
        _fundAnnAndBob();
        _open();
        _submit(ann, 10 * UNIT);
        _submit(bob, 15 * UNIT);
        uint256 before = market.freeBalance(ann);
        market.closeRound();
        assertEq(market.posted().price, UNIT / 2);
        assertApproxEqAbs(market.freeBalance(ann), before, UNIT / 1e6);
    }

    function test_ADemandOfZeroLocksNothing() public {
        _fund(ann);
        _open();
        _submit(ann, 0);
        vm.prank(ann);
        market.withdraw(WEALTH * UNIT, ann);
        assertEq(token.balanceOf(ann), WEALTH * UNIT);
    }

    function test_AWithdrawalInTheMiddleOfAnEpochKeepsDemandAndTotals() public {
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        Account memory before = market.account(ann);
        vm.prank(ann);
        market.withdraw(3, ann);
        before.balance -= 3;
        _assertAccount(ann, before);
        _assertTotals(10 * UNIT, 10 * UNIT, 1, 1);
    }

    // -------------------------------------------------------------------------------------- after an epoch

    function test_AWithdrawalAfterTheEpochSettlesItFirst() public {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        uint256 free = WEALTH * UNIT - CHARGE - PAYMENT;
        vm.expectEmit(address(market));
        emit IClearingContract.AccountSettled(ann, 1, 10 * UNIT, PAYMENT, CHARGE);
        vm.expectEmit(address(market));
        emit IClearingContract.Withdrawn(ann, ann, free);
        vm.prank(ann);
        market.withdraw(free, ann);
        _assertAccount(
            ann,
            Account({
                balance: 0,
                demand: 10 * UNIT,
                lockedPrice: market.account(ann).lockedPrice,
                epoch: 1,
                answered: SETTLED
            })
        );
        assertEq(market.funds().revenue, PAYMENT);
        assertEq(market.funds().fees, CHARGE);
    }

    function test_AllocationsOfAnEarlierEpochLockNothingInTheNext() public {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _open();
        uint256 free = WEALTH * UNIT - CHARGE - PAYMENT;
        assertEq(market.freeBalance(ann), free);
        vm.prank(ann);
        market.withdraw(free, ann);
        assertEq(market.freeBalance(ann), 0);
    }

    // --------------------------------------------------------------------------------------- unusual tokens

    function test_ABlockedRecipientDoesNotBlockTheBalance() public {
        BlockingToken blocking = new BlockingToken();
        market = _marketOver(blocking, Policy.Refunding, false, UNIT);
        blocking.mint(ann, 100);
        vm.startPrank(ann);
        blocking.approve(address(market), 100);
        market.deposit(100);
        blocking.setBlocked(ann, true);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, ann));
        market.withdraw(100, ann);
        assertEq(market.account(ann).balance, 100);
        market.withdraw(100, cid);
        vm.stopPrank();
        assertEq(blocking.balanceOf(cid), 100);
    }

    function test_RevertWhen_TheTokenReturnsFalse() public {
        FalseToken lying = new FalseToken();
        market = _marketOver(lying, Policy.Refunding, false, UNIT);
        lying.mint(ann, 100);
        vm.startPrank(ann);
        lying.approve(address(market), 100);
        market.deposit(100);
        lying.setFailing(true);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(lying)));
        market.withdraw(100, ann);
        vm.stopPrank();
        assertEq(market.account(ann).balance, 100);
    }

    function _reentrant() private returns (ReentrantAgent agent) {
        HookedToken hooked = new HookedToken();
        market = _marketOver(hooked, Policy.Refunding, false, UNIT);
        agent = new ReentrantAgent(address(market));
        hooked.mint(address(agent), 100 * UNIT);
        agent.act(address(hooked), abi.encodeCall(hooked.approve, (address(market), 100 * UNIT)));
        agent.act(address(market), abi.encodeCall(market.deposit, (100 * UNIT)));
        hooked.setHook(agent);
    }

    function test_RevertWhen_WithdrawingInsideAWithdrawal() public {
        ReentrantAgent agent = _reentrant();
        agent.arm(abi.encodeCall(market.withdraw, (50 * UNIT, address(agent))));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        agent.act(address(market), abi.encodeCall(market.withdraw, (100 * UNIT, address(agent))));
    }

    function test_RevertWhen_SubmittingInsideAWithdrawalWhatThatLeavesUncovered() public {
        ReentrantAgent agent = _reentrant();
        _open();
        // The balance is written down before the tokens leave: 20 are left for a demand that needs 28.5.
        agent.arm(abi.encodeCall(market.submit, (1, 0, 10 * UNIT)));
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingContract.InsufficientCollateral.selector,
                address(agent),
                20 * UNIT,
                CHARGE + PAYMENT
            )
        );
        agent.act(address(market), abi.encodeCall(market.withdraw, (80 * UNIT, address(agent))));
    }
}
