// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Account, IClearingContract, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {RebasingToken, ShrinkingToken} from "./support/HostileTokens.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {
    BlockingToken,
    FalseToken,
    FeeOnTransferToken,
    HookedToken,
    ReentrantAgent,
    SilentToken,
    VanishingToken
} from "./support/Tokens.sol";

/// @title What a payment token may try
/// @dev Each test is named in SECURITY.md.
contract AttacksByTokensTest is MarketTest {
    /// @dev What ten units cost at price 1: payment 10, charge 0.5·10 + ½·0.25·100 + 1 = 18.5.
    uint256 private constant PAYMENT = 10 * UNIT;
    uint256 private constant CHARGE = 18.5e18;

    function _use(address token_) private {
        market = _marketOver(IERC20Metadata(token_), Policy.Refunding, false, UNIT);
    }

    /// @dev `who` has its tokens and puts them all in.
    function _putIn(address who, IERC20Metadata given, uint256 amount) private {
        vm.startPrank(who);
        given.approve(address(market), type(uint256).max);
        market.deposit(amount);
        vm.stopPrank();
    }

    /// @dev Ann, the only member, gets ten units; revenue and fees are booked.
    function _annBuysTen() private {
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _settle(ann);
    }

    function _owed(address agent) private view returns (uint256) {
        return market.account(agent).balance + market.funds().revenue + market.funds().fees;
    }

    // ----------------------------------------------------------------------------------------- reentrancy

    /// @dev Its first epoch is booked and its second is open, with a demand of the agent's from a cheaper round: there
    /// is something to take for everybody.
    function _reentrant() private returns (HookedToken hooked, ReentrantAgent agent) {
        hooked = new HookedToken();
        _use(address(hooked));
        agent = new ReentrantAgent(address(market));
        hooked.mint(address(agent), 1000 * UNIT);
        hooked.mint(ann, 1000 * UNIT);
        agent.act(address(hooked), abi.encodeCall(hooked.approve, (address(market), type(uint256).max)));
        agent.act(address(market), abi.encodeCall(market.deposit, (900 * UNIT)));
        _putIn(ann, hooked, 1000 * UNIT);
        _openOneRound();
        _submit(address(agent), 10 * UNIT);
        _submit(ann, 10 * UNIT);
        market.closeRound();
        market.settleAccounts(_two(address(agent), ann));
        _open();
        hooked.setHook(agent);
    }

    function _calls() private view returns (bytes[] memory outer) {
        outer = new bytes[](5);
        outer[0] = abi.encodeCall(market.deposit, (10 * UNIT));
        outer[1] = abi.encodeCall(market.withdraw, (10 * UNIT, ann));
        outer[2] = abi.encodeCall(market.withdrawRevenue, ());
        outer[3] = abi.encodeCall(market.withdrawFees, ());
        outer[4] = abi.encodeCall(market.depositWithPermit, (10 * UNIT, 0, 0, "", ""));
    }

    function test_NoFunctionThatMovesTokensCanBeEnteredFromAnother() public {
        (, ReentrantAgent agent) = _reentrant();
        bytes[] memory calls = _calls();
        for (uint256 outer = 0; outer < calls.length; ++outer) {
            for (uint256 inner = 0; inner < calls.length; ++inner) {
                agent.arm(calls[inner]);
                vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
                agent.act(address(market), calls[outer]);
            }
        }
        assertEq(market.account(address(agent)).balance, 900 * UNIT - PAYMENT - CHARGE);
    }

    /// @dev Every function that moves tokens, with `inner` called in the middle: as if `inner` had come before.
    function _assertHarmless(HookedToken hooked, ReentrantAgent agent, bytes memory inner) private {
        bytes[] memory calls = _calls();
        for (uint256 outer = 0; outer < calls.length; ++outer) {
            uint256 start = vm.snapshotState();
            agent.act(address(market), inner);
            agent.act(address(market), calls[outer]);
            bytes memory expected = _books(hooked, agent);
            vm.revertToState(start);
            agent.arm(inner);
            agent.act(address(market), calls[outer]);
            assertEq(_books(hooked, agent), expected, "the order of the two calls makes no difference");
            assertEq(hooked.balanceOf(address(market)), _owed(ann) + market.account(address(agent)).balance);
            vm.revertToState(start);
        }
    }

    function _books(HookedToken hooked, ReentrantAgent agent) private view returns (bytes memory) {
        return
            abi.encode(
                market.account(address(agent)),
                market.account(ann),
                market.posted(),
                market.totals(),
                market.funds(),
                hooked.balanceOf(address(market))
            );
    }

    function test_ADemandInsideATransferIsBookedAsOutsideOfIt() public {
        (HookedToken hooked, ReentrantAgent agent) = _reentrant();
        _assertHarmless(hooked, agent, abi.encodeCall(market.submit, (2, 0, 5 * UNIT)));
    }

    function test_ARoundClosedInsideATransferIsClosedAsOutsideOfIt() public {
        (HookedToken hooked, ReentrantAgent agent) = _reentrant();
        _submit(address(agent), 50 * UNIT);
        _submit(ann, 50 * UNIT);
        _assertHarmless(hooked, agent, abi.encodeCall(market.closeRound, ()));
    }

    function test_ATrimInsideATransferTrimsAsOutsideOfIt() public {
        (HookedToken hooked, ReentrantAgent agent) = _reentrant();
        _submit(address(agent), 50 * UNIT);
        _submit(ann, 50 * UNIT);
        market.closeRound();
        assertEq(market.posted().price, 2 * UNIT);
        _assertHarmless(hooked, agent, abi.encodeCall(market.trim, (_two(address(agent), ann))));
    }

    function test_AnAccountSettledInsideATransferIsSettledOnce() public {
        (HookedToken hooked, ReentrantAgent agent) = _reentrant();
        _submit(address(agent), 20 * UNIT);
        _submit(ann, 20 * UNIT);
        while (market.posted().samples != 0) _close();
        bytes[] memory calls = _calls();
        for (uint256 outer = 0; outer < calls.length; ++outer) {
            uint256 start = vm.snapshotState();
            uint256 sent = hooked.balanceOf(provider) + hooked.balanceOf(treasury);
            agent.arm(abi.encodeCall(market.settleAccounts, (_two(address(agent), ann))));
            agent.act(address(market), calls[outer]);
            sent = hooked.balanceOf(provider) + hooked.balanceOf(treasury) - sent;
            // Twice ten units at price 1 in the first epoch, twice twenty at the second's price.
            uint256 payment = 2 * PAYMENT + 2 * _pay(20 * UNIT);
            uint256 charge = 2 * CHARGE + 2 * 61 * UNIT;
            assertEq(market.funds().revenue + market.funds().fees + sent, payment + charge);
            assertEq(hooked.balanceOf(address(market)), _owed(ann) + market.account(address(agent)).balance);
            vm.revertToState(start);
        }
    }

    function _pay(uint256 quantity) private view returns (uint256) {
        return _paymentOf(market.outcome(2).price, quantity);
    }

    // -------------------------------------------------------------------------------------- odd return values

    function test_ATokenThatReturnsNothingGoesInAndOut() public {
        SilentToken silent = new SilentToken();
        _use(address(silent));
        silent.mint(ann, 100e6);
        vm.startPrank(ann);
        silent.approve(address(market), 100e6);
        market.deposit(100e6);
        vm.stopPrank();
        _annBuysTen();
        uint256 rest = market.account(ann).balance;
        assertEq(rest, 71.5e6);
        vm.prank(ann);
        market.withdraw(rest, ann);
        market.withdrawRevenue();
        market.withdrawFees();
        assertEq(silent.balanceOf(ann), 71.5e6);
        assertEq(silent.balanceOf(provider), 10e6);
        assertEq(silent.balanceOf(treasury), 18.5e6);
        assertEq(silent.balanceOf(address(market)), 0);
    }

    function test_ATokenThatReturnsFalseChangesNoBooks() public {
        FalseToken lying = new FalseToken();
        _use(address(lying));
        lying.mint(ann, 200 * UNIT);
        _putIn(ann, lying, 100 * UNIT);
        _annBuysTen();
        lying.setFailing(true);

        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(lying));
        vm.startPrank(ann);
        vm.expectRevert(failed);
        market.deposit(100 * UNIT);
        vm.expectRevert(failed);
        market.withdraw(1, ann);
        vm.stopPrank();
        vm.expectRevert(failed);
        market.withdrawRevenue();
        vm.expectRevert(failed);
        market.withdrawFees();
        assertEq(_owed(ann), 100 * UNIT);
    }

    function test_ATokenThatRevertsHoldsUpNothingButItsTransfers() public {
        BlockingToken blocking = new BlockingToken();
        _use(address(blocking));
        blocking.mint(ann, 100 * UNIT);
        _putIn(ann, blocking, 100 * UNIT);
        blocking.setBlocked(address(market), true);
        _annBuysTen();
        bytes memory blocked = abi.encodeWithSelector(BlockingToken.Blocked.selector, address(market));
        vm.prank(ann);
        vm.expectRevert(blocked);
        market.withdraw(1, ann);
        vm.expectRevert(blocked);
        market.withdrawRevenue();

        blocking.setBlocked(address(market), false);
        vm.prank(ann);
        market.withdraw(71.5e18, ann);
        market.withdrawRevenue();
        market.withdrawFees();
        assertEq(blocking.balanceOf(address(market)), 0);
    }

    // -------------------------------------------------------------------------------------- blocked addresses

    function test_WhenTheProviderIsBlockedOnlyTheProviderWaits() public {
        BlockingToken blocking = new BlockingToken();
        _use(address(blocking));
        blocking.mint(ann, 100 * UNIT);
        _putIn(ann, blocking, 100 * UNIT);
        _annBuysTen();
        blocking.setBlocked(provider, true);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, provider));
        market.withdrawRevenue();

        market.withdrawFees();
        _annBuysTen();
        vm.prank(ann);
        market.withdraw(43 * UNIT, ann);
        assertEq(market.funds().revenue, 2 * PAYMENT);
        assertEq(blocking.balanceOf(address(market)), _owed(ann));
        blocking.setBlocked(provider, false);
        market.withdrawRevenue();
        assertEq(blocking.balanceOf(provider), 2 * PAYMENT);
    }

    function test_WhenTheTreasuryIsBlockedOnlyTheTreasuryWaits() public {
        BlockingToken blocking = new BlockingToken();
        _use(address(blocking));
        blocking.mint(ann, 100 * UNIT);
        _putIn(ann, blocking, 100 * UNIT);
        _annBuysTen();
        blocking.setBlocked(treasury, true);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, treasury));
        market.withdrawFees();
        market.withdrawRevenue();
        assertEq(market.funds().fees, CHARGE);
        vm.prank(ann);
        market.withdraw(71.5e18, ann);
        assertEq(blocking.balanceOf(address(market)), CHARGE);
    }

    function test_AnAgentTheTokenBlocksWithdrawsToAnotherAddress() public {
        BlockingToken blocking = new BlockingToken();
        _use(address(blocking));
        blocking.mint(ann, 100 * UNIT);
        _putIn(ann, blocking, 100 * UNIT);
        _annBuysTen();
        blocking.setBlocked(ann, true);
        vm.startPrank(ann);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, ann));
        market.withdraw(71.5e18, ann);
        market.withdraw(71.5e18, cid);
        vm.stopPrank();
        assertEq(blocking.balanceOf(cid), 71.5e18);
    }

    // ---------------------------------------------------------------------- tokens that move something else

    function test_ATokenThatTakesAFeeCreditsWhatArrives() public {
        FeeOnTransferToken costly = new FeeOnTransferToken();
        _use(address(costly));
        costly.mint(ann, 100 * UNIT);
        costly.mint(bob, 100 * UNIT);
        _putIn(ann, costly, 100 * UNIT);
        _putIn(bob, costly, 100 * UNIT);
        assertEq(market.account(ann).balance, 99 * UNIT);
        assertEq(costly.balanceOf(address(market)), market.account(ann).balance + market.account(bob).balance);
        vm.prank(ann);
        market.withdraw(99 * UNIT, ann);
        vm.prank(bob);
        market.withdraw(99 * UNIT, bob);
        assertEq(costly.balanceOf(address(market)), 0);
    }

    function test_ATokenThatDeliversNothingCreditsNothing() public {
        VanishingToken vanishing = new VanishingToken();
        _use(address(vanishing));
        vanishing.mint(ann, 100);
        vm.startPrank(ann);
        vanishing.approve(address(market), 100);
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.deposit(100);
        vm.stopPrank();
        assertEq(market.totals().members, 0);
    }

    function test_ATokenThatShrinksDuringADepositCreditsNothing() public {
        ShrinkingToken shrinking = new ShrinkingToken();
        _use(address(shrinking));
        shrinking.mint(ann, 100);
        shrinking.mint(bob, 100);
        _putIn(ann, shrinking, 100);
        assertEq(market.account(ann).balance, 50);
        vm.startPrank(bob);
        shrinking.approve(address(market), 100);
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.deposit(50);
        vm.stopPrank();
        assertEq(market.account(ann).balance, 50);
    }

    /// @dev What remains of this threat: the loss falls on whoever comes last, and no book says so.
    function test_WhenATokenRebasesDownTheLastToLeaveBearIt() public {
        RebasingToken rebasing = new RebasingToken();
        _use(address(rebasing));
        rebasing.mint(ann, 100);
        rebasing.mint(bob, 100);
        _putIn(ann, rebasing, 100);
        _putIn(bob, rebasing, 100);
        rebasing.rebase(address(market), 75);
        assertEq(market.account(ann).balance, 100);
        vm.prank(ann);
        market.withdraw(100, ann);
        vm.startPrank(bob);
        vm.expectRevert();
        market.withdraw(100, bob);
        market.withdraw(50, bob);
        vm.stopPrank();
        assertEq(market.account(bob).balance, 50);
        assertEq(rebasing.balanceOf(bob), 50);
    }

    function test_WhatATokenRebasesUpBelongsToNobody() public {
        RebasingToken rebasing = new RebasingToken();
        _use(address(rebasing));
        rebasing.mint(ann, 100);
        rebasing.mint(bob, 100);
        _putIn(ann, rebasing, 100);
        rebasing.rebase(address(market), 150);
        assertEq(market.account(ann).balance, 100);
        _putIn(bob, rebasing, 100);
        assertEq(market.account(bob).balance, 100, "a deposit is not credited what was there before");
        vm.prank(ann);
        market.withdraw(100, ann);
        vm.prank(bob);
        market.withdraw(100, bob);
        assertEq(rebasing.balanceOf(address(market)), 50);
    }

    function test_ADonationBelongsToNobody() public {
        _fundAnnAndBob();
        token.mint(address(market), _tokens(1000));
        Account memory before = market.account(ann);
        _assertAccount(ann, before);
        assertEq(market.funds().revenue, 0);
        _deposit(cid, 5);
        assertEq(market.account(cid).balance, 5);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        _close();
        market.settleAccounts(_two(ann, bob));
        address[3] memory members = [ann, bob, cid];
        for (uint256 i = 0; i < members.length; ++i) {
            uint256 balance = market.account(members[i]).balance;
            vm.prank(members[i]);
            market.withdraw(balance, members[i]);
        }
        market.withdrawRevenue();
        market.withdrawFees();
        assertEq(token.balanceOf(address(market)), _tokens(1000));
    }
}
