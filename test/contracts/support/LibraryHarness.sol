// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Parameters} from "../../../contracts/interfaces/IClearingContract.sol";
import {Digits} from "../../../contracts/libraries/Digits.sol";
import {
    PostedFields,
    PostedSlot,
    RulesFields,
    RulesSlot,
    TotalsFields,
    TotalsSlot
} from "../../../contracts/libraries/Slots.sol";

/// @title Library functions that revert or read calldata, behind a call
contract LibraryHarness {
    function packDigits(uint256 value, string calldata name) external pure returns (uint256) {
        return Digits.pack(value, name);
    }

    function packRules(Parameters calldata chosen, uint256 members) external pure returns (RulesSlot) {
        return RulesFields.pack(chosen, members);
    }

    function packPosted(
        uint256 price,
        uint256 deadline,
        uint256 epoch,
        Parameters calldata chosen
    ) external pure returns (PostedSlot) {
        return PostedFields.pack(price, deadline, epoch, chosen);
    }

    function packTotals(Parameters calldata chosen) external pure returns (TotalsSlot) {
        return TotalsFields.pack(chosen);
    }
}
