// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {sqrt} from "@prb/math/src/Common.sol";

import {Reason, StepRule} from "../interfaces/IClearingContract.sol";
import {BracketFields, BracketSlot, RulesSlot} from "./Slots.sol";

/// @title The projected dual update (Cha et al. 2025, eq. 24) and when it stops
/// @dev Prices and steps are below 2^80, demands below 2^96, the step offset below 2^24: no intermediate result reaches
/// 2^200, hence `unchecked`.
library PriceUpdate {
    uint256 private constant UNIT = 1e18;

    /// @notice Marks a side of the bracket that no round has shown yet.
    uint256 internal constant UNSEEN = type(uint80).max;
    uint256 internal constant MAX_PRICE = UNSEEN - 1;

    /// @notice The bracket with what a round adds. An observation that contradicts a side resets it.
    function observe(
        BracketSlot before,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) internal pure returns (BracketSlot) {
        (uint256 lower, uint256 upper) = (before.lower(), before.upper());
        if (demand > capacity) {
            if (price >= upper) upper = UNSEEN;
            if (lower == UNSEEN || price > lower) lower = price;
        } else {
            if (price <= lower) lower = UNSEEN;
            if (price < upper) upper = price;
        }
        return BracketFields.pack(lower, upper, demand);
    }

    /// @notice μ^{t+1} = [μ^t + clip(η_t(Ŝ − m), ±maxStep)]₊, never above MAX_PRICE; Secant keeps it in its bracket.
    /// @param before the bracket before round t
    /// @param seen the bracket after it
    /// @param round t
    function nextPrice(
        RulesSlot rules,
        BracketSlot before,
        BracketSlot seen,
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) internal pure returns (uint256 next) {
        unchecked {
            (uint256 step, bool isLevel) = stepDown(rules, before, round, price, demand, capacity);
            uint256 maxStep = rules.maxStep();
            if (step > maxStep) step = maxStep;
            if (demand > capacity) {
                next = price + step;
                if (next > MAX_PRICE) next = MAX_PRICE;
            } else {
                next = step < price ? price - step : 0;
            }

            if (rules.rule() != StepRule.Secant || demand == capacity) return next;
            bool wasExcess = before.previousDemand() > capacity;
            return insideBracket(rules.dualTolerance(), wasExcess, seen, demand > capacity, next, isLevel);
        }
    }

    /// @notice Secant's price strictly inside a bracket seen on both sides, or at its upper side once that is no wider
    /// than ε_d. Two demands on one side of m say little of what lies across it: by them the price goes to the middle
    /// at most, and to the middle where they are level. The sides are at most maxStep apart, and so are prices.
    function insideBracket(
        uint256 dualTolerance,
        bool wasExcess,
        BracketSlot seen,
        bool isExcess,
        uint256 next,
        bool isLevel
    ) internal pure returns (uint256) {
        unchecked {
            (uint256 lower, uint256 upper) = (seen.lower(), seen.upper());
            if (lower == UNSEEN || upper == UNSEEN) return next;
            if (upper - lower <= dualTolerance) return upper;
            uint256 middle = (lower + upper) / 2;
            if (isLevel || next <= lower || next >= upper) return middle;
            return isExcess == wasExcess && isExcess == (next > middle) ? middle : next;
        }
    }

    /// @notice η_t·|Ŝ − m| before clipping; divisions round down.
    /// @return step Secant's own, or η₀·|Ŝ − m| where it has none
    /// @return isLevel whether two rounds have shown no slope to Secant
    function stepDown(
        RulesSlot rules,
        BracketSlot before,
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) internal pure returns (uint256 step, bool isLevel) {
        unchecked {
            StepRule rule = rules.rule();
            if (rule == StepRule.Secant && round != 0) {
                (step, isLevel) = secantDown(rules.maxStep(), before, price, demand, capacity);
                if (!isLevel) return (step, false);
            }
            step = rules.initialStep() * distance(demand, capacity);
            if (rule == StepRule.InverseSqrt) return (step / sqrt((round + 1) * UNIT * UNIT), false);
            if (rule == StepRule.RobbinsMonro) {
                uint256 offset = rules.stepOffset();
                return ((step * offset) / ((round + offset) * UNIT), false);
            }
            return (step / UNIT, isLevel);
        }
    }

    /// @notice The mean of two steps: to where the line through the last two demands meets m, and to where the one
    /// through their inverses meets 1/m, which is the former times Ŝ^{t−1}/m.
    /// @return step 0 where there is none
    /// @return isLevel whether demand did not fall with the price
    function secantDown(
        uint256 maxStep,
        BracketSlot before,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) internal pure returns (uint256 step, bool isLevel) {
        unchecked {
            // Secant keeps the price inside the bracket, so the last price is the side that its demand set.
            uint256 previousDemand = before.previousDemand();
            uint256 previousPrice = previousDemand > capacity ? before.lower() : before.upper();
            bool priceRose = price > previousPrice;
            bool demandFell = demand < previousDemand;
            if (priceRose != demandFell || price == previousPrice || demand == previousDemand) return (0, true);
            step = (distance(price, previousPrice) * distance(demand, capacity)) / distance(demand, previousDemand);
            // The mean is at least half of the line's step: what is cut off here would be clipped.
            if (step > 2 * maxStep) step = 2 * maxStep;
            step = (step * (previousDemand + capacity)) / (2 * capacity);
        }
    }

    /// @notice Why the epoch ends with round t; None if it goes on.
    /// @param seen the bracket after round t
    /// @param next μ^{t+1}
    function stopReason(
        RulesSlot rules,
        BracketSlot seen,
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 capacity,
        uint256 movement,
        uint256 next
    ) internal pure returns (Reason) {
        unchecked {
            if (movement <= rules.movementTolerance()) {
                uint256 dualTolerance = rules.dualTolerance();
                // Spare capacity at price zero is no residual: complementary slackness.
                bool slack = price == 0 && demand <= capacity;
                if (
                    (slack || distance(demand, capacity) <= rules.primalTolerance()) &&
                    distance(next, price) <= dualTolerance
                ) return Reason.Converged;

                uint256 lower = seen.lower();
                if (demand <= capacity && lower != UNSEEN && price - lower <= dualTolerance) return Reason.Rationed;
            }
            return round + 1 >= rules.maxRounds() ? Reason.RoundLimit : Reason.None;
        }
    }

    function distance(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return a > b ? a - b : b - a;
        }
    }
}
