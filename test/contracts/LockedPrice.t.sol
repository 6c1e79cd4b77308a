// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LockedPrice} from "../../contracts/libraries/LockedPrice.sol";
import {Test} from "forge-std/Test.sol";

contract LockedPriceTest is Test {
    function _kept(uint256 price) private pure returns (uint256) {
        return LockedPrice.unpack(LockedPrice.packDown(price));
    }

    function test_PricesOf26BitsAreKeptExactly() public pure {
        assertEq(_kept(0), 0);
        assertEq(_kept(1), 1);
        assertEq(_kept((1 << 26) - 1), (1 << 26) - 1);
        assertEq(_kept(1 << 26), 1 << 26);
    }

    function test_TheFirstBitBeyondIsDropped() public pure {
        assertEq(_kept((1 << 26) + 1), 1 << 26);
        assertEq(_kept((1 << 27) - 1), (1 << 27) - 2);
    }

    function test_TheHighestPriceFits() public pure {
        assertLt(LockedPrice.packDown(type(uint80).max), 1 << 32);
        assertEq(_kept(type(uint80).max), ((1 << 26) - 1) << 54);
    }

    function test_AtEveryPowerOfTwoAsManyBitsAreDroppedAsItHasMore() public pure {
        for (uint256 bits = 27; bits <= 80; ++bits) {
            uint256 dropped = bits - 26;
            assertEq(LockedPrice.packDown(1 << (bits - 1)), (dropped << 26) | (1 << 25));
            assertEq(LockedPrice.packDown((1 << bits) - 1), (dropped << 26) | ((1 << 26) - 1));
        }
    }

    function testFuzz_ThePriceIsNeverRoundedUpNorDownByMoreThanOnePartIn2To25(uint80 price, uint8 shift) public pure {
        uint256 given = price >> (shift % 80);
        uint256 kept = _kept(given);
        assertLe(kept, given);
        assertLe((given - kept) << 25, given);
        assertLt(LockedPrice.packDown(given), 1 << 32);
    }

    function testFuzz_OrderIsKept(uint80 a, uint80 b, uint8 shift) public pure {
        uint256 low = a >> (shift % 80);
        uint256 high = b >> (shift % 80);
        if (low > high) (low, high) = (high, low);
        assertLe(LockedPrice.packDown(low), LockedPrice.packDown(high));
        assertLe(LockedPrice.packDown(low), LockedPrice.packDown(low + 1));
        assertLe(_kept(low), _kept(high));
    }

    function testFuzz_PackingTwiceChangesNothing(uint80 price) public pure {
        assertEq(LockedPrice.packDown(_kept(price)), LockedPrice.packDown(price));
    }
}
