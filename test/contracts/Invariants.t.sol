// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, Funds, Posted, Totals} from "../../contracts/interfaces/IClearingContract.sol";
import {Test} from "forge-std/Test.sol";
import {IMarket} from "./support/IMarket.sol";
import {InvariantHandler} from "./support/InvariantHandler.sol";
import {Property} from "./support/SecondBooks.sol";

/// @title What holds after any sequence of actions, each property in a campaign of its own
contract InvariantsTest is Test {
    InvariantHandler private _handler;

    function setUp() public {
        _handler = new InvariantHandler();
        bytes4[] memory selectors = new bytes4[](14);
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
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    function _assertKept(Property property) private view {
        assertEq(_handler.broken(property), "");
    }

    /// @notice Everything the market holds is owed to somebody or was given away, to the base unit.
    function invariant_TokensHeldAreBalancesAndFundsToTheBaseUnit() public view {
        if (!_handler.chosen()) return;
        IMarket market = _handler.theMarket();
        address[] memory agents = _handler.agents();
        Funds memory held = market.funds();
        uint256 owed = uint256(held.revenue) + held.fees + _handler.donated();
        for (uint256 i = 0; i < agents.length; ++i) {
            uint256 balance = market.account(agents[i]).balance;
            assertLe(market.freeBalance(agents[i]), balance, "no more is free than there is");
            owed += balance;
        }
        assertEq(market.token().balanceOf(address(market)), owed);
    }

    function invariant_AllocationsOfAnEpochStayWithinItsCapacity() public view {
        _assertKept(Property.Allocation);
    }

    function invariant_TotalsAreSumsOverAgents() public view {
        if (!_handler.chosen()) return;
        IMarket market = _handler.theMarket();
        address[] memory agents = _handler.agents();
        Posted memory offer = market.posted();
        Totals memory sums = market.totals();
        uint256 demand = 0;
        uint256 answered = 0;
        uint256 members = _handler.sleepers();
        for (uint256 i = 0; i < agents.length; ++i) {
            Account memory agent = market.account(agents[i]);
            if (agent.epoch != 0) ++members;
            if (agent.epoch != offer.epoch) continue;
            demand += agent.demand;
            if (agent.answered == offer.round + 1) ++answered;
        }
        assertEq(sums.members, members, "members");
        if (offer.samples == 0) return;
        assertEq(sums.demand, demand, "total demand");
        assertEq(sums.answered, answered, "answered");
        assertEq(sums.movement, _handler.movement(), "movement");
    }

    function invariant_ThePriceMovesInRoundsAloneAndWhereTheRuleSays() public view {
        _assertKept(Property.Price);
    }

    function invariant_NobodyPaysMoreThanPriceAndFeesOfWhatItGets() public view {
        if (!_handler.chosen()) return;
        address[] memory agents = _handler.agents();
        for (uint256 i = 0; i < agents.length; ++i) {
            (uint256 paid, uint256 due) = _handler.paidAndDue(agents[i]);
            assertLe(paid, due);
        }
    }

    function invariant_NothingButItsOwnerSettlementAndTrimChangesAnAccount() public view {
        _assertKept(Property.Account);
    }

    /// @dev Runs on what an invariant does are thrown away: the next action finds the market as it was.
    function invariant_AfterTheEndEverybodyTakesOutEverythingInAnyOrder() public {
        _assertKept(Property.Exit);
        if (!_handler.chosen() || _handler.steps() % 4 != 0) return;
        assertEq(_handler.exits(), 0, "invariants leave no traces");
        _handler.everybodyLeaves(_handler.steps());
        _assertKept(Property.Exit);
    }

    function invariant_EveryEpochEndsWithinItsRounds() public view {
        _assertKept(Property.End);
        if (!_handler.chosen()) return;
        IMarket market = _handler.theMarket();
        Posted memory offer = market.posted();
        if (offer.samples == 0) return;
        assertLt(offer.round, market.rules().maxRounds);
        assertEq(offer.round, _handler.closes());
    }

    function invariant_NothingIsRefusedButWhatTheRulesForbid() public view {
        _assertKept(Property.Refusal);
    }

    /// @dev After every run the epoch ends and everybody leaves.
    function afterInvariant() public {
        if (!_handler.chosen()) return;
        _handler.everybodyLeaves(_handler.steps());
        _assertKept(Property.Exit);
        _assertKept(Property.End);
        _assertKept(Property.Price);
    }
}
