// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Charges} from "../../../contracts/libraries/Charges.sol";
import {Digits} from "../../../contracts/libraries/Digits.sol";
import {LockedPrice} from "../../../contracts/libraries/LockedPrice.sol";
import {PriceUpdate} from "../../../contracts/libraries/PriceUpdate.sol";
import {BracketFields, BracketSlot, RulesSlot} from "../../../contracts/libraries/Slots.sol";

/// @title The libraries on inputs drawn from a seed, one digest for many cases
/// @dev test/proofs/harness-cases.ts draws the same inputs, for the model. Numbers come from a linear congruential
/// generator, one draw a statement because Solidity may evaluate operands in any order; the digest is a polynomial in
/// an odd number, so that one result that differs changes it for certain.
contract ModelHarness {
    uint256 private constant FACTOR = 0x5851f42d4c957f2d14057b7ef767814f9fb21c641ba7f0d3b3c5a6e1d2f49b65;
    uint256 private constant UNSEEN = type(uint80).max;

    struct Case {
        RulesSlot rules;
        BracketSlot before;
        uint256 round;
        uint256 price;
        uint256 demand;
        uint256 capacity;
        uint256 movement;
        uint256 next;
    }

    struct Drawn {
        uint256 state;
        uint256 digest;
    }

    /// @return digest of all results of `count` cases
    /// @return state from which the next case would be drawn
    function run(uint256 seed, uint256 count) external view returns (uint256 digest, uint256 state) {
        Drawn memory drawn = Drawn(seed, 0);
        for (uint256 i = 0; i < count; ++i) {
            _price(drawn);
            _charges(drawn);
            _packed(drawn);
        }
        return (drawn.digest, drawn.state);
    }

    function _price(Drawn memory drawn) private pure {
        Case memory c;
        c.rules = _rules(drawn);
        c.price = _number(drawn, 80);
        if (c.price == UNSEEN) c.price = 0;
        c.capacity = _number(drawn, 88) | 1;
        c.demand = _near(drawn, c.capacity, 96);
        c.before = _bracket(drawn, c.price, c.demand);
        c.round = _number(drawn, 16) % 65_534;
        c.movement = _number(drawn, 80);
        c.next = _near(drawn, c.price, 80);

        BracketSlot seen = PriceUpdate.observe(c.before, c.price, c.demand, c.capacity);
        _fold(drawn, BracketSlot.unwrap(seen));
        (uint256 step, bool isLevel) = PriceUpdate.stepDown(c.rules, c.before, c.round, c.price, c.demand, c.capacity);
        _fold(drawn, step);
        _fold(drawn, isLevel ? 1 : 0);
        _fold(drawn, PriceUpdate.nextPrice(c.rules, c.before, seen, c.round, c.price, c.demand, c.capacity));
        _fold(
            drawn,
            uint256(PriceUpdate.stopReason(c.rules, seen, c.round, c.price, c.demand, c.capacity, c.movement, c.next))
        );
    }

    function _charges(Drawn memory drawn) private pure {
        uint256 unitFee = _number(drawn, 80);
        uint256 executionFee = _number(drawn, 80);
        uint256 progressiveFee = _number(drawn, 80);
        uint256 demand = _number(drawn, 88);
        uint256 price = _number(drawn, 80);
        uint256 divisor = 10 ** (18 + (_draw(drawn) % 19));
        _fold(drawn, Charges.chargeUp(unitFee, executionFee, progressiveFee, demand, divisor));
        _fold(drawn, Charges.paymentUp(price, demand, divisor));
    }

    function _packed(Drawn memory drawn) private view {
        uint256 packed = LockedPrice.packDown(_number(drawn, 80));
        _fold(drawn, packed);
        _fold(drawn, LockedPrice.unpack(packed));

        uint256 mantissa = _number(drawn, 27);
        uint256 value = mantissa * 10 ** (_draw(drawn) % 25);
        if (value >= 1 << 106) value = _number(drawn, 30);
        try this.packDigits(value) returns (uint256 digits) {
            _fold(drawn, digits);
            _fold(drawn, Digits.unpack(digits));
        } catch {
            _fold(drawn, type(uint256).max);
        }
    }

    function packDigits(uint256 value) external pure returns (uint256) {
        return Digits.pack(value, "value");
    }

    // ------------------------------------------------------------------------------------- inputs

    function _rules(Drawn memory drawn) private pure returns (RulesSlot) {
        uint256 word = _digits(drawn, 19);
        word |= _digits(drawn, 16) << 32;
        word |= (_digits(drawn, 16) | 1) << 64;
        word |= _digits(drawn, 16) << 96;
        word |= (_digits(drawn, 16) | 1) << 128;
        word |= (_number(drawn, 24) | 1) << 160;
        word |= ((_number(drawn, 16) % 65_534) + 1) << 208;
        word |= (_draw(drawn) % 4) << 224;
        return RulesSlot.wrap(word);
    }

    /// @dev A number as packed by Digits, with an exponent below `exponents`.
    function _digits(Drawn memory drawn, uint256 exponents) private pure returns (uint256) {
        uint256 exponent = _draw(drawn) % exponents;
        return (exponent << 27) | _number(drawn, 27);
    }

    /// @dev Sides at the price, unseen and anywhere, but in order.
    function _bracket(Drawn memory drawn, uint256 price, uint256 demand) private pure returns (BracketSlot) {
        uint256 lower = _near(drawn, price, 80);
        uint256 upper = _near(drawn, price, 80);
        uint256 unseen = _draw(drawn) % 4;
        if (unseen == 1) lower = UNSEEN;
        if (unseen == 2) upper = UNSEEN;
        if (lower != UNSEEN && upper != UNSEEN) {
            if (lower > upper) (lower, upper) = (upper, lower);
            if (lower == upper) lower = UNSEEN;
        }
        return BracketFields.pack(lower, upper, _near(drawn, demand, 96));
    }

    /// @dev One time in four the number given, else any.
    function _near(Drawn memory drawn, uint256 to, uint256 bits) private pure returns (uint256) {
        return _draw(drawn) % 4 == 0 ? to : _number(drawn, bits);
    }

    /// @dev Of every magnitude, counted from zero or from the largest there is.
    function _number(Drawn memory drawn, uint256 bits) private pure returns (uint256) {
        uint256 random = _draw(drawn);
        uint256 most = (1 << bits) - 1;
        uint256 value = ((random >> 16) & most) >> (((random >> 8) & 0xff) % (bits + 1));
        return random & 3 == 0 ? most - value : value;
    }

    /// @dev 128 bits.
    function _draw(Drawn memory drawn) private pure returns (uint256) {
        unchecked {
            drawn.state = drawn.state * FACTOR + 1;
        }
        return drawn.state >> 128;
    }

    function _fold(Drawn memory drawn, uint256 result) private pure {
        unchecked {
            drawn.digest = drawn.digest * FACTOR + result;
        }
    }
}
