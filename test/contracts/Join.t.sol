// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Account, IClearingContract, Policy, Totals} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract JoinTest is MarketTest {
    function _join(address agent) private {
        vm.prank(agent);
        market.join();
    }

    function _admit(address agent, bool admitted) private {
        vm.prank(owner);
        market.admit(_one(agent), admitted);
    }

    function _allowlist() private {
        _deploy(Policy.Refunding, true, UNIT, 18);
    }

    // ------------------------------------------------------------------------------------------------ join

    function test_JoiningAddsAMemberAndNothingElse() public {
        vm.expectEmit(address(market));
        emit IClearingContract.Joined(ann);
        _join(ann);
        _assertTotals(0, 0, 0, 1);
        _assertAccount(ann, Account({balance: 0, demand: 0, lockedPrice: 0, epoch: 1, answered: 0}));
        _join(bob);
        _assertTotals(0, 0, 0, 2);
    }

    function test_JoiningInTheMiddleOfAnEpochKeepsItsTotals() public {
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        _close();
        // Each total another number: 7 asked for, 3 less than before, by one.
        _submit(ann, 7 * UNIT);
        Totals memory before = market.totals();
        _assertTotals(7 * UNIT, 3 * UNIT, 1, 1);
        _join(bob);
        Totals memory sums = market.totals();
        before.members = 2;
        assertEq(abi.encode(sums), abi.encode(before));
        assertEq(market.account(bob).epoch, 1);
    }

    function test_OneWhoJoinedInAnEarlierEpochCanStillSubmit() public {
        _openOneRound();
        _join(ann);
        _close();
        _open();
        _fund(ann);
        _submit(ann, 5 * UNIT);
        _assertTotals(5 * UNIT, 5 * UNIT, 1, 1);
    }

    function test_OneWhoJoinsInALaterEpochHasNothingOfTheEarlierOnes() public {
        _fund(bob);
        _openOneRound();
        _submit(bob, UNIT);
        _close();
        _open();
        _fund(ann);
        _assertAccount(ann, Account({balance: WEALTH * UNIT, demand: 0, lockedPrice: 0, epoch: 1, answered: 0}));
        market.settleAccounts(_one(ann));
        market.trim(_one(ann));
        assertEq(market.freeBalance(ann), WEALTH * UNIT);
        _submit(ann, 5 * UNIT);
        _assertTotals(5 * UNIT, 5 * UNIT, 1, 2);
        assertEq(market.account(ann).epoch, 2);
    }

    function test_RevertWhen_JoiningTwice() public {
        _join(ann);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.AlreadyJoined.selector, ann));
        market.join();
    }

    function test_RevertWhen_JoiningAfterADepositThatJoined() public {
        _deposit(ann, 1);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.AlreadyJoined.selector, ann));
        market.join();
    }

    function _storeMembers(uint256 members) private {
        // Members lie in the highest 24 bits of the fourth slot after four of the parents'.
        vm.store(address(market), bytes32(uint256(7)), bytes32(members << 232));
        assertEq(market.totals().members, members);
    }

    function test_TheLastPlaceIsTaken() public {
        _storeMembers(type(uint24).max - 1);
        _join(ann);
        assertEq(market.totals().members, type(uint24).max);
    }

    function test_RevertWhen_TheMarketIsFull() public {
        _storeMembers(type(uint24).max);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.TooManyMembers.selector, type(uint24).max));
        market.join();
    }

    // ------------------------------------------------------------------------------------------- allowlist

    function test_AnAdmittedAgentMayJoin() public {
        _allowlist();
        _admit(ann, true);
        _join(ann);
        assertEq(market.totals().members, 1);
    }

    function test_RevertWhen_JoiningWithoutBeingAdmitted() public {
        _allowlist();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotAdmitted.selector, ann));
        market.join();
    }

    function test_RevertWhen_JoiningAnOpenEpochWithoutBeingAdmitted() public {
        _allowlist();
        _open();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotAdmitted.selector, ann));
        market.join();
    }

    function test_RevertWhen_WhoHasARoleJoinsWithoutBeingAdmitted() public {
        _allowlist();
        address[4] memory roles = [owner, provider, treasury, address(token)];
        for (uint256 i = 0; i < roles.length; ++i) {
            vm.prank(roles[i]);
            vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotAdmitted.selector, roles[i]));
            market.join();
        }
    }

    function test_RevertWhen_JoiningByDepositWithoutBeingAdmitted() public {
        _allowlist();
        _mint(ann, 1);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotAdmitted.selector, ann));
        market.deposit(1);
    }

    function test_RevertWhen_TheAdmissionWasTakenBackBeforeJoining() public {
        _allowlist();
        _admit(ann, true);
        _admit(ann, false);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.NotAdmitted.selector, ann));
        market.join();
    }

    function test_MembersStayMembersWhenTheirAdmissionIsTakenBack() public {
        _allowlist();
        _admit(ann, true);
        _fund(ann);
        _admit(ann, false);
        _open();
        _submit(ann, UNIT);
        _fund(ann);
        uint256 free = market.freeBalance(ann);
        vm.prank(ann);
        market.withdraw(free, ann);
        assertEq(token.balanceOf(ann), free);
    }

    function test_WhoIsNoLongerAdmittedAnswersLaterEpochsToo() public {
        _allowlist();
        _admit(ann, true);
        _fund(ann);
        _openOneRound();
        _submit(ann, UNIT);
        market.closeRound();
        _admit(ann, false);
        _open();
        _submit(ann, 2 * UNIT);
        assertEq(market.account(ann).epoch, 2);
    }

    function test_TakingAnAdmissionBackLeavesAnEmptyAccount() public {
        _allowlist();
        _admit(ann, true);
        _join(ann);
        bytes memory before = abi.encode(market.account(ann), market.totals());
        _admit(ann, false);
        assertEq(abi.encode(market.account(ann), market.totals()), before);
    }

    // ----------------------------------------------------------------------------------------------- admit

    function test_AdmittingSeveralAgentsIsAnnouncedForEach() public {
        vm.expectEmit(address(market));
        emit IClearingContract.Admitted(ann, true);
        vm.expectEmit(address(market));
        emit IClearingContract.Admitted(bob, true);
        vm.prank(owner);
        market.admit(_two(ann, bob), true);
        assertTrue(market.admitted(ann));
        assertTrue(market.admitted(bob));
        assertFalse(market.admitted(cid));
    }

    function test_TakingAnAdmissionBackIsAnnounced() public {
        _admit(ann, true);
        vm.expectEmit(address(market));
        emit IClearingContract.Admitted(ann, false);
        _admit(ann, false);
        assertFalse(market.admitted(ann));
    }

    function test_RevertWhen_SomebodyElseThanTheOwnerAdmits() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        market.admit(_one(ann), true);
    }
}
