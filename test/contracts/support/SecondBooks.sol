// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {
    Account,
    Funds,
    IClearingContract,
    Parameters,
    Policy,
    Posted,
    Rules,
    StepRule,
    Totals
} from "../../../contracts/interfaces/IClearingContract.sol";
import {Vm} from "forge-std/Vm.sol";
import {IMarket} from "./IMarket.sol";
import {MarketTest} from "./MarketTest.sol";

/// @notice What must hold: see Invariants.t.sol.
enum Property {
    Allocation,
    Price,
    Payment,
    Account,
    Exit,
    End,
    Refusal
}

/// @title The books of a market kept a second time, from what is sent to it and what its events say
/// @dev The actions are in InvariantHandler.sol. What a property forbids is kept in `broken`, under that property.
abstract contract SecondBooks is MarketTest {
    enum Act {
        Own,
        Settle,
        Trim,
        Round,
        Other
    }

    uint256 internal constant AGENTS = 6;

    address[] internal _agents;
    mapping(address agent => uint256) internal _keys;
    mapping(address agent => bool) internal _isNamed;

    mapping(Property property => string) public broken;
    uint256 public donated;
    /// @notice Members who never act.
    uint256 public sleepers;
    /// @notice Σ|Δdemand| since the round began, told from the accounts.
    uint256 public movement;
    /// @notice Rounds closed in the open epoch.
    uint256 public closes;
    uint256 public steps;
    uint256 public exits;

    mapping(uint256 epoch => Parameters) internal _chosen;
    mapping(uint256 epoch => uint256) internal _price;
    mapping(uint256 epoch => uint256) internal _allocated;
    mapping(uint256 epoch => mapping(address agent => bool)) internal _settledIn;
    mapping(address agent => uint256) internal _deposited;
    mapping(address agent => uint256) internal _withdrawn;
    /// @dev The most an agent may have paid by now.
    mapping(address agent => uint256) internal _due;

    /// @dev What the rounds of the open epoch have shown: the highest price that leaves demand short of capacity, the
    /// lowest that clears, and the last round.
    struct Seen {
        bool short;
        bool clear;
        uint256 shortAt;
        uint256 clearAt;
        uint256 price;
        uint256 demand;
    }
    Seen internal _seen;

    Posted internal _offer;

    /// @dev The accounts before an action, in memory: storing them would be most of the work of a run.
    struct Before {
        Account[AGENTS] accounts;
        uint256[AGENTS] free;
    }

    function agents() external view returns (address[] memory) {
        return _agents;
    }

    function theMarket() external view returns (IMarket) {
        return market;
    }

    function _break(Property property, string memory what) internal {
        broken[property] = what;
    }

    // -------------------------------------------------------------------------------- before and after an action

    function _note() internal returns (Before memory before) {
        _offer = market.posted();
        for (uint256 i = 0; i < AGENTS; ++i) {
            before.accounts[i] = market.account(_agents[i]);
            before.free[i] = market.freeBalance(_agents[i]);
        }
        vm.recordLogs();
    }

    /// @param actor who acted, alone; nobody if those named did, or none of the agents
    function _compare(Before memory before, address actor, Act act) internal {
        _readSettlements();
        Posted memory offer = market.posted();
        for (uint256 i = 0; i < AGENTS; ++i) {
            address agent = _agents[i];
            bool acted = agent == actor || (act == Act.Own && _isNamed[agent]);
            _compareAccount(agent, before.accounts[i], before.free[i], acted, act, offer);
        }
        if (act != Act.Round && offer.price != _offer.price) _break(Property.Price, "moved without a round");
        for (uint256 i = 0; i < AGENTS; ++i) {
            delete _isNamed[_agents[i]];
        }
        ++steps;
    }

    function _compareAccount(
        address agent,
        Account memory was,
        uint256 free,
        bool acted,
        Act act,
        Posted memory offer
    ) private {
        Account memory is_ = market.account(agent);
        if (offer.samples != 0 && is_.epoch == offer.epoch && act != Act.Round) {
            movement += _distance(is_.demand, was.epoch == offer.epoch ? was.demand : 0);
        }
        if (acted) return;
        if (market.freeBalance(agent) < free) _break(Property.Account, "free balance taken");
        if (keccak256(abi.encode(was)) == keccak256(abi.encode(is_))) return;
        if (act == Act.Settle) {
            bool ended = was.demand != 0 && was.answered != SETTLED && (was.epoch != offer.epoch || offer.samples == 0);
            if (!_isNamed[agent] || !ended) _break(Property.Account, "settled what is not to settle");
            if (is_.epoch != was.epoch || is_.answered != SETTLED)
                _break(Property.Account, "settled to something else");
        } else if (act == Act.Trim) {
            bool stale = was.epoch == offer.epoch && was.answered != offer.round + 1 && was.demand != 0;
            if (!_isNamed[agent] || !stale) _break(Property.Account, "trimmed what is not stale");
            if (is_.balance != was.balance) _break(Property.Account, "a trim took money");
            if (is_.demand > was.demand) _break(Property.Account, "a trim raised a demand");
        } else {
            _break(Property.Account, "changed by somebody else");
        }
    }

    function _readSettlements() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != IClearingContract.AccountSettled.selector) continue;
            (uint256 allocation, , ) = abi.decode(logs[i].data, (uint256, uint256, uint256));
            _book(address(uint160(uint256(logs[i].topics[1]))), uint256(logs[i].topics[2]), allocation);
        }
    }

    function _book(address agent, uint256 epoch, uint256 allocation) private {
        if (_settledIn[epoch][agent]) _break(Property.Account, "settled twice");
        _settledIn[epoch][agent] = true;
        _allocated[epoch] += allocation;
        Parameters memory chosen = _chosen[epoch];
        if (_allocated[epoch] > chosen.capacity) _break(Property.Allocation, "more allocated than there is");
        uint256 charge = market.policy() == Policy.Refunding ? _chargeOf(chosen, allocation) : 0;
        _due[agent] += charge + _paymentOf(_price[epoch], allocation);
    }

    /// @notice What an agent has paid, told from what went in and out, and the most it may have paid.
    function paidAndDue(address agent) external view returns (uint256 paid, uint256 due) {
        paid = _deposited[agent] - _withdrawn[agent] - market.account(agent).balance;
        due = _due[agent];
    }

    // --------------------------------------------------------------------------------------------- a round

    /// @dev From deadline to deadline until the epoch has settled.
    function _closeAll() internal {
        while (market.posted().samples != 0) {
            if (market.totals().deadline > vm.getBlockTimestamp()) vm.warp(market.totals().deadline);
            if (!_closeOnce()) return;
        }
    }

    /// @dev Close, and follow the price with arithmetic of our own.
    function _closeOnce() internal returns (bool closed) {
        Posted memory was = market.posted();
        Totals memory sums = market.totals();
        Rules memory how = market.rules();
        try market.closeRound() {
            (movement, closed) = (0, true);
            ++closes;
            Posted memory is_ = market.posted();
            if (is_.samples == 0) {
                _price[was.epoch] = was.price;
                if (is_.price != was.price) _break(Property.Price, "moved when the epoch settled");
            } else {
                if (closes >= _chosen[was.epoch].maxRounds) _break(Property.End, "open after its last round");
                if (is_.round != was.round + 1) _break(Property.End, "not the next round");
                _checkMove(how, was, sums.demand, is_.price);
            }
        } catch {
            _break(Property.End, "a round that may be closed could not be");
        }
    }

    /// @dev The price against one computed from the prices and demands of the rounds before, remembered here.
    function _checkMove(Rules memory how, Posted memory was, uint256 demand, uint256 price) private {
        if (_distance(price, was.price) > _chosen[was.epoch].maxStep) _break(Property.Price, "moved too far");
        Seen memory last = _seen;
        bool excess = demand > was.capacity;
        if (excess) (_seen.short, _seen.shortAt) = (true, was.price);
        else (_seen.clear, _seen.clearAt) = (true, was.price);
        // Demand that exceeds capacity where it did not before, or the reverse, tells that the old side is out of date.
        if (excess && last.clear && was.price >= last.clearAt) _seen.clear = false;
        if (!excess && last.short && was.price <= last.shortAt) _seen.short = false;
        (_seen.price, _seen.demand) = (was.price, demand);

        uint256 move = Math.min(_step(how, was, last, _distance(demand, was.capacity)), how.maxStep);
        uint256 expected = excess ? was.price + move : was.price - Math.min(move, was.price);
        if (how.rule == StepRule.Secant && _seen.short && _seen.clear && demand != was.capacity) {
            bool within = _seen.shortAt < expected && expected < _seen.clearAt;
            if (_seen.clearAt - _seen.shortAt <= how.dualTolerance) expected = _seen.clearAt;
            else if (!within) expected = (_seen.shortAt + _seen.clearAt) / 2;
        }
        if (price != expected) _break(Property.Price, "moved elsewhere");
    }

    /// @dev η_t·|Ŝ − m|, rounded down.
    function _step(
        Rules memory how,
        Posted memory was,
        Seen memory last,
        uint256 excess
    ) private view returns (uint256) {
        uint256 step = how.initialStep * excess;
        if (how.rule == StepRule.InverseSqrt) return step / Math.sqrt((was.round + 1) * UNIT * UNIT);
        if (how.rule == StepRule.RobbinsMonro) return (step * how.stepOffset) / ((was.round + how.stepOffset) * UNIT);
        if (how.rule == StepRule.Secant && was.round != 0) {
            bool usual = was.price > last.price ? _seen.demand < last.demand : _seen.demand > last.demand;
            if (usual && was.price != last.price)
                return (excess * _distance(was.price, last.price)) / _distance(_seen.demand, last.demand);
        }
        return step / UNIT;
    }

    function _distance(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : b - a;
    }

    // ------------------------------------------------------------------------------------------ the way out

    /// @notice End the epoch, then everybody takes out everything in an order drawn from `seed`.
    function everybodyLeaves(uint256 seed) external {
        ++exits;
        _closeAll();
        bool fundsFirst = seed % 2 == 0;
        if (seed % 3 == 0) market.settleAccounts(_agents);
        if (fundsFirst) _takeFunds();
        for (uint256 i = 0; i < AGENTS; ++i) {
            _takeOut(_agents[seed % 5 < 2 ? AGENTS - 1 - i : (i + seed) % AGENTS]);
        }
        // Those who spent everything have nothing to take out: anybody books what they paid.
        market.settleAccounts(_agents);
        _takeFunds();
        if (token.balanceOf(address(market)) != donated) _break(Property.Exit, "not everything came out");
    }

    function _takeOut(address agent) private {
        uint256 all = market.settledAccount(agent).balance;
        if (all == 0) return;
        vm.prank(agent);
        try market.withdraw(all, agent) {} catch {
            _break(Property.Exit, "a balance could not be withdrawn");
        }
    }

    function _takeFunds() private {
        Funds memory held = market.funds();
        if (held.revenue != 0) {
            try market.withdrawRevenue() {} catch {
                _break(Property.Exit, "revenue could not be withdrawn");
            }
        }
        if (held.fees != 0) {
            try market.withdrawFees() {} catch {
                _break(Property.Exit, "fees could not be withdrawn");
            }
        }
    }
}
