// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {
    IClearingContract,
    Parameters,
    Posted,
    Rules,
    StepRule,
    Totals
} from "../../contracts/interfaces/IClearingContract.sol";
import {Digits} from "../../contracts/libraries/Digits.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract OpenEpochTest is MarketTest {
    uint256 private constant MAX_FEE = type(uint80).max;
    uint256 private constant MAX_QUANTITY = type(uint88).max;
    Parameters private _chosen;

    function setUp() public override {
        super.setUp();
        _chosen = _parameters();
    }

    function _expectOutOfRange(string memory name, uint256 given, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.ParameterOutOfRange.selector, name, given, min, max));
        _openAsOwner();
    }

    function _expectTooManyDigits(string memory name, uint256 given) private {
        vm.expectRevert(abi.encodeWithSelector(Digits.TooManyDigits.selector, name, given));
        _openAsOwner();
    }

    function _openAsOwner() private {
        Parameters memory chosen = _chosen;
        vm.prank(owner);
        market.openEpoch(chosen);
    }

    // ------------------------------------------------------------------------------------------ what it opens

    function test_OpeningAnnouncesTheEpochAndPostsTheOffer() public {
        vm.warp(1000);
        vm.expectEmit(address(market));
        emit IClearingContract.EpochOpened(1, UNIT, 1060, _chosen);
        _openAsOwner();
        assertEq(
            abi.encode(market.posted()),
            abi.encode(
                Posted({
                    price: UNIT,
                    capacity: CAPACITY,
                    unitFee: UNIT / 2,
                    executionFee: UNIT,
                    progressiveFee: UNIT / 4,
                    epoch: 1,
                    round: 0,
                    samples: 1
                })
            )
        );
        assertEq(
            abi.encode(market.totals()),
            abi.encode(Totals({demand: 0, movement: 0, answered: 0, members: 0, deadline: 1060}))
        );
    }

    function test_TheRulesAreKeptAsChosen() public {
        (_chosen.rule, _chosen.samples, _chosen.stepOffset) = (StepRule.Secant, 255, type(uint24).max);
        _openAsOwner();
        Rules memory expected = Rules({
            primalTolerance: _chosen.primalTolerance,
            movementTolerance: _chosen.movementTolerance,
            dualTolerance: _chosen.dualTolerance,
            initialStep: _chosen.initialStep,
            maxStep: _chosen.maxStep,
            stepOffset: type(uint24).max,
            roundLength: 60,
            maxRounds: 6,
            rule: StepRule.Secant
        });
        assertEq(abi.encode(market.rules()), abi.encode(expected));
        assertEq(market.posted().samples, 255);
    }

    function test_TheNextEpochStartsFromTheLastPriceWithoutDemands() public {
        _fundAnnAndBob();
        _chosen.maxRounds = 2;
        _openAsOwner();
        _round(100 * UNIT);
        _round(80 * UNIT);
        vm.warp(5000);
        _chosen.capacity = 20 * UNIT;
        vm.expectEmit(address(market));
        emit IClearingContract.EpochOpened(2, 2 * UNIT, 5060, _chosen);
        _openAsOwner();
        Posted memory offer = market.posted();
        assertEq(offer.price, 2 * UNIT);
        assertEq(offer.capacity, 20 * UNIT);
        assertEq(offer.epoch, 2);
        assertEq(offer.round, 0);
        assertEq(
            abi.encode(market.totals()),
            abi.encode(Totals({demand: 0, movement: 0, answered: 0, members: 2, deadline: 5060}))
        );
    }

    function test_ANewOwnerOpensTheNextEpoch() public {
        vm.prank(owner);
        market.transferOwnership(ann);
        vm.prank(ann);
        market.acceptOwnership();
        vm.prank(ann);
        market.openEpoch(_chosen);
        assertEq(market.posted().epoch, 1);
    }

    // -------------------------------------------------------------------------------------------- refusals

    function test_RevertWhen_SomebodyElseThanTheOwnerOpens() public {
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        market.openEpoch(_chosen);
    }

    function test_RevertWhen_AnEpochIsOpen() public {
        _openAsOwner();
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.EpochStillOpen.selector, 1));
        _openAsOwner();
    }

    function test_RevertWhen_ThereWereTooManyEpochs() public {
        // The epoch lies in bits 208 to 231 of the first slot after the owner's two.
        vm.store(address(market), bytes32(uint256(4)), bytes32(uint256(type(uint24).max) << 208));
        _expectOutOfRange("epoch", 1 << 24, 1, type(uint24).max);
    }

    // ---------------------------------------------------------------------------------------------- ranges

    function test_EveryParameterMayBeTheLowest() public {
        _chosen = Parameters(1, 0, 0, 0, 1, StepRule.Constant, 0, 1, 1, 0, 1, 0, 10, 1);
        _openAsOwner();
        assertEq(market.posted().capacity, 1);
        assertEq(market.rules().maxRounds, 1);
    }

    function test_EveryParameterMayBeTheHighestOfEightDigits() public {
        uint256 quantity = 309_485_000e18;
        uint256 fee = 1_208_925e18;
        _chosen = Parameters({
            capacity: quantity,
            unitFee: 10 * UNIT,
            executionFee: 20 * UNIT,
            progressiveFee: 30 * UNIT,
            samples: 255,
            rule: StepRule.Secant,
            initialStep: fee,
            stepOffset: type(uint24).max,
            maxStep: fee,
            primalTolerance: quantity,
            dualTolerance: fee,
            movementTolerance: fee,
            roundLength: 1 days,
            maxRounds: 1000
        });
        _openAsOwner();
        Posted memory offer = market.posted();
        Rules memory how = market.rules();
        assertEq(offer.capacity, quantity);
        assertEq(offer.unitFee, 10 * UNIT);
        assertEq(offer.executionFee, 20 * UNIT);
        assertEq(offer.progressiveFee, 30 * UNIT);
        assertEq(how.primalTolerance, quantity);
        assertEq(how.movementTolerance, fee);
        assertEq(how.dualTolerance, fee);
        assertEq(how.initialStep, fee);
        assertEq(how.maxStep, fee);
        assertEq(how.roundLength, 1 days);
        assertEq(how.maxRounds, 1000);
    }

    function test_RevertWhen_TheCapacityIsOutOfRange() public {
        _chosen.capacity = 0;
        _expectOutOfRange("capacity", 0, 1, MAX_QUANTITY);
        _chosen.capacity = MAX_QUANTITY + 1;
        _expectOutOfRange("capacity", MAX_QUANTITY + 1, 1, MAX_QUANTITY);
    }

    function test_RevertWhen_TheUnitFeeIsAboveItsLimit() public {
        _chosen.unitFee = 10 * UNIT + 1;
        _expectOutOfRange("unitFee", 10 * UNIT + 1, 0, 10 * UNIT);
    }

    function test_RevertWhen_TheExecutionFeeIsAboveItsLimit() public {
        _chosen.executionFee = 20 * UNIT + 1;
        _expectOutOfRange("executionFee", 20 * UNIT + 1, 0, 20 * UNIT);
    }

    function test_RevertWhen_TheProgressiveFeeIsAboveItsLimit() public {
        _chosen.progressiveFee = 30 * UNIT + 1;
        _expectOutOfRange("progressiveFee", 30 * UNIT + 1, 0, 30 * UNIT);
    }

    function test_RevertWhen_TheSampleCountIsOutOfRange() public {
        _chosen.samples = 0;
        _expectOutOfRange("samples", 0, 1, 255);
        _chosen.samples = 256;
        _expectOutOfRange("samples", 256, 1, 255);
    }

    function test_RevertWhen_TheInitialStepIsOutOfRange() public {
        _chosen.initialStep = MAX_FEE + 1;
        _expectOutOfRange("initialStep", MAX_FEE + 1, 0, MAX_FEE);
    }

    function test_RevertWhen_TheStepOffsetIsOutOfRange() public {
        _chosen.stepOffset = 0;
        _expectOutOfRange("stepOffset", 0, 1, type(uint24).max);
        _chosen.stepOffset = 1 << 24;
        _expectOutOfRange("stepOffset", 1 << 24, 1, type(uint24).max);
    }

    function test_RevertWhen_TheLongestStepIsOutOfRange() public {
        _chosen.maxStep = 0;
        _expectOutOfRange("maxStep", 0, 1, MAX_FEE);
        _chosen.maxStep = MAX_FEE + 1;
        _expectOutOfRange("maxStep", MAX_FEE + 1, 1, MAX_FEE);
    }

    function test_RevertWhen_ThePrimalToleranceIsOutOfRange() public {
        _chosen.primalTolerance = MAX_QUANTITY + 1;
        _expectOutOfRange("primalTolerance", MAX_QUANTITY + 1, 0, MAX_QUANTITY);
    }

    function test_RevertWhen_TheDualToleranceIsOutOfRange() public {
        _chosen.dualTolerance = 0;
        _expectOutOfRange("dualTolerance", 0, 1, MAX_FEE);
        _chosen.dualTolerance = MAX_FEE + 1;
        _expectOutOfRange("dualTolerance", MAX_FEE + 1, 1, MAX_FEE);
    }

    function test_RevertWhen_TheMovementToleranceIsOutOfRange() public {
        _chosen.movementTolerance = type(uint80).max;
        _expectOutOfRange("movementTolerance", type(uint80).max, 0, uint256(type(uint80).max) - 1);
    }

    function test_RevertWhen_TheRoundLengthIsOutOfRange() public {
        _chosen.roundLength = 9;
        _expectOutOfRange("roundLength", 9, 10, 1 days);
        _chosen.roundLength = 1 days + 1;
        _expectOutOfRange("roundLength", 1 days + 1, 10, 1 days);
    }

    function test_RevertWhen_TheRoundsAreOutOfRange() public {
        _chosen.maxRounds = 0;
        _expectOutOfRange("maxRounds", 0, 1, 1000);
        _chosen.maxRounds = 1001;
        _expectOutOfRange("maxRounds", 1001, 1, 1000);
    }

    function test_RevertWhen_ANumberHasTooManyDigits() public {
        uint256 long = 1_123_456_789;
        _chosen.capacity = long;
        _expectTooManyDigits("capacity", long);
        (_chosen.capacity, _chosen.unitFee) = (CAPACITY, long);
        _expectTooManyDigits("unitFee", long);
        (_chosen.unitFee, _chosen.executionFee) = (0, long);
        _expectTooManyDigits("executionFee", long);
        (_chosen.executionFee, _chosen.progressiveFee) = (0, long);
        _expectTooManyDigits("progressiveFee", long);
        (_chosen.progressiveFee, _chosen.primalTolerance) = (0, long);
        _expectTooManyDigits("primalTolerance", long);
        (_chosen.primalTolerance, _chosen.movementTolerance) = (0, long);
        _expectTooManyDigits("movementTolerance", long);
        (_chosen.movementTolerance, _chosen.dualTolerance) = (0, long);
        _expectTooManyDigits("dualTolerance", long);
        (_chosen.dualTolerance, _chosen.initialStep) = (1, long);
        _expectTooManyDigits("initialStep", long);
        (_chosen.initialStep, _chosen.maxStep) = (1, long);
        _expectTooManyDigits("maxStep", long);
        _chosen.maxStep = 1;
        _openAsOwner();
        assertEq(market.posted().epoch, 1);
    }
}
