// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IClearingContract, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {BlockingToken, HookedToken, ReentrantAgent} from "./support/Tokens.sol";

contract WithdrawFundsTest is MarketTest {
    function _earn() private {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _settle(ann);
    }

    function test_RevenueGoesToTheProviderWhoeverAsks() public {
        _earn();
        vm.expectEmit(address(market));
        emit IClearingContract.RevenueWithdrawn(provider, 10 * UNIT);
        vm.prank(stranger);
        market.withdrawRevenue();
        assertEq(token.balanceOf(provider), 10 * UNIT);
        assertEq(market.funds().revenue, 0);
        assertEq(market.funds().fees, 18.5e18);
        _assertSolvent(_one(ann));
    }

    function test_FeesGoToTheTreasuryWhoeverAsks() public {
        _earn();
        vm.expectEmit(address(market));
        emit IClearingContract.FeesWithdrawn(treasury, 18.5e18);
        vm.prank(stranger);
        market.withdrawFees();
        assertEq(token.balanceOf(treasury), 18.5e18);
        assertEq(market.funds().fees, 0);
        assertEq(market.funds().revenue, 10 * UNIT);
        _assertSolvent(_one(ann));
    }

    function test_FeesOfSubmissionsCanBeTakenWhileTheEpochIsOpen() public {
        _deploy(Policy.PerSubmission);
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        market.withdrawFees();
        assertEq(token.balanceOf(treasury), 18.5e18);
        _assertSolvent(_one(ann));
    }

    function test_RevertWhen_ThereIsNoRevenue() public {
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.withdrawRevenue();
    }

    function test_RevertWhen_ThereAreNoFees() public {
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.withdrawFees();
    }

    function test_RevertWhen_RevenueIsTakenTwice() public {
        _earn();
        market.withdrawRevenue();
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.withdrawRevenue();
    }

    function test_RevertWhen_FeesAreTakenTwice() public {
        _earn();
        market.withdrawFees();
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.withdrawFees();
    }

    function test_ABlockedProviderStopsNobodyElse() public {
        BlockingToken blocking = new BlockingToken();
        market = _marketOver(blocking, Policy.Refunding, false, UNIT);
        blocking.mint(ann, 100 * UNIT);
        vm.startPrank(ann);
        blocking.approve(address(market), 100 * UNIT);
        market.deposit(100 * UNIT);
        vm.stopPrank();
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _settle(ann);
        blocking.setBlocked(provider, true);

        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, provider));
        market.withdrawRevenue();
        assertEq(market.funds().revenue, 10 * UNIT);
        market.withdrawFees();
        vm.prank(ann);
        market.withdraw(71.5e18, ann);
        assertEq(blocking.balanceOf(ann), 71.5e18);
    }

    function test_RevertWhen_FeesAreTakenInsideAWithdrawalOfRevenue() public {
        HookedToken hooked = new HookedToken();
        market = _marketOver(hooked, Policy.Refunding, false, UNIT);
        hooked.mint(ann, 100 * UNIT);
        vm.startPrank(ann);
        hooked.approve(address(market), 100 * UNIT);
        market.deposit(100 * UNIT);
        vm.stopPrank();
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _settle(ann);
        ReentrantAgent agent = new ReentrantAgent(address(market));
        agent.arm(abi.encodeCall(market.withdrawFees, ()));
        hooked.setHook(agent);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        market.withdrawRevenue();
    }
}
