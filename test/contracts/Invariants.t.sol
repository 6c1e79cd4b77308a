// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Funds, Posted, Totals} from "../../contracts/interfaces/IClearingContract.sol";
import {Test} from "forge-std/Test.sol";
import {IMarket} from "./support/IMarket.sol";
import {InvariantHandler} from "./support/InvariantHandler.sol";
import {Property} from "./support/SecondBooks.sol";

/// @title Any sequence of actions
abstract contract Campaigns is Test {
    InvariantHandler internal _handler;

    function setUp() public {
        _handler = new InvariantHandler();
        bytes4[] memory selectors = new bytes4[](15);
        selectors[0] = InvariantHandler.deposit.selector;
        selectors[1] = InvariantHandler.depositWithPermit.selector;
        selectors[2] = InvariantHandler.join.selector;
        selectors[3] = InvariantHandler.withdraw.selector;
        selectors[4] = InvariantHandler.submit.selector;
        selectors[5] = InvariantHandler.submitMany.selector;
        selectors[6] = InvariantHandler.trim.selector;
        selectors[7] = InvariantHandler.settleAccounts.selector;
        selectors[8] = InvariantHandler.closeRound.selector;
        selectors[9] = InvariantHandler.withdrawFunds.selector;
        selectors[10] = InvariantHandler.intrude.selector;
        selectors[11] = InvariantHandler.openEpoch.selector;
        selectors[12] = InvariantHandler.govern.selector;
        selectors[13] = InvariantHandler.wait.selector;
        selectors[14] = InvariantHandler.submitSigned.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    function _assertKept(Property property) internal view {
        assertEq(_handler.broken(property), "");
    }
}

/// @title What holds after any sequence of actions, each property in a campaign of its own
contract InvariantsTest is Campaigns {
    /// @notice Everything the market holds is owed to somebody or was given away, to the base unit.
    function invariant_TokensHeldAreBalancesAndFundsToTheBaseUnit() public view {
        if (!_handler.chosen()) return;
        IMarket market = _handler.theMarket();
        address[] memory agents = _handler.agents();
        Funds memory held = market.funds();
        (uint256 revenue, uint256 fees) = _handler.funds();
        assertEq(held.revenue, revenue, "revenue");
        assertEq(held.fees, fees, "fees");
        uint256 owed = revenue + fees + _handler.donated();
        for (uint256 i = 0; i < agents.length; ++i) {
            owed += market.account(agents[i]).balance;
        }
        assertEq(market.token().balanceOf(address(market)), owed);
    }

    function invariant_AllocationsOfAnEpochStayWithinItsCapacity() public view {
        _assertKept(Property.Allocation);
    }

    function invariant_TotalsAreSumsOverAgents() public view {
        if (!_handler.chosen()) return;
        Totals memory totals = _handler.theMarket().totals();
        (uint256 demand, uint256 answered, uint256 members) = _handler.sums();
        (uint256 movement, uint256 deadline) = _handler.movementAndDeadline();
        assertEq(totals.members, members, "members");
        if (_handler.offer().samples == 0) return;
        assertEq(totals.demand, demand, "total demand");
        assertEq(totals.answered, answered, "answered");
        assertEq(totals.movement, movement, "movement");
        assertEq(totals.deadline, deadline, "deadline");
    }

    function invariant_ThePriceMovesInRoundsAloneAndWhereTheRuleSays() public view {
        _assertKept(Property.Price);
    }

    function invariant_EverybodyPaysPriceAndFeesOfWhatItGets() public view {
        if (!_handler.chosen()) return;
        address[] memory agents = _handler.agents();
        for (uint256 i = 0; i < agents.length; ++i) {
            (uint256 paid, uint256 due) = _handler.paidAndDue(agents[i]);
            assertEq(paid, due);
        }
    }

    function invariant_NothingButItsOwnerSettlementAndTrimChangesAnAccount() public view {
        _assertKept(Property.Account);
    }

    function invariant_EveryEpochEndsWhenItShouldAndWithinItsRounds() public view {
        _assertKept(Property.End);
        if (!_handler.chosen()) return;
        Posted memory posted = _handler.theMarket().posted();
        if (posted.samples != 0) assertLt(posted.round, _handler.maxRounds());
    }

    function invariant_NothingIsRefusedButWhatTheRulesForbid() public view {
        _assertKept(Property.Refusal);
    }
}

/// @title What holds when everybody leaves, after any sequence of actions
contract LeavingTest is Campaigns {
    /// @dev Runs on what an invariant does are thrown away: the next action finds the market as it was.
    function invariant_AfterTheEndEverybodyTakesOutEverythingInAnyOrder() public {
        _assertKept(Property.Exit);
        if (!_handler.chosen() || _handler.steps() % 4 != 0) return;
        assertEq(_handler.exits(), 0, "invariants leave no traces");
        _handler.everybodyLeaves(_handler.steps());
        _assertKept(Property.Exit);
    }

    /// @dev After every run the epoch ends and everybody leaves.
    function afterInvariant() public {
        if (!_handler.chosen()) return;
        _handler.everybodyLeaves(_handler.steps());
        _assertKept(Property.Exit);
        _assertKept(Property.Account);
        _assertKept(Property.Allocation);
        _assertKept(Property.End);
    }
}
