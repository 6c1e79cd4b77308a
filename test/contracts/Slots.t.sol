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
} from "../../contracts/interfaces/IClearingContract.sol";
import {
    AccountFields,
    AccountSlot,
    BracketFields,
    OutcomeFields,
    PostedSlot,
    RulesSlot,
    TotalsSlot
} from "../../contracts/libraries/Slots.sol";
import {Test} from "forge-std/Test.sol";
import {LibraryHarness} from "./support/LibraryHarness.sol";

contract SlotsTest is Test {
    LibraryHarness private _harness = new LibraryHarness();

    /// @dev A number of at most eight digits, zeros behind it.
    function _digits(uint256 value) private pure returns (uint256) {
        return ((value >> 128) % 100_000_000) * 10 ** ((value & 255) % 18);
    }

    function _chosen(uint256 seed) private pure returns (Parameters memory) {
        return
            Parameters({
                capacity: _digits(_draw(seed, 1)),
                unitFee: _digits(_draw(seed, 2)),
                executionFee: _digits(_draw(seed, 3)),
                progressiveFee: _digits(_draw(seed, 4)),
                samples: uint8(_draw(seed, 5)),
                rule: StepRule(_draw(seed, 6) % 4),
                initialStep: _digits(_draw(seed, 7)),
                stepOffset: uint24(_draw(seed, 8)),
                maxStep: _digits(_draw(seed, 9)),
                primalTolerance: _digits(_draw(seed, 10)),
                dualTolerance: _digits(_draw(seed, 11)),
                movementTolerance: _digits(_draw(seed, 12)),
                roundLength: uint24(_draw(seed, 13)),
                maxRounds: uint16(_draw(seed, 14))
            });
    }

    function _draw(uint256 seed, uint256 index) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index)));
    }

    // ---------------------------------------------------------------------------------------------- posted

    function testFuzz_AnOfferComesBack(uint256 seed, uint80 price, uint32 deadline, uint24 epoch) public view {
        Parameters memory chosen = _chosen(seed);
        Posted memory expected = Posted({
            price: price,
            capacity: chosen.capacity,
            unitFee: chosen.unitFee,
            executionFee: chosen.executionFee,
            progressiveFee: chosen.progressiveFee,
            epoch: epoch,
            round: 0,
            samples: chosen.samples
        });
        PostedSlot offer = _harness.packPosted(price, deadline, epoch, chosen);
        assertEq(abi.encode(offer.unpack(chosen.capacity)), abi.encode(expected));
        assertEq(offer.deadline(), deadline);
    }

    function testFuzz_TheNextOfferDiffersInPriceDeadlineAndRoundAlone(
        uint256 word,
        uint16 round,
        uint80 price,
        uint32 deadline
    ) public pure {
        round = uint16(bound(round, 0, type(uint16).max - 1));
        word = (word & ~(uint256(type(uint16).max) << 232)) | (uint256(round) << 232);
        PostedSlot offer = PostedSlot.wrap(word);
        uint256 next = PostedSlot.unwrap(offer.next(price, deadline));
        assertEq(uint80(next), price);
        assertEq(uint32(next >> 80), deadline);
        assertEq(uint16(next >> 232), uint256(round) + 1);
        uint256 others = ~(uint256(type(uint112).max) | (uint256(type(uint16).max) << 232));
        assertEq(next & others, word & others);
    }

    function testFuzz_AClosedOfferLosesItsSamplesAlone(uint256 word) public pure {
        PostedSlot offer = PostedSlot.wrap(word);
        assertEq(offer.open(), word >> 248 != 0);
        assertFalse(offer.closed().open());
        assertEq(PostedSlot.unwrap(offer.closed()), word & ((1 << 248) - 1));
    }

    // --------------------------------------------------------------------------------- totals and bracket

    function testFuzz_TotalsComeBack(
        uint96 demand,
        uint80 movement,
        uint24 answered,
        uint24 members,
        uint32 deadline
    ) public pure {
        TotalsSlot sums = TotalsSlot.wrap(demand | (uint256(movement) << 96) | (uint256(answered) << 176));
        Totals memory expected = Totals(demand, movement, answered, members, deadline);
        assertEq(abi.encode(sums.unpack(members, deadline)), abi.encode(expected));
    }

    function testFuzz_AnEpochBeginsWithItsCapacityAndNothingElse(uint256 seed) public view {
        Parameters memory chosen = _chosen(seed);
        TotalsSlot sums = _harness.packTotals(chosen);
        assertEq(sums.capacity(), chosen.capacity);
        assertEq(uint216(TotalsSlot.unwrap(sums)), 0);
    }

    function testFuzz_OfItsOwnRoundTheTotalsAreAsWritten(uint256 word) public pure {
        assertEq(TotalsSlot.unwrap(TotalsSlot.wrap(word).inRound(uint16(word >> 200))), word);
    }

    function testFuzz_OfAnotherRoundTheTotalsHaveNeitherMovementNorAnswers(uint256 word, uint16 round) public pure {
        vm.assume(round != uint16(word >> 200));
        TotalsSlot sums = TotalsSlot.wrap(word).inRound(round);
        assertEq(sums.demand(), uint96(word));
        assertEq(sums.movement(), 0);
        assertEq(sums.answered(), 0);
        assertEq(TotalsSlot.unwrap(sums) >> 200, (uint256(uint32(word >> 216)) << 16) | round);
    }

    function testFuzz_ABracketComesBack(uint80 lower, uint80 upper, uint96 previousDemand) public pure {
        assertEq(
            abi.encode(BracketFields.pack(lower, upper, previousDemand).unpack()),
            abi.encode(Bracket(lower, upper, previousDemand))
        );
    }

    // ----------------------------------------------------------------------------------- rules and outcome

    function testFuzz_RulesComeBack(uint256 seed, uint24 members) public view {
        Parameters memory chosen = _chosen(seed);
        Rules memory expected = Rules({
            primalTolerance: chosen.primalTolerance,
            movementTolerance: chosen.movementTolerance,
            dualTolerance: chosen.dualTolerance,
            initialStep: chosen.initialStep,
            maxStep: chosen.maxStep,
            stepOffset: chosen.stepOffset,
            roundLength: chosen.roundLength,
            maxRounds: chosen.maxRounds,
            rule: chosen.rule
        });
        assertEq(abi.encode(_harness.packRules(chosen, members).unpack()), abi.encode(expected));
    }

    function testFuzz_OneMoreMemberChangesNothingElse(uint256 word) public pure {
        RulesSlot how = RulesSlot.wrap(word & ~(uint256(1) << 232));
        assertEq(how.withOneMore().members(), how.members() + 1);
        assertEq(uint232(RulesSlot.unwrap(how.withOneMore())), uint232(word));
    }

    function testFuzz_AnOutcomeComesBackWithPriceRoundAndFeesOfTheLastOffer(
        uint256 seed,
        uint80 price,
        uint16 round,
        uint256 scale,
        uint8 reason
    ) public view {
        scale = bound(scale, 0, 1e18);
        Parameters memory chosen = _chosen(seed);
        uint256 first = PostedSlot.unwrap(_harness.packPosted(price, type(uint32).max, type(uint24).max, chosen));
        PostedSlot last = PostedSlot.wrap(first | (uint256(round) << 232));
        Outcome memory expected = Outcome({
            price: price,
            scale: scale,
            reason: Reason(reason % 4),
            round: round,
            unitFee: chosen.unitFee,
            executionFee: chosen.executionFee,
            progressiveFee: chosen.progressiveFee
        });
        assertEq(abi.encode(OutcomeFields.pack(last, scale, Reason(reason % 4)).unpack()), abi.encode(expected));
    }

    // --------------------------------------------------------------------------------------------- account

    function testFuzz_AnAccountComesBack(
        uint96 balance,
        uint88 demand,
        uint32 lockedPrice,
        uint24 epoch,
        uint16 answered
    ) public pure {
        assertEq(
            abi.encode(AccountFields.pack(balance, demand, lockedPrice, epoch, answered).unpack()),
            abi.encode(Account(balance, demand, lockedPrice, epoch, answered))
        );
    }

    function testFuzz_AnotherBalanceChangesNothingElse(uint256 word, uint96 balance) public pure {
        uint256 changed = AccountSlot.unwrap(AccountSlot.wrap(word).withBalance(balance));
        assertEq(uint96(changed), balance);
        assertEq(changed >> 96, word >> 96);
    }
}
