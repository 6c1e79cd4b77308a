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
    uint256 round;
    AccountSlot stamp; // what an answer leaves in an account beside balance and demand
}

function termsOf(PostedSlot offer) pure returns (Terms memory) {
    (uint256 price, uint256 round) = (offer.price(), offer.round());
    return
        Terms({
            capacity: offer.capacity(),
            unitFee: offer.unitFee(),
            executionFee: offer.executionFee(),
            progressiveFee: offer.progressiveFee(),
            price: price,
            round: round,
            stamp: AccountFields.pack(0, 0, LockedPrice.packDown(price), offer.epoch(), round + 1)
        });
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
