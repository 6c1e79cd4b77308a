// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Charges} from "./Charges.sol";
import {LockedPrice} from "./LockedPrice.sol";
import {AccountFields, AccountSlot, PostedSlot} from "./Slots.sol";

using TermsMath for Terms global;

/// @notice What is on offer, unpacked once for all the demands of a batch.
struct Terms {
    uint256 capacity;
    uint256 unitFee;
    uint256 executionFee;
    uint256 progressiveFee;
    uint256 price;
    AccountSlot stamp; // what an answer leaves in an account beside balance and demand
}

function termsOf(PostedSlot offer, uint256 capacity) pure returns (Terms memory terms) {
    terms.capacity = capacity;
    terms.unitFee = offer.unitFee();
    terms.executionFee = offer.executionFee();
    terms.progressiveFee = offer.progressiveFee();
    terms.price = offer.price();
    unchecked {
        // Rounds are below 2^16 − 1.
        terms.stamp = AccountFields.pack(0, 0, LockedPrice.packDown(terms.price), offer.epoch(), offer.round() + 1);
    }
}

library TermsMath {
    /// @notice What a demand costs: τx + ½φx² + g and μx in token base units, both rounded up.
    function quote(
        Terms memory terms,
        uint256 demand,
        uint256 divisor
    ) internal pure returns (uint256 charge, uint256 payment) {
        charge = Charges.chargeUp(terms.unitFee, terms.executionFee, terms.progressiveFee, demand, divisor);
        payment = Charges.paymentUp(terms.price, demand, divisor);
    }
}
