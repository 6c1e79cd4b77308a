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

    /// @notice μ^{t+1} = [μ^t + clip(η_t(Ŝ − m), ±maxStep)]₊, never above MAX_PRICE. Secant also keeps it
    /// strictly inside a bracket seen on both sides, or at its upper side once that is no wider than ε_d. Its sides are
    /// at most one step apart, so that this too moves the price by no more than maxStep.
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
            uint256 step = stepDown(rules, before, round, price, demand, capacity);
            uint256 maxStep = rules.maxStep();
            if (step > maxStep) step = maxStep;
            if (demand > capacity) {
                next = price + step;
                if (next > MAX_PRICE) next = MAX_PRICE;
            } else {
                next = step < price ? price - step : 0;
            }

            if (rules.rule() != StepRule.Secant || demand == capacity) return next;
            (uint256 lower, uint256 upper) = (seen.lower(), seen.upper());
            if (lower == UNSEEN || upper == UNSEEN) return next;
            if (upper - lower <= rules.dualTolerance()) next = upper;
            else if (next <= lower || next >= upper) next = (lower + upper) / 2;
        }
    }

    /// @notice η_t·|Ŝ − m| before clipping; divisions round down. Secant's is the mean of two: to where the line
    /// through the last two demands meets m, and to where the line through their inverses meets 1/m, which is the
    /// former times the last demand over m. Demand curves bend between the two.
    function stepDown(
        RulesSlot rules,
        BracketSlot before,
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) internal pure returns (uint256) {
        unchecked {
            StepRule rule = rules.rule();
            uint256 excess = distance(demand, capacity);
            if (rule == StepRule.Secant && round != 0) {
                // This rule keeps the price inside the bracket, so the last price is the side that its demand set.
                uint256 previousDemand = before.previousDemand();
                uint256 previousPrice = previousDemand > capacity ? before.lower() : before.upper();
                bool priceRose = price > previousPrice;
                bool demandFell = demand < previousDemand;
                if (priceRose == demandFell && price != previousPrice && demand != previousDemand) {
                    uint256 secant = (distance(price, previousPrice) * excess) / distance(demand, previousDemand);
                    // The mean of two lines is at least half of one: what is cut off here is clipped anyway.
                    uint256 most = 2 * rules.maxStep();
                    if (secant > most) secant = most;
                    return (secant * (previousDemand + capacity)) / (2 * capacity);
                }
            }
            uint256 step = rules.initialStep() * excess;
            if (rule == StepRule.InverseSqrt) return step / sqrt((round + 1) * UNIT * UNIT);
            if (rule == StepRule.RobbinsMonro) {
                uint256 offset = rules.stepOffset();
                return (step * offset) / ((round + offset) * UNIT);
            }
            return step / UNIT;
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
