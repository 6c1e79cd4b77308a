// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Account, IClearingContract, Parameters, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";

/// @title What an owner may try
/// @dev Each test is named in SECURITY.md.
contract AttacksByOwnerTest is MarketTest {
    /// @dev Ann has an allocation of an ended epoch that is not booked, Bob a standing demand in the open one.
    function _stage(Policy policy, bool allowlisted) private {
        _deploy(policy, allowlisted, UNIT, 18);
        if (allowlisted) {
            vm.prank(owner);
            market.admit(_two(ann, bob), true);
        }
        _fundAnnAndBob();
        _openOneRound();
        _round(40 * UNIT);
        _open();
        _submit(bob, 30 * UNIT);
    }

    function _books() private view returns (bytes memory) {
        return
            abi.encode(
                market.account(ann),
                market.settledAccount(ann),
                market.freeBalance(ann),
                market.account(bob),
                market.freeBalance(bob),
                market.totals(),
                market.posted(),
                market.rules(),
                market.outcome(1)
            );
    }

    function _ownerTriesEverything() private {
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochStillOpen.selector, 2));
        market.openEpoch(_parameters());
        market.admit(_two(ann, bob), false);
        market.admit(_two(owner, stranger), true);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.InsufficientFreeBalance.selector, owner, 0, 1));
        market.withdraw(1, owner);
        market.trim(_two(ann, bob));
        market.settleAccounts(_one(bob));
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotJoined.selector, owner));
        market.submit(2, 0, UNIT);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingContract.RoundStillOpen.selector,
                market.totals().deadline,
                market.totals().answered,
                market.totals().members
            )
        );
        market.closeRound();
        market.transferOwnership(stranger);
        vm.stopPrank();
        vm.startPrank(stranger);
        market.acceptOwnership();
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochStillOpen.selector, 2));
        market.openEpoch(_parameters());
        Ownable(address(market)).renounceOwnership();
        vm.stopPrank();
    }

    function test_AnOwnerWhoTriesEverythingTouchesNoAccountDemandOrAllocation() public {
        for (uint256 i = 0; i < 4; ++i) {
            _stage(i % 2 == 0 ? Policy.Refunding : Policy.PerSubmission, i / 2 == 0);
            bytes memory before = _books();
            _ownerTriesEverything();
            assertEq(_books(), before);
        }
    }

    function test_AnOwnerCannotTakeRevenueFeesOrADonation() public {
        _stage(Policy.Refunding, false);
        _settle(ann);
        token.mint(address(market), 5);
        uint256 revenue = market.funds().revenue;
        uint256 fees = market.funds().fees;
        vm.startPrank(owner);
        market.withdrawRevenue();
        market.withdrawFees();
        vm.stopPrank();
        assertEq(token.balanceOf(owner), 0);
        assertEq(token.balanceOf(provider), revenue);
        assertEq(token.balanceOf(treasury), fees);
    }

    function test_AnOwnerCannotStopAWithdrawal() public {
        _stage(Policy.Refunding, true);
        vm.prank(owner);
        market.admit(_two(ann, bob), false);
        uint256 free = market.freeBalance(ann);
        vm.prank(ann);
        market.withdraw(free, ann);
        free = market.freeBalance(bob);
        vm.prank(bob);
        market.withdraw(free, bob);
        while (market.posted().samples != 0) _close();
        free = market.freeBalance(bob);
        vm.prank(bob);
        market.withdraw(free, bob);
        assertEq(market.account(ann).balance, 0);
        assertEq(market.account(bob).balance, 0);
    }

    function test_AnOwnerCannotChangeParametersBeforeTheEpochHasSettled() public {
        _stage(Policy.Refunding, false);
        Parameters memory other = _parameters();
        other.unitFee = 10 * UNIT;
        bytes memory frozen = abi.encode(market.rules(), market.posted().unitFee, market.posted().capacity);
        while (market.posted().samples != 0) {
            assertEq(abi.encode(market.rules(), market.posted().unitFee, market.posted().capacity), frozen);
            vm.prank(owner);
            vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochStillOpen.selector, 2));
            market.openEpoch(other);
            _close();
        }
        _open(other);
        assertEq(market.outcome(2).unitFee, UNIT / 2);
        uint256 balance = market.account(bob).balance;
        uint256 allocation = market.settledAccount(bob).demand;
        uint256 payment = _paymentOf(market.outcome(2).price, allocation);
        _settle(bob);
        assertEq(balance - market.account(bob).balance, payment + _chargeOf(_parameters(), allocation));
    }

    function test_AnOwnerStaysInsideTheBoundsFixedAtDeployment() public {
        Parameters memory chosen = _parameters();
        uint256 max = market.limits().maxUnitFee;
        chosen.unitFee = max + 1e12;
        vm.prank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.ParameterOutOfRange.selector, "unitFee", chosen.unitFee, 0, max)
        );
        market.openEpoch(chosen);
    }

    function test_WithoutAnOwnerTheEpochEndsAndEverybodyLeaves() public {
        _stage(Policy.Refunding, true);
        vm.prank(owner);
        Ownable(address(market)).renounceOwnership();
        while (market.posted().samples != 0) _close();
        address[2] memory members = [bob, ann];
        for (uint256 i = 0; i < members.length; ++i) {
            uint256 free = market.freeBalance(members[i]);
            vm.prank(members[i]);
            market.withdraw(free, members[i]);
        }
        market.withdrawRevenue();
        market.withdrawFees();
        assertEq(token.balanceOf(address(market)), 0);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, owner));
        market.openEpoch(_parameters());
    }

    function test_AStrangerCannotDoWhatTheOwnerCan() public {
        bytes memory unauthorized = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(unauthorized);
        market.openEpoch(_parameters());
        vm.expectRevert(unauthorized);
        market.admit(_one(stranger), true);
        vm.expectRevert(unauthorized);
        market.transferOwnership(stranger);
        vm.expectRevert(unauthorized);
        market.acceptOwnership();
        vm.expectRevert(unauthorized);
        Ownable(address(market)).renounceOwnership();
        vm.stopPrank();
    }

    function test_AnAgentWhoIsNoLongerAdmittedKeepsItsAccount() public {
        _stage(Policy.Refunding, true);
        Account memory before = market.account(bob);
        vm.prank(owner);
        market.admit(_one(bob), false);
        _deposit(bob, 7);
        assertEq(market.account(bob).balance, before.balance + 7);
        _close();
        _submit(bob, 20 * UNIT);
        assertEq(market.account(bob).demand, 20 * UNIT);
    }
}
