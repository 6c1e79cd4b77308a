// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, Funds, Policy, Posted, Totals} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketHandler} from "./support/MarketHandler.sol";
import {MarketTest} from "./support/MarketTest.sol";

/// @title What holds after any sequence of actions
/// @dev Policy and decimals make four markets of it, below.
abstract contract SolvencyInvariants is MarketTest {
    MarketHandler internal handler;

    function _setUp(Policy policy, uint8 decimals) internal {
        _deploy(policy, false, UNIT, decimals);
        handler = new MarketHandler(market, token, owner);
        address[] memory agents = handler.agents();
        for (uint256 i = 0; i < 3; ++i) {
            _deposit(agents[i], _tokens(5000));
        }
        handler.openEpoch(7);
        targetContract(address(handler));
    }

    /// @dev One invariant, since each is a campaign of its own.
    function invariant_TheBooksAlwaysBalance() public view {
        assertEq(handler.unforeseen(), "", "no action reverts that should not");
        assertFalse(handler.overallocated(), "an epoch never allocates more than its capacity");
        assertFalse(handler.lockGrew(), "nobody's lock grows by what others do");
        _assertHoldsWhatItOwes();
        _assertTotalsAreSums();
    }

    /// @dev After every run: the epoch ends, accounts settle, and everybody takes everything out.
    function afterInvariant() public {
        address[] memory agents = handler.agents();
        while (market.posted().samples != 0) _close();
        market.settleAccounts(agents);
        for (uint256 i = 0; i < agents.length; ++i) {
            uint256 balance = market.account(agents[i]).balance;
            assertEq(market.freeBalance(agents[i]), balance, "nothing stays locked");
            if (balance == 0) continue;
            vm.prank(agents[i]);
            market.withdraw(balance, agents[i]);
        }
        if (market.funds().revenue != 0) market.withdrawRevenue();
        if (market.funds().fees != 0) market.withdrawFees();
        assertEq(token.balanceOf(address(market)), 0, "nothing is left behind");
    }

    function _assertHoldsWhatItOwes() private view {
        address[] memory agents = handler.agents();
        Funds memory held = market.funds();
        uint256 owed = uint256(held.revenue) + held.fees;
        for (uint256 i = 0; i < agents.length; ++i) {
            uint256 balance = market.account(agents[i]).balance;
            assertLe(market.freeBalance(agents[i]), balance, "no more is free than there is");
            owed += balance;
        }
        assertEq(token.balanceOf(address(market)), owed, "tokens held against tokens owed");
    }

    function _assertTotalsAreSums() private view {
        address[] memory agents = handler.agents();
        Posted memory offer = market.posted();
        Totals memory sums = market.totals();
        uint256 demand = 0;
        uint256 answered = 0;
        uint256 members = 0;
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
        assertEq(sums.movement, handler.movement(), "movement");
    }
}

contract SolvencyRefunding18Test is SolvencyInvariants {
    function setUp() public override {
        _setUp(Policy.Refunding, 18);
    }
}

contract SolvencyRefunding6Test is SolvencyInvariants {
    function setUp() public override {
        _setUp(Policy.Refunding, 6);
    }
}

contract SolvencyPerSubmission18Test is SolvencyInvariants {
    function setUp() public override {
        _setUp(Policy.PerSubmission, 18);
    }
}

contract SolvencyPerSubmission6Test is SolvencyInvariants {
    function setUp() public override {
        _setUp(Policy.PerSubmission, 6);
    }
}
