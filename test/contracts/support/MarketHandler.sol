// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Account,
    IClearingContract,
    Parameters,
    Posted,
    StepRule,
    Totals
} from "../../../contracts/interfaces/IClearingContract.sol";
import {TestToken} from "../../../contracts/TestToken.sol";
import {Test} from "forge-std/Test.sol";
import {IMarket} from "./IMarket.sol";

/// @title What several agents, an owner and passers-by may do to a market, in any order
/// @dev Every action is made valid before it is sent, so a revert that nothing here foresees is itself a finding: it is
/// kept in `unforeseen`.
contract MarketHandler is Test {
    uint256 private constant UNIT = 1e18;
    uint256 private constant AGENTS = 5;

    IMarket private immutable MARKET;
    TestToken private immutable TOKEN;
    address private immutable OWNER;
    uint256 private immutable TOKENS;
    address[] private _agents;

    bytes public unforeseen;
    /// @notice Σ|Δdemand| since the round began, told from the accounts.
    uint256 public movement;
    /// @notice Allocations of any one epoch came to more than its capacity.
    bool public overallocated;
    /// @notice A lock grew without its owner submitting.
    bool public lockGrew;
    /// @notice Epochs that settled: so that a run that never gets there is noticed.
    uint256 public settledEpochs;
    uint256 public trimmed;

    constructor(IMarket market_, TestToken token_, address owner_) {
        (MARKET, TOKEN, OWNER) = (market_, token_, owner_);
        TOKENS = 10 ** token_.decimals();
        for (uint256 i = 0; i < AGENTS; ++i) {
            address agent = makeAddr(string.concat("agent ", vm.toString(i)));
            _agents.push(agent);
            vm.prank(agent);
            token_.approve(address(market_), type(uint256).max);
        }
    }

    function agents() external view returns (address[] memory) {
        return _agents;
    }

    // --------------------------------------------------------------------------------------------- actions

    function deposit(uint256 who, uint256 amount) external {
        address agent = _agent(who);
        amount = bound(amount, 1, 500 * TOKENS);
        TOKEN.mint(agent, amount);
        vm.prank(agent);
        try MARKET.deposit(amount) {} catch (bytes memory reason) {
            _note(reason);
        }
    }

    function join(uint256 who) external {
        address agent = _agent(who);
        if (MARKET.account(agent).epoch != 0) return;
        vm.prank(agent);
        try MARKET.join() {} catch (bytes memory reason) {
            _note(reason);
        }
    }

    function withdraw(uint256 who, uint256 amount) external {
        address agent = _agent(who);
        uint256 free = MARKET.freeBalance(agent);
        if (free == 0) return;
        amount = bound(amount, 1, free);
        vm.prank(agent);
        try MARKET.withdraw(amount, agent) {} catch (bytes memory reason) {
            _note(reason);
        }
    }

    function submit(uint256 who, uint256 demand) external {
        _submit(_agent(who), demand);
    }

    /// @dev Most agents answer the round, so that runs get far: some keep silent and their demands grow stale.
    function submitMany(uint256 seed) external {
        for (uint256 i = 0; i < AGENTS; ++i) {
            if (_draw(seed, i, 4) != 0) _submit(_agents[i], uint256(keccak256(abi.encode(seed, AGENTS + i))));
        }
    }

    function _submit(address agent, uint256 demand) private {
        Posted memory offer = MARKET.posted();
        Account memory before = MARKET.account(agent);
        if (offer.samples == 0 || before.epoch == 0) return;
        if (before.epoch == offer.epoch && before.answered == offer.round + 1) return;
        demand = bound(demand, 0, offer.capacity);
        (uint256 charge, uint256 payment) = MARKET.quote(demand);
        bool covered = charge + payment <= MARKET.settledAccount(agent).balance;
        uint256[] memory samples = new uint256[](offer.samples);
        for (uint256 i = 0; i < samples.length; ++i) {
            samples[i] = demand;
        }
        vm.prank(agent);
        try MARKET.submitSamples(offer.epoch, offer.round, samples) {
            if (!covered) unforeseen = "a demand without collateral went through";
            uint256 standing = before.epoch == offer.epoch ? before.demand : 0;
            movement += demand > standing ? demand - standing : standing - demand;
        } catch (bytes memory reason) {
            if (covered || bytes4(reason) != IClearingContract.InsufficientCollateral.selector) _note(reason);
        }
    }

    function trim(uint256 first, uint256 second) external {
        if (MARKET.posted().samples == 0) return;
        address[] memory named = new address[](2);
        (named[0], named[1]) = (_agent(first), _agent(second));
        uint256 demand = MARKET.totals().demand;
        uint256[] memory free = _freeBalances();
        try MARKET.trim(named) {
            uint256 cut = demand - MARKET.totals().demand;
            movement += cut;
            if (cut != 0) ++trimmed;
        } catch (bytes memory reason) {
            _note(reason);
        }
        _compare(free);
    }

    function closeRound(bool patient) external {
        Posted memory offer = MARKET.posted();
        if (offer.samples == 0) return;
        Totals memory sums = MARKET.totals();
        if (patient && vm.getBlockTimestamp() < sums.deadline) vm.warp(sums.deadline);
        bool allAnswered = sums.members != 0 && sums.answered == sums.members;
        if (!allAnswered && vm.getBlockTimestamp() < sums.deadline) return;
        uint256[] memory free = _freeBalances();
        try MARKET.closeRound() {
            movement = 0;
            if (MARKET.posted().samples == 0) _checkAllocations(offer);
        } catch (bytes memory reason) {
            _note(reason);
        }
        _compare(free);
    }

    function settle(uint256 first, uint256 second) external {
        address[] memory named = new address[](2);
        (named[0], named[1]) = (_agent(first), _agent(second));
        uint256[] memory free = _freeBalances();
        try MARKET.settleAccounts(named) {} catch (bytes memory reason) {
            _note(reason);
        }
        _compare(free);
    }

    function withdrawFunds(bool revenue) external {
        uint256 held = revenue ? MARKET.funds().revenue : MARKET.funds().fees;
        if (held == 0) return;
        if (revenue) {
            try MARKET.withdrawRevenue() {} catch (bytes memory reason) {
                _note(reason);
            }
        } else {
            try MARKET.withdrawFees() {} catch (bytes memory reason) {
                _note(reason);
            }
        }
    }

    function openEpoch(uint256 seed) external {
        if (MARKET.posted().samples != 0) return;
        Parameters memory chosen = Parameters({
            capacity: (1 + _draw(seed, 1, 60)) * UNIT,
            unitFee: (_draw(seed, 2, 20) * UNIT) / 10,
            executionFee: (_draw(seed, 3, 20) * UNIT) / 10,
            progressiveFee: (_draw(seed, 4, 8) * UNIT) / 100,
            samples: 1 + _draw(seed, 5, 3),
            rule: StepRule(_draw(seed, 6, 4)),
            initialStep: (1 + _draw(seed, 7, 30)) * 1e16,
            stepOffset: 1 + _draw(seed, 8, 20),
            maxStep: (1 + _draw(seed, 9, 50)) * 1e17,
            primalTolerance: _draw(seed, 10, 10) * 1e17,
            dualTolerance: (1 + _draw(seed, 11, 10)) * 1e16,
            movementTolerance: _draw(seed, 12, 20) * UNIT,
            roundLength: 10 + _draw(seed, 13, 100),
            maxRounds: 1 + _draw(seed, 14, 5)
        });
        vm.prank(OWNER);
        try MARKET.openEpoch(chosen) {
            movement = 0;
        } catch (bytes memory reason) {
            _note(reason);
        }
    }

    function wait(uint256 time) external {
        vm.warp(vm.getBlockTimestamp() + bound(time, 1, 100));
    }

    // ---------------------------------------------------------------------------------------------- checks

    function _checkAllocations(Posted memory offer) private {
        ++settledEpochs;
        uint256 allocated = 0;
        for (uint256 i = 0; i < AGENTS; ++i) {
            Account memory end = MARKET.settledAccount(_agents[i]);
            if (end.epoch == offer.epoch) allocated += end.demand;
        }
        if (allocated > offer.capacity) overallocated = true;
    }

    function _freeBalances() private view returns (uint256[] memory free) {
        free = new uint256[](AGENTS);
        for (uint256 i = 0; i < AGENTS; ++i) {
            free[i] = MARKET.freeBalance(_agents[i]);
        }
    }

    function _compare(uint256[] memory before) private {
        for (uint256 i = 0; i < AGENTS; ++i) {
            if (MARKET.freeBalance(_agents[i]) < before[i]) lockGrew = true;
        }
    }

    function _note(bytes memory reason) private {
        unforeseen = reason.length == 0 ? bytes("a revert without a reason") : reason;
    }

    function _agent(uint256 who) private view returns (address) {
        return _agents[who % AGENTS];
    }

    function _draw(uint256 seed, uint256 index, uint256 count) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index))) % count;
    }
}
