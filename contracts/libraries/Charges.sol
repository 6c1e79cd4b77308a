// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a demand costs, in token base units
/// @dev Products of two UD60x18 numbers have 36 decimals; `divisor` = 10^(36 − token decimals) brings them to base
/// units. With demands below 2^88 and fees and prices below 2^80 nothing here reaches 2^199, hence `unchecked`.
library Charges {
    uint256 private constant UNIT = 1e18;

    /// @notice τx + ½φx² + g·1{x>0}, rounded up.
    function chargeUp(
        uint256 unitFee,
        uint256 executionFee,
        uint256 progressiveFee,
        uint256 demand,
        uint256 divisor
    ) internal pure returns (uint256) {
        if (demand == 0) return 0;
        unchecked {
            uint256 total = unitFee * demand + executionFee * UNIT;
            if (progressiveFee != 0) total += divUp(progressiveFee * divUp(demand * demand, UNIT), 2);
            return divUp(total, divisor);
        }
    }

    /// @notice μx, rounded up.
    function paymentUp(uint256 price, uint256 quantity, uint256 divisor) internal pure returns (uint256) {
        unchecked {
            return divUp(price * quantity, divisor);
        }
    }

    function divUp(uint256 numerator, uint256 denominator) internal pure returns (uint256) {
        unchecked {
            return (numerator + denominator - 1) / denominator;
        }
    }
}
