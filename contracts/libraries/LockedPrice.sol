// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title The price a demand answered, in 32 bits
/// @notice 26 bits of mantissa and 6 of exponent, rounded down: at most 1 part in 2^25 below the price, never above.
/// @dev It lets an account live in one slot, which saves 5,000 gas a submission and the 22,100 that storing the price
/// of every round would add to closing one. Only demands that stand from an earlier round are valued with it; rounding
/// down is in their favour, since it bounds what they pay.
library LockedPrice {
    uint256 private constant MANTISSA_BITS = 26;
    uint256 private constant MANTISSA_MASK = (1 << MANTISSA_BITS) - 1;

    /// @notice Round down and pack. Order is kept: a ≤ b implies packDown(a) ≤ packDown(b).
    /// @param price UD60x18, below 2^80
    /// @return packed below 2^32
    function packDown(uint256 price) internal pure returns (uint256 packed) {
        if (price <= MANTISSA_MASK) return price;
        unchecked {
            uint256 exponent = msb(price) - (MANTISSA_BITS - 1);
            return (exponent << MANTISSA_BITS) | (price >> exponent);
        }
    }

    /// @dev The highest bit that is set, of a price that is longer than the mantissa: a search in its 64 highest bits
    /// takes less gas than one in all 256.
    function msb(uint256 price) private pure returns (uint256 index) {
        uint256 high = price >> 16;
        index = SafeCast.toUint(high > 0xffffffff) << 5;
        index |= SafeCast.toUint((high >> index) > 0xffff) << 4;
        index |= SafeCast.toUint((high >> index) > 0xff) << 3;
        index |= SafeCast.toUint((high >> index) > 0xf) << 2;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // The highest bit of a number below 16, looked up; and the 16 bits left out above.
            index := add(
                16,
                or(index, byte(shr(index, high), 0x0000010102020202030303030303030300000000000000000000000000000000))
            )
        }
    }

    function unpack(uint256 packed) internal pure returns (uint256) {
        return (packed & MANTISSA_MASK) << (packed >> MANTISSA_BITS);
    }
}
