// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Digits} from "../../contracts/libraries/Digits.sol";
import {Test} from "forge-std/Test.sol";
import {LibraryHarness} from "./support/LibraryHarness.sol";

contract DigitsTest is Test {
    uint256 private constant MAX_MANTISSA = (1 << 27) - 1;
    LibraryHarness private _harness = new LibraryHarness();

    function test_ZeroIsZero() public pure {
        assertEq(Digits.pack(0, "zero"), 0);
        assertEq(Digits.unpack(0), 0);
    }

    function test_SmallNumbersStandForThemselves() public pure {
        assertEq(Digits.pack(MAX_MANTISSA, "value"), MAX_MANTISSA);
        assertEq(Digits.unpack(MAX_MANTISSA), MAX_MANTISSA);
    }

    function test_EightDigitsAlwaysFit() public pure {
        assertEq(Digits.unpack(Digits.pack(99_999_999e18, "value")), 99_999_999e18);
        assertEq(Digits.pack(99_999_999e18, "value"), (uint256(18) << 27) | 99_999_999);
    }

    function test_NoMoreZerosAreTakenThanNeeded() public pure {
        assertEq(Digits.pack(134_217_720, "value"), 134_217_720);
        assertEq(Digits.pack(134_217_730, "value"), (uint256(1) << 27) | 13_421_773);
    }

    function test_RevertWhen_TheLastDigitWouldBeLost() public {
        vm.expectRevert(abi.encodeWithSelector(Digits.TooManyDigits.selector, "value", MAX_MANTISSA + 1));
        _harness.packDigits(MAX_MANTISSA + 1, "value");
    }

    function test_RevertWhen_ADigitWouldBeLostUnderZeros() public {
        vm.expectRevert(abi.encodeWithSelector(Digits.TooManyDigits.selector, "fee", 1_342_177_281e9));
        _harness.packDigits(1_342_177_281e9, "fee");
    }

    function testFuzz_WhatFitsComesBack(uint256 mantissa, uint256 exponent) public pure {
        mantissa = bound(mantissa, 0, MAX_MANTISSA);
        exponent = bound(exponent, 0, 23);
        uint256 value = mantissa * 10 ** exponent;
        uint256 packed = Digits.pack(value, "value");
        assertLt(packed, 1 << 32);
        assertEq(Digits.unpack(packed), value);
    }

    /// @dev Either it comes back as it was or it was refused: nothing is rounded.
    function testFuzz_NothingIsRounded(uint256 value) public {
        value = bound(value, 0, (1 << 106) - 1);
        uint256 mantissa = value;
        while (mantissa > MAX_MANTISSA && mantissa % 10 == 0) mantissa /= 10;
        if (mantissa > MAX_MANTISSA) {
            vm.expectRevert(abi.encodeWithSelector(Digits.TooManyDigits.selector, "value", value));
            _harness.packDigits(value, "value");
        } else {
            assertEq(Digits.unpack(_harness.packDigits(value, "value")), value);
        }
    }
}
