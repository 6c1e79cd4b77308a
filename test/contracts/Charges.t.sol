// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Charges} from "../../contracts/libraries/Charges.sol";
import {Test} from "forge-std/Test.sol";

contract ChargesTest is Test {
    uint256 private constant UNIT = 1e18;
    uint256 private constant MAX_FEE = type(uint80).max;
    uint256 private constant MAX_QUANTITY = type(uint88).max;

    struct Fees {
        uint256 unitFee;
        uint256 executionFee;
        uint256 progressiveFee;
        uint256 divisor;
    }

    function _charge(Fees memory fees, uint256 demand) private pure returns (uint256) {
        return Charges.chargeUp(fees.unitFee, fees.executionFee, fees.progressiveFee, demand, fees.divisor);
    }

    /// @dev Fees of every magnitude, and any number of decimals.
    function _bounded(Fees memory fees) private pure returns (Fees memory) {
        return
            Fees({
                unitFee: _spread(fees.unitFee, 80),
                executionFee: _spread(fees.executionFee, 80),
                progressiveFee: _spread(fees.progressiveFee, 80),
                divisor: 10 ** bound(fees.divisor, 18, 36)
            });
    }

    function _spread(uint256 value, uint256 bits) private pure returns (uint256) {
        return (value >> (256 - bits)) >> ((value & 255) % bits);
    }

    function test_NothingCostsNothing() public pure {
        assertEq(Charges.chargeUp(UNIT, UNIT, UNIT, 0, UNIT), 0);
        assertEq(Charges.paymentUp(UNIT, 0, UNIT), 0);
        assertEq(Charges.paymentUp(0, UNIT, UNIT), 0);
    }

    function test_EachFeeIsChargedAlone() public pure {
        assertEq(Charges.chargeUp(UNIT / 2, 0, 0, 10 * UNIT, UNIT), 5 * UNIT);
        assertEq(Charges.chargeUp(0, 3 * UNIT, 0, 10 * UNIT, UNIT), 3 * UNIT);
        assertEq(Charges.chargeUp(0, 0, UNIT / 4, 10 * UNIT, UNIT), 12.5e18);
    }

    function test_FeesAddUp() public pure {
        assertEq(Charges.chargeUp(UNIT / 2, 3 * UNIT, UNIT / 4, 10 * UNIT, UNIT), 20.5e18);
    }

    function test_ASliverCostsOneBaseUnitOfEveryFee() public pure {
        assertEq(Charges.chargeUp(1, 0, 0, 1, UNIT), 1);
        assertEq(Charges.chargeUp(0, 1, 0, 1, 1e30), 1);
        assertEq(Charges.chargeUp(0, 0, 1, 1, 1e30), 1);
        assertEq(Charges.paymentUp(1, 1, 1e36), 1);
    }

    function test_TheLargestNumbersDoNotOverflow() public pure {
        uint256 charge = Charges.chargeUp(MAX_FEE, MAX_FEE, MAX_FEE, MAX_QUANTITY, UNIT);
        uint256 progressive = Math.mulDiv(MAX_FEE * MAX_QUANTITY, MAX_QUANTITY, 2 * UNIT, Math.Rounding.Ceil);
        assertEq(charge, Math.ceilDiv(MAX_FEE * MAX_QUANTITY + MAX_FEE * UNIT + progressive, UNIT));
        assertEq(
            Charges.paymentUp(MAX_FEE, MAX_QUANTITY, UNIT),
            Math.mulDiv(MAX_FEE, MAX_QUANTITY, UNIT, Math.Rounding.Ceil)
        );
    }

    function testFuzz_DivisionRoundsUp(uint128 numerator, uint128 denominator) public pure {
        vm.assume(denominator != 0);
        assertEq(Charges.divUp(numerator, denominator), Math.ceilDiv(numerator, denominator));
    }

    function testFuzz_PaymentsRoundUpExactly(uint80 price, uint88 quantity, uint256 decimals) public pure {
        uint256 divisor = 10 ** bound(decimals, 18, 36);
        assertEq(
            Charges.paymentUp(price, quantity, divisor),
            Math.mulDiv(price, quantity, divisor, Math.Rounding.Ceil)
        );
    }

    /// @dev The least whole number of base units not below τx + ½φx² + g: rounding in two steps adds nothing.
    function testFuzz_ChargesRoundUpExactly(Fees memory given, uint88 demand) public pure {
        vm.assume(demand != 0);
        Fees memory fees = _bounded(given);
        uint256 charge = _charge(fees, demand);
        uint256 flat = fees.unitFee * demand + fees.executionFee * UNIT;
        uint256 exact = flat + Math.ceilDiv(fees.progressiveFee * demand * demand, 2 * UNIT);
        assertGe(charge * fees.divisor, exact, "below the exact charge");
        assertLt(charge * fees.divisor, exact + fees.divisor, "a base unit too much");
    }

    function testFuzz_MoreNeverCostsLess(Fees memory given, uint88 a, uint88 b) public pure {
        Fees memory fees = _bounded(given);
        (uint256 less, uint256 more) = a < b ? (a, b) : (b, a);
        assertLe(_charge(fees, less), _charge(fees, more));
        assertLe(
            Charges.paymentUp(fees.unitFee, less, fees.divisor),
            Charges.paymentUp(fees.unitFee, more, fees.divisor)
        );
    }
}
