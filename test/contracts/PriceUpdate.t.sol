// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters, Reason, StepRule} from "../../contracts/interfaces/IClearingContract.sol";
import {PriceUpdate} from "../../contracts/libraries/PriceUpdate.sol";
import {BracketFields, BracketSlot, RulesSlot} from "../../contracts/libraries/Slots.sol";
import {Test} from "forge-std/Test.sol";
import {LibraryHarness} from "./support/LibraryHarness.sol";

contract PriceUpdateTest is Test {
    uint256 private constant UNIT = 1e18;
    uint256 private constant UNSEEN = type(uint80).max;
    uint256 private constant CAPACITY = 50e18;

    LibraryHarness private _harness = new LibraryHarness();

    function _parameters() private pure returns (Parameters memory chosen) {
        chosen.capacity = CAPACITY;
        chosen.initialStep = UNIT / 50;
        chosen.stepOffset = 10;
        chosen.maxStep = 10 * UNIT;
        chosen.primalTolerance = UNIT / 20;
        chosen.dualTolerance = UNIT / 1000;
        chosen.movementTolerance = UNIT / 2;
        chosen.roundLength = 60;
        chosen.maxRounds = 100;
    }

    function _rules(StepRule rule) private view returns (RulesSlot) {
        Parameters memory chosen = _parameters();
        chosen.rule = rule;
        return _harness.packRules(chosen, 0);
    }

    /// @dev A number of at most eight digits, from 1 to below 2^80.
    function _digits(uint256 value) private pure returns (uint256) {
        return (1 + ((value >> 128) % 99_999_999)) * 10 ** ((value & 255) % 17);
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a - b : b - a;
    }

    // --------------------------------------------------------------------------------------------- observe

    function _assertObserved(
        uint256 lower,
        uint256 upper,
        uint256 price,
        uint256 demand,
        uint256 newLower,
        uint256 newUpper
    ) private pure {
        BracketSlot seen = PriceUpdate.observe(BracketFields.pack(lower, upper, 7), price, demand, CAPACITY);
        assertEq(seen.lower(), newLower, "lower");
        assertEq(seen.upper(), newUpper, "upper");
        assertEq(seen.previousDemand(), demand, "previous demand");
    }

    function test_ExcessRaisesTheLowerSide() public pure {
        _assertObserved(UNSEEN, UNSEEN, 5, CAPACITY + 1, 5, UNSEEN);
        _assertObserved(3, UNSEEN, 5, CAPACITY + 1, 5, UNSEEN);
        _assertObserved(3, 9, 5, CAPACITY + 1, 5, 9);
    }

    function test_ExcessBelowTheLowerSideTellsNothing() public pure {
        _assertObserved(5, 9, 3, CAPACITY + 1, 5, 9);
        _assertObserved(5, 9, 5, CAPACITY + 1, 5, 9);
    }

    function test_ExcessAtOrAboveTheUpperSideResetsIt() public pure {
        _assertObserved(3, 9, 9, CAPACITY + 1, 9, UNSEEN);
        _assertObserved(3, 9, 12, CAPACITY + 1, 12, UNSEEN);
        _assertObserved(UNSEEN, 9, 9, CAPACITY + 1, 9, UNSEEN);
    }

    function test_SpareCapacityLowersTheUpperSide() public pure {
        _assertObserved(UNSEEN, UNSEEN, 5, CAPACITY, UNSEEN, 5);
        _assertObserved(UNSEEN, 9, 5, 0, UNSEEN, 5);
        _assertObserved(3, 9, 5, CAPACITY - 1, 3, 5);
    }

    function test_SpareCapacityAboveTheUpperSideTellsNothing() public pure {
        _assertObserved(3, 5, 9, CAPACITY, 3, 5);
        _assertObserved(3, 5, 5, CAPACITY, 3, 5);
    }

    function test_SpareCapacityAtOrBelowTheLowerSideResetsIt() public pure {
        _assertObserved(3, 9, 3, CAPACITY, UNSEEN, 3);
        _assertObserved(3, 9, 1, CAPACITY, UNSEEN, 1);
        _assertObserved(3, UNSEEN, 3, CAPACITY, UNSEEN, 3);
    }

    function test_TheLargestTotalIsRemembered() public pure {
        _assertObserved(UNSEEN, UNSEEN, 1, type(uint96).max, 1, UNSEEN);
    }

    /// @dev However demands come, the sides stay apart.
    function testFuzz_TheLowerSideStaysBelowTheUpper(
        uint256[12] memory prices,
        uint256[12] memory demands
    ) public pure {
        BracketSlot seen = BracketFields.pack(UNSEEN, UNSEEN, 0);
        for (uint256 i = 0; i < 12; ++i) {
            seen = PriceUpdate.observe(seen, prices[i] % 8, demands[i] % 2 == 0 ? 0 : CAPACITY + 1, CAPACITY);
            if (seen.lower() != UNSEEN && seen.upper() != UNSEEN) assertLt(seen.lower(), seen.upper());
        }
    }

    // ---------------------------------------------------------------------------------------------- steps

    function _step(StepRule rule, uint256 round, uint256 demand) private view returns (uint256) {
        (uint256 step, bool isLevel) = PriceUpdate.stepDown(
            _rules(rule),
            BracketSlot.wrap(0),
            round,
            3 * UNIT,
            demand,
            CAPACITY
        );
        assertFalse(isLevel);
        return step;
    }

    function test_StepsAreTheStepSizeTimesTheResidual() public view {
        assertEq(_step(StepRule.Constant, 7, 60 * UNIT), UNIT / 5);
        assertEq(_step(StepRule.Constant, 7, 40 * UNIT), UNIT / 5);
        assertEq(_step(StepRule.InverseSqrt, 0, 60 * UNIT), UNIT / 5);
        assertEq(_step(StepRule.InverseSqrt, 8, 60 * UNIT), UNIT / 15);
        assertEq(_step(StepRule.RobbinsMonro, 0, 60 * UNIT), UNIT / 5);
        assertEq(_step(StepRule.RobbinsMonro, 10, 60 * UNIT), UNIT / 10);
        assertEq(_step(StepRule.Constant, 0, CAPACITY), 0);
    }

    /// @dev A step of 0.02 for 700 that are left over, times 10/11: divided first, it would be 10.
    function test_ARobbinsMonroStepIsRoundedOnce() public view {
        assertEq(_step(StepRule.RobbinsMonro, 1, CAPACITY + 700), 12);
    }

    function _secant(
        BracketSlot before,
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) private view returns (uint256) {
        (uint256 step, ) = PriceUpdate.stepDown(_rules(StepRule.Secant), before, round, price, demand, capacity);
        return step;
    }

    function test_TheSecantStepNeedsASlopeThatFalls() public view {
        BracketSlot before = BracketFields.pack(UNIT, UNSEEN, 100 * UNIT);
        // From (1, 100) to (2, 75): a token for the 25 that are left over, two by the line through 1/100 and 1/75.
        assertEq(_secant(before, 1, 2 * UNIT, 75 * UNIT, CAPACITY), 1.5e18);
        // In the first round there is no round before.
        assertEq(_secant(before, 0, 2 * UNIT, 75 * UNIT, CAPACITY), UNIT / 2);
        // Demand as before, higher than before, or at the same price.
        assertEq(_secant(before, 1, 2 * UNIT, 100 * UNIT, CAPACITY), UNIT);
        assertEq(_secant(before, 1, 2 * UNIT, 101 * UNIT, CAPACITY), 1.02e18);
        assertEq(_secant(before, 1, UNIT, 75 * UNIT, CAPACITY), UNIT / 2);
        // A price that fell from the upper side, and demand that rose.
        before = BracketFields.pack(UNIT, 3 * UNIT, 20 * UNIT);
        assertEq(_secant(before, 4, 2 * UNIT, 60 * UNIT, CAPACITY), 0.175e18);
        // Demand that met capacity set the upper side: the price has not moved since.
        before = BracketFields.pack(UNSEEN, 2 * UNIT, CAPACITY);
        assertEq(_secant(before, 4, 2 * UNIT, 25 * UNIT, CAPACITY), UNIT / 2);
    }

    function test_ALineIsLevelWhereDemandDoesNotFallWithThePrice() public view {
        BracketSlot before = BracketFields.pack(UNIT, UNSEEN, 100 * UNIT);
        assertFalse(_isLevel(before, 1, 2 * UNIT, 75 * UNIT));
        assertFalse(_isLevel(before, 0, 2 * UNIT, 100 * UNIT));
        assertTrue(_isLevel(before, 1, 2 * UNIT, 100 * UNIT));
        assertTrue(_isLevel(before, 1, 2 * UNIT, 101 * UNIT));
        assertTrue(_isLevel(before, 1, UNIT, 75 * UNIT));
        before = BracketFields.pack(UNIT, 3 * UNIT, 20 * UNIT);
        assertFalse(_isLevel(before, 1, 2 * UNIT, 21 * UNIT));
        assertTrue(_isLevel(before, 1, 2 * UNIT, 20 * UNIT));
        assertTrue(_isLevel(before, 1, 2 * UNIT, 19 * UNIT));
        assertTrue(_isLevel(before, 1, 3 * UNIT, 21 * UNIT));
        // Demand that met capacity set the upper side: the price has not moved since.
        assertTrue(_isLevel(BracketFields.pack(UNIT, 2 * UNIT, CAPACITY), 4, 2 * UNIT, 25 * UNIT));
    }

    function _isLevel(BracketSlot before, uint256 round, uint256 price, uint256 demand) private view returns (bool) {
        (, bool isLevel) = PriceUpdate.stepDown(_rules(StepRule.Secant), before, round, price, demand, CAPACITY);
        return isLevel;
    }

    function test_SecantTakesTheMiddleWhereALineIsLevel() public view {
        // The first step, a token, would go to 3.
        assertEq(_nextBySecant(UNIT, 7 * UNIT, 100 * UNIT, 1, 100 * UNIT), 4.5e18);
        assertEq(_nextBySecant(UNIT, 5 * UNIT, 100 * UNIT, 1, 101 * UNIT), 3.5e18);
        assertEq(_nextBySecant(1.5e18, 3 * UNIT, 20 * UNIT, 1, 20 * UNIT), 1.75e18);
        // One side is not seen, or out of date: the first step.
        assertEq(_nextBySecant(UNIT, UNSEEN, 100 * UNIT, 1, 100 * UNIT), 3 * UNIT);
        assertEq(_nextBySecant(UNIT, 2 * UNIT, 100 * UNIT, 1, 100 * UNIT), 3 * UNIT);
    }

    function test_ALineAllButLevelIsCutOffWhereItsMeanIsClippedAllTheSame() public view {
        BracketSlot before = BracketFields.pack(0, UNSEEN, type(uint96).max);
        uint256 price = PriceUpdate.MAX_PRICE - 1;
        uint256 cut = _secant(before, 1, price, type(uint96).max - 1, 1);
        assertEq(cut, (20 * UNIT * 2 ** 96) / 2);
        // With no demand before, the mean is half of the line's: what is cut off is clipped still.
        before = BracketFields.pack(UNSEEN, price, 0);
        uint256 least = _secant(before, 1, 0, 1, type(uint88).max);
        assertEq(least, 10 * UNIT);
        // The longest line that is not cut, one longer and one shorter.
        before = BracketFields.pack(UNIT, UNSEEN, 71 * UNIT);
        assertEq(_secant(before, 1, 2 * UNIT, 70 * UNIT, CAPACITY), (20 * UNIT * 121) / 100);
        assertEq(_secant(before, 1, 2.1e18, 70 * UNIT, CAPACITY), (20 * UNIT * 121) / 100);
        assertEq(_secant(before, 1, 1.9e18, 70 * UNIT, CAPACITY), (18 * UNIT * 121) / 100);
    }

    function test_TheRootOfTheRoundHas18DecimalsRoundedDown() public view {
        Parameters memory chosen = _parameters();
        (chosen.rule, chosen.initialStep) = (StepRule.InverseSqrt, 1e23);
        (uint256 step, ) = PriceUpdate.stepDown(
            _harness.packRules(chosen, 0),
            BracketSlot.wrap(0),
            1,
            0,
            100 * UNIT,
            CAPACITY
        );
        assertEq(step, uint256(5e42) / 1_414213562373095048);
    }

    // ------------------------------------------------------------------------------------------- the price

    function testFuzz_ThePriceStaysInRangeAndMovesByTheLongestStepAtMost(
        uint256 rule,
        uint80 price,
        uint96 demand,
        uint88 capacity,
        uint16 round,
        uint256 initialStep,
        uint256 maxStep
    ) public view {
        Parameters memory chosen = _parameters();
        chosen.rule = StepRule(rule % 3);
        chosen.initialStep = _digits(initialStep);
        chosen.maxStep = _digits(maxStep);
        uint256 before = bound(price, 0, PriceUpdate.MAX_PRICE);
        uint256 next = _nextUnseen(_harness.packRules(chosen, 0), round, before, demand, capacity);
        assertLe(next, PriceUpdate.MAX_PRICE, "range");
        assertLe(_distance(next, before), chosen.maxStep, "longest step");
        if (demand > capacity) assertGe(next, before, "excess never lowers the price");
        else assertLe(next, before, "spare capacity never raises it");
    }

    /// @dev The next price while the bracket is unseen.
    function _nextUnseen(
        RulesSlot rules,
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 capacity
    ) private pure returns (uint256) {
        BracketSlot seen = BracketFields.pack(UNSEEN, UNSEEN, 0);
        return PriceUpdate.nextPrice(rules, seen, seen, round, price, demand, capacity);
    }

    /// @dev Secant from its first round on, whatever the demands do: what its doc comments claim.
    function testFuzz_SecantKeepsToTheBracketAndTheLongestStep(
        uint256 price,
        uint256[10] memory draws,
        uint256 initialStep,
        uint256 maxStep,
        uint256 dualTolerance
    ) public view {
        Parameters memory chosen = _parameters();
        chosen.rule = StepRule.Secant;
        chosen.initialStep = _digits(initialStep);
        chosen.maxStep = _digits(maxStep);
        chosen.dualTolerance = _digits(dualTolerance);
        RulesSlot rules = _harness.packRules(chosen, 0);
        price = bound(price, 0, PriceUpdate.MAX_PRICE);
        BracketSlot seen = BracketFields.pack(UNSEEN, UNSEEN, 0);
        for (uint256 round = 0; round < 10; ++round) {
            (seen, price) = _checkedRound(rules, seen, round, price, draws[round] % (2 * CAPACITY));
        }
    }

    function _checkedRound(
        RulesSlot rules,
        BracketSlot before,
        uint256 round,
        uint256 price,
        uint256 demand
    ) private pure returns (BracketSlot seen, uint256 next) {
        seen = PriceUpdate.observe(before, price, demand, CAPACITY);
        next = PriceUpdate.nextPrice(rules, before, seen, round, price, demand, CAPACITY);
        assertEq(demand > CAPACITY ? seen.lower() : seen.upper(), price, "the last price is a side of the bracket");
        assertLe(next, PriceUpdate.MAX_PRICE, "range");
        assertLe(_distance(next, price), rules.maxStep(), "longest step");
        if (seen.lower() != UNSEEN && seen.upper() != UNSEEN) {
            assertLe(seen.upper() - seen.lower(), rules.maxStep(), "a bracket is no wider than the longest step");
            assertGt(next, seen.lower(), "above the lower side");
            assertLe(next, seen.upper(), "not above the upper side");
        }
    }

    /// @dev A price that clears is the one to stay at: nothing is gained by leaving it.
    function test_SecantStaysWhereDemandMeetsCapacity() public view {
        RulesSlot rules = _rules(StepRule.Secant);
        BracketSlot before = BracketFields.pack(UNIT, UNSEEN, 100 * UNIT);
        BracketSlot seen = PriceUpdate.observe(before, 2 * UNIT, CAPACITY, CAPACITY);
        assertEq(PriceUpdate.nextPrice(rules, before, seen, 1, 2 * UNIT, CAPACITY, CAPACITY), 2 * UNIT);
    }

    function test_ThePriceStopsAtTheHighestThereIs() public view {
        uint256 price = PriceUpdate.MAX_PRICE - 4;
        RulesSlot rules = _rules(StepRule.Constant);
        assertEq(_nextUnseen(rules, 0, price, CAPACITY + 200, CAPACITY), PriceUpdate.MAX_PRICE);
        assertEq(_nextUnseen(rules, 0, price, CAPACITY + 250, CAPACITY), PriceUpdate.MAX_PRICE);
    }

    /// @dev Where a residual is too small for a step: the unseen side is no side to go half way to.
    function test_SecantThatSawOneSideGoesNowhereWithoutAStep() public view {
        assertEq(_nextBySecant(UNSEEN, UNSEEN, 0, 0, CAPACITY + 1), 2 * UNIT);
        assertEq(_nextBySecant(UNSEEN, UNSEEN, 0, 0, CAPACITY - 1), 2 * UNIT);
    }

    function test_SecantLeavesASideItsStepWouldStayAt() public view {
        // Half way between 2 and 3, or 1 and 2, rounded down.
        assertEq(_nextBySecant(UNIT, 3 * UNIT + 1, 100 * UNIT, 1, CAPACITY + 1), 2.5e18);
        assertEq(_nextBySecant(UNIT + 1, 3 * UNIT, 100 * UNIT, 1, CAPACITY - 1), 1.5e18);
    }

    function test_SecantTakesHalfOfTheBracketAtMostByTwoDemandsOnOneSide() public view {
        // From (1, 100) and (2, 75) it would go to 3.5, from (3, 20) and (2, 40) to 1.65.
        assertEq(_nextBySecant(UNIT, 6 * UNIT, 100 * UNIT, 1, 75 * UNIT), 3.5e18);
        assertEq(_nextBySecant(UNIT, 5 * UNIT, 100 * UNIT, 1, 75 * UNIT), 3.5e18);
        assertEq(_nextBySecant(UNIT, 4.5e18, 100 * UNIT, 1, 75 * UNIT), 3.25e18);
        assertEq(_nextBySecant(UNIT, 3 * UNIT, 20 * UNIT, 1, 40 * UNIT), 1.65e18);
        assertEq(_nextBySecant(1.3e18, 3 * UNIT, 20 * UNIT, 1, 40 * UNIT), 1.65e18);
        assertEq(_nextBySecant(1.5e18, 3 * UNIT, 20 * UNIT, 1, 40 * UNIT), 1.75e18);
        // Demand that meets capacity is no excess: to the middle, since it would go beyond.
        assertEq(_nextBySecant(1.9e18, 3 * UNIT, CAPACITY, 1, 20 * UNIT), 1.95e18);
        // Two on either side go as far as the lines say: to 2 − 2/3 from (1, 100), and to 2 + 7/40 from (3, 20).
        assertEq(_nextBySecant(UNIT, UNSEEN, 100 * UNIT, 1, 10 * UNIT), 2 * UNIT - ((uint256(40e18) / 90) * 3) / 2);
        assertEq(_nextBySecant(UNSEEN, 2.2e18, 20 * UNIT, 1, 60 * UNIT), 2.035e18);
        assertEq(_nextBySecant(UNSEEN, 3 * UNIT, 0, 1, 51 * UNIT), 2 * UNIT + (uint256(1e18) / 51) / 2);
        assertEq(
            _nextBySecant(UNSEEN, 3 * UNIT, 49 * UNIT, 1, 60 * UNIT),
            2 * UNIT + ((uint256(10e18) / 11) * 99) / 100
        );
    }

    /// @dev From a price of 2, with this bracket before it.
    function _nextBySecant(
        uint256 lower,
        uint256 upper,
        uint256 previousDemand,
        uint256 round,
        uint256 demand
    ) private view returns (uint256) {
        BracketSlot before = BracketFields.pack(lower, upper, previousDemand);
        BracketSlot seen = PriceUpdate.observe(before, 2 * UNIT, demand, CAPACITY);
        return PriceUpdate.nextPrice(_rules(StepRule.Secant), before, seen, round, 2 * UNIT, demand, CAPACITY);
    }

    // -------------------------------------------------------------------------------------------- stopping

    function _stop(
        uint256 round,
        uint256 price,
        uint256 demand,
        uint256 movement,
        uint256 next
    ) private view returns (Reason) {
        BracketSlot seen = BracketFields.pack(UNIT, UNSEEN, demand);
        return PriceUpdate.stopReason(_rules(StepRule.Constant), seen, round, price, demand, CAPACITY, movement, next);
    }

    function _assertReason(Reason given, Reason expected) private pure {
        assertEq(uint256(given), uint256(expected));
    }

    function test_ConvergenceWinsOverTheRoundLimit() public view {
        _assertReason(_stop(99, 2 * UNIT, CAPACITY, 0, 2 * UNIT), Reason.Converged);
    }

    function test_RationingWinsOverTheRoundLimit() public view {
        _assertReason(_stop(99, 1.001e18, 40 * UNIT, 0, UNIT), Reason.Rationed);
    }

    function test_TheLastRoundIsTheOneBeforeTheLimit() public view {
        _assertReason(_stop(98, 2 * UNIT, 40 * UNIT, 0, UNIT), Reason.None);
        _assertReason(_stop(99, 2 * UNIT, 40 * UNIT, 0, UNIT), Reason.RoundLimit);
    }

    function test_MovementStopsEverythingButTheRoundLimit() public view {
        _assertReason(_stop(5, 2 * UNIT, CAPACITY, UNIT / 2, 2 * UNIT), Reason.Converged);
        _assertReason(_stop(5, 2 * UNIT, CAPACITY, UNIT / 2 + 1, 2 * UNIT), Reason.None);
        _assertReason(_stop(99, 2 * UNIT, CAPACITY, UNIT / 2 + 1, 2 * UNIT), Reason.RoundLimit);
    }

    function test_DistanceKnowsNoDirection() public pure {
        assertEq(PriceUpdate.distance(3, 8), 5);
        assertEq(PriceUpdate.distance(8, 3), 5);
        assertEq(PriceUpdate.distance(8, 8), 0);
    }
}
