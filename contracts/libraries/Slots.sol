// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {
    Account,
    Bracket,
    Outcome,
    Parameters,
    Posted,
    Reason,
    Rules,
    StepRule,
    Totals
} from "../interfaces/IClearingContract.sol";
import {Digits} from "./Digits.sol";

// Storage words, lowest field first in the lowest bits; what the fields mean is told where the structs of the same name
// are declared. Left to the compiler, a struct is read and written field by field, with an access to the slot for each.
// Fields marked * hold a number packed by Digits.

type PostedSlot is uint256;
type TotalsSlot is uint256;
type BracketSlot is uint256;
type RulesSlot is uint256;
type OutcomeSlot is uint256;
type AccountSlot is uint256;

using PostedFields for PostedSlot global;
using TotalsFields for TotalsSlot global;
using BracketFields for BracketSlot global;
using RulesFields for RulesSlot global;
using OutcomeFields for OutcomeSlot global;
using AccountFields for AccountSlot global;

// Who writes a field decides which word it lives in. A submission reads what is posted and writes the totals; closing a
// round writes the price, the deadline and the bracket, and leaves the totals alone: they carry the round that their
// movement and answers belong to.

/// @dev price 80 | deadline 32 | unitFee* 32 | executionFee* 32 | progressiveFee* 32 | epoch 24 | round 16 | samples 8.
/// An epoch is open while samples is not zero.
library PostedFields {
    uint256 private constant PRICE_DEADLINE_ROUND = type(uint112).max | (uint256(type(uint16).max) << 232);

    function price(PostedSlot slot) internal pure returns (uint256) {
        return uint80(PostedSlot.unwrap(slot));
    }

    function deadline(PostedSlot slot) internal pure returns (uint256) {
        return uint32(PostedSlot.unwrap(slot) >> 80);
    }

    function unitFee(PostedSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(PostedSlot.unwrap(slot) >> 112));
    }

    function executionFee(PostedSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(PostedSlot.unwrap(slot) >> 144));
    }

    function progressiveFee(PostedSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(PostedSlot.unwrap(slot) >> 176));
    }

    /// @dev The three fees as they lie in the word, 96 bits.
    function fees(PostedSlot slot) internal pure returns (uint256) {
        return uint96(PostedSlot.unwrap(slot) >> 112);
    }

    function epoch(PostedSlot slot) internal pure returns (uint256) {
        return uint24(PostedSlot.unwrap(slot) >> 208);
    }

    function round(PostedSlot slot) internal pure returns (uint256) {
        return uint16(PostedSlot.unwrap(slot) >> 232);
    }

    function samples(PostedSlot slot) internal pure returns (uint256) {
        return PostedSlot.unwrap(slot) >> 248;
    }

    function open(PostedSlot slot) internal pure returns (bool) {
        return samples(slot) != 0;
    }

    /// @dev The offer of the next round of the same epoch.
    function next(PostedSlot slot, uint256 price_, uint256 deadline_) internal pure returns (PostedSlot) {
        uint256 kept = PostedSlot.unwrap(slot) & ~PRICE_DEADLINE_ROUND;
        return PostedSlot.wrap(kept | price_ | (deadline_ << 80) | ((round(slot) + 1) << 232));
    }

    /// @dev The same offer, no longer open.
    function closed(PostedSlot slot) internal pure returns (PostedSlot) {
        return PostedSlot.wrap(uint248(PostedSlot.unwrap(slot)));
    }

    /// @dev The offer of the first round of an epoch.
    function pack(
        uint256 price_,
        uint256 deadline_,
        uint256 epoch_,
        Parameters calldata chosen
    ) internal pure returns (PostedSlot) {
        return
            PostedSlot.wrap(
                price_ |
                    (deadline_ << 80) |
                    (Digits.pack(chosen.unitFee, "unitFee") << 112) |
                    (Digits.pack(chosen.executionFee, "executionFee") << 144) |
                    (Digits.pack(chosen.progressiveFee, "progressiveFee") << 176) |
                    (epoch_ << 208) |
                    (chosen.samples << 248)
            );
    }

    function unpack(PostedSlot slot, uint256 capacity) internal pure returns (Posted memory) {
        return
            Posted({
                price: price(slot),
                capacity: capacity,
                unitFee: unitFee(slot),
                executionFee: executionFee(slot),
                progressiveFee: progressiveFee(slot),
                epoch: epoch(slot),
                round: round(slot),
                samples: samples(slot)
            });
    }
}

/// @dev demand 96 | movement 80 | answered 24 | round 16 | capacity* 32. Movement and answered are those of `round`.
library TotalsFields {
    /// @dev All but movement, answered and round.
    uint256 private constant OTHERS = type(uint96).max | (uint256(type(uint32).max) << 216);

    function demand(TotalsSlot slot) internal pure returns (uint256) {
        return uint96(TotalsSlot.unwrap(slot));
    }

    function movement(TotalsSlot slot) internal pure returns (uint256) {
        return uint80(TotalsSlot.unwrap(slot) >> 96);
    }

    function answered(TotalsSlot slot) internal pure returns (uint256) {
        return uint24(TotalsSlot.unwrap(slot) >> 176);
    }

    function capacity(TotalsSlot slot) internal pure returns (uint256) {
        return Digits.unpack(TotalsSlot.unwrap(slot) >> 216);
    }

    /// @dev The totals as this round has them: of a later one than they were written in, nobody has moved or answered.
    function inRound(TotalsSlot slot, uint256 round) internal pure returns (TotalsSlot) {
        uint256 word = TotalsSlot.unwrap(slot);
        if (uint16(word >> 200) == round) return slot;
        return TotalsSlot.wrap((word & OTHERS) | (round << 200));
    }

    /// @dev Other sums, and so many more answers: fewer than there are members.
    function with(
        TotalsSlot slot,
        uint256 demand_,
        uint256 movement_,
        uint256 answers
    ) internal pure returns (TotalsSlot) {
        unchecked {
            uint256 others = ((TotalsSlot.unwrap(slot) >> 176) + answers) << 176;
            return TotalsSlot.wrap(others | demand_ | (movement_ << 96));
        }
    }

    /// @dev Those of an epoch's first round.
    function pack(Parameters calldata chosen) internal pure returns (TotalsSlot) {
        return TotalsSlot.wrap(Digits.pack(chosen.capacity, "capacity") << 216);
    }

    function unpack(TotalsSlot slot, uint256 members, uint256 deadline) internal pure returns (Totals memory) {
        return
            Totals({
                demand: demand(slot),
                movement: movement(slot),
                answered: answered(slot),
                members: members,
                deadline: deadline
            });
    }
}

/// @dev lower 80 | upper 80 | previousDemand 96
library BracketFields {
    function lower(BracketSlot slot) internal pure returns (uint256) {
        return uint80(BracketSlot.unwrap(slot));
    }

    function upper(BracketSlot slot) internal pure returns (uint256) {
        return uint80(BracketSlot.unwrap(slot) >> 80);
    }

    function previousDemand(BracketSlot slot) internal pure returns (uint256) {
        return BracketSlot.unwrap(slot) >> 160;
    }

    function pack(uint256 lower_, uint256 upper_, uint256 previousDemand_) internal pure returns (BracketSlot) {
        return BracketSlot.wrap(lower_ | (upper_ << 80) | (previousDemand_ << 160));
    }

    function unpack(BracketSlot slot) internal pure returns (Bracket memory) {
        return Bracket({lower: lower(slot), upper: upper(slot), previousDemand: previousDemand(slot)});
    }
}

/// @dev primalTolerance* 32 | movementTolerance* 32 | dualTolerance* 32 | initialStep* 32 | maxStep* 32 |
/// stepOffset 24 | roundLength 24 | maxRounds 16 | rule 8 | members 24. Who joins writes here: seldom.
library RulesFields {
    function primalTolerance(RulesSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(RulesSlot.unwrap(slot)));
    }

    function movementTolerance(RulesSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(RulesSlot.unwrap(slot) >> 32));
    }

    function dualTolerance(RulesSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(RulesSlot.unwrap(slot) >> 64));
    }

    function initialStep(RulesSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(RulesSlot.unwrap(slot) >> 96));
    }

    function maxStep(RulesSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(RulesSlot.unwrap(slot) >> 128));
    }

    function stepOffset(RulesSlot slot) internal pure returns (uint256) {
        return uint24(RulesSlot.unwrap(slot) >> 160);
    }

    function roundLength(RulesSlot slot) internal pure returns (uint256) {
        return uint24(RulesSlot.unwrap(slot) >> 184);
    }

    function maxRounds(RulesSlot slot) internal pure returns (uint256) {
        return uint16(RulesSlot.unwrap(slot) >> 208);
    }

    function rule(RulesSlot slot) internal pure returns (StepRule) {
        return StepRule(uint8(RulesSlot.unwrap(slot) >> 224));
    }

    function members(RulesSlot slot) internal pure returns (uint256) {
        return RulesSlot.unwrap(slot) >> 232;
    }

    /// @dev The same rules with one more member: fewer than 2^24.
    function withOneMore(RulesSlot slot) internal pure returns (RulesSlot) {
        unchecked {
            return RulesSlot.wrap(RulesSlot.unwrap(slot) + (1 << 232));
        }
    }

    function pack(Parameters calldata chosen, uint256 members_) internal pure returns (RulesSlot) {
        return
            RulesSlot.wrap(
                Digits.pack(chosen.primalTolerance, "primalTolerance") |
                    (Digits.pack(chosen.movementTolerance, "movementTolerance") << 32) |
                    (Digits.pack(chosen.dualTolerance, "dualTolerance") << 64) |
                    (Digits.pack(chosen.initialStep, "initialStep") << 96) |
                    (Digits.pack(chosen.maxStep, "maxStep") << 128) |
                    (chosen.stepOffset << 160) |
                    (chosen.roundLength << 184) |
                    (chosen.maxRounds << 208) |
                    (uint256(chosen.rule) << 224) |
                    (members_ << 232)
            );
    }

    function unpack(RulesSlot slot) internal pure returns (Rules memory) {
        return
            Rules({
                primalTolerance: primalTolerance(slot),
                movementTolerance: movementTolerance(slot),
                dualTolerance: dualTolerance(slot),
                initialStep: initialStep(slot),
                maxStep: maxStep(slot),
                stepOffset: stepOffset(slot),
                roundLength: roundLength(slot),
                maxRounds: maxRounds(slot),
                rule: rule(slot)
            });
    }
}

/// @dev price 80 | scale 60 | reason 4 | round 16 | unitFee* 32 | executionFee* 32 | progressiveFee* 32
library OutcomeFields {
    function price(OutcomeSlot slot) internal pure returns (uint256) {
        return uint80(OutcomeSlot.unwrap(slot));
    }

    function scale(OutcomeSlot slot) internal pure returns (uint256) {
        return (OutcomeSlot.unwrap(slot) >> 80) & ((1 << 60) - 1);
    }

    function reason(OutcomeSlot slot) internal pure returns (Reason) {
        return Reason((OutcomeSlot.unwrap(slot) >> 140) & 15);
    }

    function round(OutcomeSlot slot) internal pure returns (uint256) {
        return uint16(OutcomeSlot.unwrap(slot) >> 144);
    }

    function unitFee(OutcomeSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(OutcomeSlot.unwrap(slot) >> 160));
    }

    function executionFee(OutcomeSlot slot) internal pure returns (uint256) {
        return Digits.unpack(uint32(OutcomeSlot.unwrap(slot) >> 192));
    }

    function progressiveFee(OutcomeSlot slot) internal pure returns (uint256) {
        return Digits.unpack(OutcomeSlot.unwrap(slot) >> 224);
    }

    /// @param last the offer of the epoch's last round
    function pack(PostedSlot last, uint256 scale_, Reason reason_) internal pure returns (OutcomeSlot) {
        return
            OutcomeSlot.wrap(
                last.price() | (scale_ << 80) | (uint256(reason_) << 140) | (last.round() << 144) | (last.fees() << 160)
            );
    }

    function unpack(OutcomeSlot slot) internal pure returns (Outcome memory) {
        return
            Outcome({
                price: price(slot),
                scale: scale(slot),
                reason: reason(slot),
                round: round(slot),
                unitFee: unitFee(slot),
                executionFee: executionFee(slot),
                progressiveFee: progressiveFee(slot)
            });
    }
}

/// @dev balance 96 | demand 88 | lockedPrice 32 | epoch 24 | answered 16
library AccountFields {
    function balance(AccountSlot slot) internal pure returns (uint256) {
        return uint96(AccountSlot.unwrap(slot));
    }

    function demand(AccountSlot slot) internal pure returns (uint256) {
        return uint88(AccountSlot.unwrap(slot) >> 96);
    }

    /// @dev As packed by LockedPrice.
    function lockedPrice(AccountSlot slot) internal pure returns (uint256) {
        return uint32(AccountSlot.unwrap(slot) >> 184);
    }

    function epoch(AccountSlot slot) internal pure returns (uint256) {
        return uint24(AccountSlot.unwrap(slot) >> 216);
    }

    function answered(AccountSlot slot) internal pure returns (uint256) {
        return AccountSlot.unwrap(slot) >> 240;
    }

    /// @dev The same account with another balance.
    function withBalance(AccountSlot slot, uint256 balance_) internal pure returns (AccountSlot) {
        return AccountSlot.wrap(((AccountSlot.unwrap(slot) >> 96) << 96) | balance_);
    }

    /// @dev An account without balance and demand, given both.
    function with(AccountSlot slot, uint256 balance_, uint256 demand_) internal pure returns (AccountSlot) {
        return AccountSlot.wrap(AccountSlot.unwrap(slot) | balance_ | (demand_ << 96));
    }

    function pack(
        uint256 balance_,
        uint256 demand_,
        uint256 lockedPrice_,
        uint256 epoch_,
        uint256 answered_
    ) internal pure returns (AccountSlot) {
        return
            AccountSlot.wrap(balance_ | (demand_ << 96) | (lockedPrice_ << 184) | (epoch_ << 216) | (answered_ << 240));
    }

    function unpack(AccountSlot slot) internal pure returns (Account memory) {
        return
            Account({
                balance: balance(slot),
                demand: demand(slot),
                lockedPrice: lockedPrice(slot),
                epoch: epoch(slot),
                answered: answered(slot)
            });
    }
}
