// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a demand costs, in token base units
/// @dev Products of two UD60x18 numbers have 36 decimals; `divisor` = 10^(36 − token decimals) brings them to base
/// units. φx² has 54: 2·UNIT brings half of it to 36, rounded up, and rounding up once more gives what rounding up once
/// would. Demands are below 2^88, fees and prices below 2^80: φx², the largest number here, stays below 2^256 by 2^176,
/// hence `unchecked`; charges and payments stay below 2^179.
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
            uint256 progressive = divUp(progressiveFee * demand * demand, 2 * UNIT);
            return divUp(unitFee * demand + executionFee * UNIT + progressive, divisor);
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
