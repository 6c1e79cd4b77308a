// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {Account, IClearingContract, Parameters, Policy, Totals} from "../../contracts/interfaces/IClearingContract.sol";
import {LockedPrice} from "../../contracts/libraries/LockedPrice.sol";
import {DemandSigning} from "./support/DemandSigning.sol";
import {
    AnsweringWallet,
    BurningWallet,
    OwnedWallet,
    ReenteringWallet,
    RevertingWallet,
    WatchingWallet,
    WordyWallet
} from "./support/Wallets.sol";

contract SubmitSignedTest is DemandSigning {
    /// @dev Ten units at price 1: payment 10, charge 5 + 1 + 12.5.
    uint256 private constant CHARGE = 18.5e18;
    uint256 private constant PAYMENT = 10e18;
    uint256 private constant ANNS_KEY = 0xa11ce;
    uint256 private constant BOBS_KEY = 0xb0b;

    function setUp() public override {
        super.setUp();
        (ann, bob) = (vm.addr(ANNS_KEY), vm.addr(BOBS_KEY));
    }

    function _anns(uint256 demand) private view returns (bytes memory) {
        return _anns(0, demand);
    }

    function _anns(uint256 round, uint256 demand) private view returns (bytes memory) {
        return _entry(ann, demand, _signed(ANNS_KEY, _digest(ann, 1, round, demand)));
    }

    function _bobs(uint256 demand) private view returns (bytes memory) {
        return _entry(bob, demand, _signed(BOBS_KEY, _digest(bob, 1, 0, demand)));
    }

    function _handIn(bytes memory batch) private {
        vm.prank(stranger);
        market.submitSigned(1, 0, batch);
    }

    function _expectSkipped(address agent, bytes memory reason) private {
        vm.expectEmit(address(market));
        emit IClearingContract.DemandSkipped(agent, 0, reason);
    }

    function _expectCounted(address agent, uint256 demand) private {
        uint256[] memory words = new uint256[](1);
        words[0] = _word(agent, demand);
        _expectCounted(words);
    }

    function _words(uint256 anns, uint256 bobs) private view returns (uint256[] memory words) {
        words = new uint256[](2);
        (words[0], words[1]) = (_word(ann, anns), _word(bob, bobs));
    }

    function _expectCounted(uint256[] memory words) private {
        vm.expectEmit(address(market));
        emit IClearingContract.DemandsSubmitted(words);
    }

    function _word(address agent, uint256 demand) private pure returns (uint256) {
        return uint256(uint160(agent)) * 2 ** 96 + demand;
    }

    function _invalid(address agent) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IClearingContract.InvalidSignature.selector, agent);
    }

    /// @dev Bob's demand, behind one that is passed over, counts.
    function _handInBefore(bytes memory bad, address agent, bytes memory reason) private {
        _expectSkipped(agent, reason);
        _expectCounted(bob, 3 * UNIT);
        _handIn(bytes.concat(bad, _bobs(3 * UNIT)));
        assertEq(market.account(bob).demand, 3 * UNIT);
    }

    /// @dev An open epoch with Ann and Bob, and a contract as the third member.
    function _openWith(address wallet) private {
        _fundAnnAndBob();
        _fund(wallet);
        _open();
    }

    // -------------------------------------------------------------------------------------- what it leaves

    function testFuzz_ASignedDemandLeavesWhatItsAgentsOwnSubmissionWould(uint256 before, uint256 demand) public {
        before = bound(before, 0, CAPACITY);
        demand = bound(demand, 0, CAPACITY);
        _fundAnnAndBob();
        _open();
        _submit(ann, before);
        _submit(bob, UNIT);
        market.closeRound();

        uint256 snapshot = vm.snapshotState();
        _submit(ann, demand);
        (Account memory account, Totals memory totals) = (market.account(ann), market.totals());
        vm.revertToState(snapshot);
        vm.prank(stranger);
        market.submitSigned(1, 1, _anns(1, demand));
        _assertAccount(ann, account);
        assertEq(keccak256(abi.encode(market.totals())), keccak256(abi.encode(totals)));
    }

    function test_ASignedDemandIsAnnouncedAndKept() public {
        _fund(ann);
        _open();
        _expectCounted(ann, 10 * UNIT);
        _handIn(_anns(10 * UNIT));
        _assertAccount(
            ann,
            Account({
                balance: WEALTH * UNIT,
                demand: 10 * UNIT,
                lockedPrice: LockedPrice.packDown(UNIT),
                epoch: 1,
                answered: 1
            })
        );
        _assertTotals(10 * UNIT, 10 * UNIT, 1, 1);
    }

    function test_ABatchAddsUpOverItsAgents() public {
        _fundAnnAndBob();
        _fund(cid);
        _open();
        _submit(cid, UNIT);
        _expectCounted(_words(10 * UNIT, 3 * UNIT));
        _handIn(bytes.concat(_anns(10 * UNIT), _bobs(3 * UNIT)));
        _assertTotals(14 * UNIT, 14 * UNIT, 3, 3);
    }

    function test_AnEmptyBatchChangesNothing() public {
        _fundAnnAndBob();
        _open();
        _submit(ann, UNIT);
        _expectCounted(new uint256[](0));
        _handIn("");
        _assertTotals(UNIT, UNIT, 1, 2);
    }

    function test_ASignedDemandReplacesTheStandingOne() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        market.submitSigned(1, 1, _anns(1, 20 * UNIT));
        _assertTotals(70 * UNIT, 30 * UNIT, 1, 2);
        assertEq(market.account(ann).lockedPrice, LockedPrice.packDown(2 * UNIT));
        assertEq(market.account(ann).answered, 2);
    }

    function test_ASignedDemandOfZeroIsAnAnswer() public {
        vm.prank(ann);
        market.join();
        _open();
        _handIn(_anns(0));
        _assertTotals(0, 0, 1, 1);
    }

    function test_ASignedDemandAfterAnEndedEpochSettlesIt() public {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _open();
        vm.expectEmit(address(market));
        emit IClearingContract.AccountSettled(ann, 1, 10 * UNIT, PAYMENT, CHARGE);
        _expectCounted(ann, 4 * UNIT);
        market.submitSigned(2, 0, _entry(ann, 4 * UNIT, _signed(ANNS_KEY, _digest(ann, 2, 0, 4 * UNIT))));
        assertEq(market.account(ann).balance, WEALTH * UNIT - PAYMENT - CHARGE);
        _assertTotals(4 * UNIT, 4 * UNIT, 1, 1);
        _assertSolvent(_one(ann));
    }

    // --------------------------------------------------------------------------------------------- charges

    function test_UnderPerSubmissionTheAgentIsChargedAndNotTheCaller() public {
        _deploy(Policy.PerSubmission);
        _fundAnnAndBob();
        _fund(stranger);
        _open();
        _handIn(bytes.concat(_anns(10 * UNIT), _bobs(10 * UNIT)));
        assertEq(market.account(ann).balance, WEALTH * UNIT - CHARGE);
        assertEq(market.account(bob).balance, WEALTH * UNIT - CHARGE);
        assertEq(market.account(stranger).balance, WEALTH * UNIT);
        assertEq(market.funds().fees, 2 * CHARGE);
        address[] memory all = new address[](3);
        (all[0], all[1], all[2]) = (ann, bob, stranger);
        _assertSolvent(all);
    }

    function test_TheMeanOfSamplesIsWhatIsSigned() public {
        _fund(ann);
        Parameters memory chosen = _parameters();
        chosen.samples = 4;
        _open(chosen);
        uint256 snapshot = vm.snapshotState();
        uint256[] memory samples = new uint256[](4);
        (samples[0], samples[1], samples[2], samples[3]) = (1, 2, 3, 5);
        vm.prank(ann);
        market.submitSamples(1, 0, samples);
        Account memory account = market.account(ann);
        vm.revertToState(snapshot);
        _handIn(_anns(2));
        _assertAccount(ann, account);
    }

    // ------------------------------------------------------------------------------------------ signatures

    function test_AKeySignsIn65BytesOr64() public {
        _fundAnnAndBob();
        _open();
        bytes memory inShort = _entry(bob, UNIT, _compact(BOBS_KEY, _digest(bob, 1, 0, UNIT)));
        _handIn(bytes.concat(_anns(UNIT), inShort));
        _assertTotals(2 * UNIT, 2 * UNIT, 2, 2);
    }

    function test_AContractTakesASignatureOfAnyLength() public {
        address wallet = address(new OwnedWallet(ann));
        _openWith(wallet);
        bytes memory signature = _signed(ANNS_KEY, _digest(wallet, 1, 0, UNIT));
        _handIn(_entry(wallet, UNIT, bytes.concat(signature, new bytes(1000))));
        assertEq(market.account(wallet).demand, UNIT);
    }

    function test_TheKeyOfAnAccountWithCodeSigns() public {
        _openWith(ann);
        vm.etch(ann, address(new RevertingWallet()).code);
        _handIn(_anns(UNIT));
        assertEq(market.account(ann).demand, UNIT);
    }

    function test_TheCodeOfAnAccountWithAKeyIsAskedToo() public {
        _openWith(ann);
        vm.etch(ann, address(new OwnedWallet(bob)).code);
        _handIn(_entry(ann, UNIT, _signed(BOBS_KEY, _digest(ann, 1, 0, UNIT))));
        assertEq(market.account(ann).demand, UNIT);
    }

    function test_AContractMayBurnNearlyAHundredThousandGas() public {
        address wallet = address(new BurningWallet(98_000));
        _openWith(wallet);
        _handIn(_entry(wallet, UNIT, ""));
        assertEq(market.account(wallet).demand, UNIT);
    }

    function test_AContractHasAHundredThousandGasAndNoMore() public {
        // GAS PUSH3 99998 EQ, then a yes if so: GAS itself has taken 2.
        address wallet = makeAddr("exact wallet");
        vm.etch(wallet, hex"5a6201869e14600c575f80fd5b631626ba7e60e01b60005260206000f3");
        _openWith(wallet);
        _handIn(_entry(wallet, UNIT, ""));
        assertEq(market.account(wallet).demand, UNIT);
    }

    function test_AContractSeesTheTotalsOfBeforeTheBatch() public {
        address wallet = address(new WatchingWallet(market));
        _openWith(wallet);
        _handIn(bytes.concat(_anns(UNIT), _bobs(UNIT), _entry(wallet, UNIT, "")));
        _assertTotals(3 * UNIT, 3 * UNIT, 3, 3);
    }

    function test_Skips_WhatAnotherSigned() public {
        _openWith(cid);
        bytes memory forged = _entry(ann, UNIT, _signed(BOBS_KEY, _digest(ann, 1, 0, UNIT)));
        _handInBefore(forged, ann, _invalid(ann));
        _assertTotals(3 * UNIT, 3 * UNIT, 1, 3);
        assertEq(market.account(ann).answered, 0);
    }

    function test_Skips_WhatNobodySigned() public {
        _openWith(cid);
        _handInBefore(_entry(ann, UNIT, ""), ann, _invalid(ann));
    }

    function test_Skips_WhatItsAgentHandsInUnsigned() public {
        _openWith(cid);
        _expectSkipped(ann, _invalid(ann));
        vm.prank(ann);
        market.submitSigned(1, 0, _entry(ann, UNIT, ""));
        assertEq(market.account(ann).answered, 0);
    }

    function test_Skips_ASignatureOfAnotherLength() public {
        _openWith(cid);
        bytes memory signature = _signed(ANNS_KEY, _digest(ann, 1, 0, UNIT));
        _handInBefore(_entry(ann, UNIT, bytes.concat(signature, hex"00")), ann, _invalid(ann));
    }

    function test_Skips_TheZeroAddress() public {
        _openWith(cid);
        _handInBefore(_entry(address(0), UNIT, new bytes(65)), address(0), _invalid(address(0)));
    }

    // ------------------------------------------------------------------------------------------- contracts

    function _skips(address wallet) private {
        _openWith(wallet);
        _handInBefore(_entry(wallet, UNIT, ""), wallet, _invalid(wallet));
        assertEq(market.account(wallet).answered, 0);
    }

    function test_Skips_AContractThatReverts() public {
        _skips(address(new RevertingWallet()));
    }

    function test_Skips_AContractThatSaysNo() public {
        _skips(
            address(new AnsweringWallet(abi.encode(bytes32(IERC1271.isValidSignature.selector) | bytes32(uint256(1)))))
        );
    }

    function test_Skips_AContractThatSaysTooLittle() public {
        bytes memory yes = abi.encode(IERC1271.isValidSignature.selector);
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(yes, 31)
        }
        _skips(address(new AnsweringWallet(yes)));
    }

    function test_Skips_AContractThatBurnsMoreThanItMay() public {
        address wallet = address(new BurningWallet(type(uint256).max));
        _openWith(wallet);
        bytes memory batch = bytes.concat(_entry(wallet, UNIT, ""), _bobs(3 * UNIT));
        uint256 gas = gasleft();
        _handIn(batch);
        assertLt(gas - gasleft(), 250_000);
        assertEq(market.account(wallet).answered, 0);
        assertEq(market.account(bob).demand, 3 * UNIT);
    }

    function test_ALongAnswerCostsTheBatchNothing() public {
        (address brief, address wordy) = (address(new WordyWallet(32)), address(new WordyWallet(200_000)));
        _fund(brief);
        _openWith(wordy);
        uint256 gas = gasleft();
        _handIn(bytes.concat(_entry(brief, UNIT, ""), _anns(UNIT)));
        uint256 briefly = gas - gasleft();
        gas = gasleft();
        _handIn(bytes.concat(_entry(wordy, UNIT, ""), _bobs(3 * UNIT)));
        assertLt(
            gas - gasleft(),
            briefly + 150_000,
            "the wallet pays 95,000; copying its answer would take more again"
        );
        assertEq(market.account(wordy).demand, UNIT, "what it says first is a yes");
        assertEq(market.account(bob).demand, 3 * UNIT);
    }

    function test_Skips_AContractThatActsWhenAsked() public {
        _skips(address(new ReenteringWallet(market)));
    }

    // ------------------------------------------------------------------------------- as its agent would be

    function test_Skips_WhoHasNotJoined() public {
        _fund(bob);
        _open();
        _handInBefore(_anns(0), ann, abi.encodeWithSelector(IClearingContract.NotJoined.selector, ann));
    }

    function test_Skips_WhatItsOwnAgentHandsIn() public {
        _fund(bob);
        _open();
        _expectSkipped(ann, abi.encodeWithSelector(IClearingContract.NotJoined.selector, ann));
        _expectCounted(bob, 3 * UNIT);
        bytes memory batch = bytes.concat(_anns(0), _bobs(3 * UNIT));
        vm.prank(ann);
        market.submitSigned(1, 0, batch);
    }

    function test_Skips_WhoHasAnswered() public {
        _openWith(cid);
        _submit(ann, 5 * UNIT);
        _handInBefore(_anns(UNIT), ann, abi.encodeWithSelector(IClearingContract.AlreadyAnswered.selector, ann, 1, 0));
        assertEq(market.account(ann).demand, 5 * UNIT);
    }

    function test_Skips_TheSecondOfTwo() public {
        _openWith(cid);
        _expectSkipped(ann, abi.encodeWithSelector(IClearingContract.AlreadyAnswered.selector, ann, 1, 0));
        _expectCounted(_words(UNIT, 3 * UNIT));
        _handIn(bytes.concat(_anns(UNIT), _anns(2 * UNIT), _bobs(3 * UNIT)));
        assertEq(market.account(ann).demand, UNIT);
        _assertTotals(4 * UNIT, 4 * UNIT, 2, 3);
    }

    function test_Skips_WhatTheBalanceDoesNotCover() public {
        _deposit(ann, CHARGE + PAYMENT - 1);
        _fund(bob);
        _open();
        _handInBefore(
            _anns(10 * UNIT),
            ann,
            abi.encodeWithSelector(
                IClearingContract.InsufficientCollateral.selector,
                ann,
                CHARGE + PAYMENT - 1,
                CHARGE + PAYMENT
            )
        );
        assertEq(market.account(ann).answered, 0);
    }

    function test_ASkippedDemandSettlesAnEndedEpochAllTheSame() public {
        _deposit(ann, PAYMENT + CHARGE + UNIT);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        _open();
        bytes memory batch = _entry(ann, 10 * UNIT, _signed(ANNS_KEY, _digest(ann, 2, 0, 10 * UNIT)));
        vm.expectEmit(address(market));
        emit IClearingContract.AccountSettled(ann, 1, 10 * UNIT, PAYMENT, CHARGE);
        _expectSkipped(
            ann,
            abi.encodeWithSelector(IClearingContract.InsufficientCollateral.selector, ann, UNIT, PAYMENT + CHARGE)
        );
        market.submitSigned(2, 0, batch);
        _assertAccount(
            ann,
            Account({
                balance: UNIT,
                demand: 10 * UNIT,
                lockedPrice: LockedPrice.packDown(UNIT),
                epoch: 1,
                answered: SETTLED
            })
        );
        _assertTotals(0, 0, 0, 1);
        _assertSolvent(_one(ann));
    }

    function test_WhatIsAboveTheCapacityOrForgedSettlesNothing() public {
        _fundAnnAndBob();
        _openOneRound();
        _submit(ann, 10 * UNIT);
        _close();
        _open();
        bytes memory before = abi.encode(market.account(ann), market.funds());
        uint256 most = CAPACITY + 1;
        _expectNothingOf(before, _entry(ann, most, _signed(ANNS_KEY, _digest(ann, 2, 0, most))));
        _expectNothingOf(before, _entry(ann, UNIT, _signed(BOBS_KEY, _digest(ann, 2, 0, UNIT))));
    }

    function _expectNothingOf(bytes memory before, bytes memory batch) private {
        market.submitSigned(2, 0, batch);
        assertEq(abi.encode(market.account(ann), market.funds()), before);
    }

    function test_Skips_WhatIsAboveTheCapacity() public {
        _openWith(cid);
        _handInBefore(
            _anns(CAPACITY + 1),
            ann,
            abi.encodeWithSelector(IClearingContract.DemandAboveCapacity.selector, CAPACITY + 1, CAPACITY)
        );
    }

    function test_Skips_WhatTheTotalCannotHold() public {
        _openWith(cid);
        _storeSums(uint256(type(uint96).max) - 3 * UNIT);
        _handInBefore(
            _anns(3 * UNIT + 1),
            ann,
            abi.encodeWithSelector(IClearingContract.TotalDemandTooLarge.selector, uint256(1) << 96, type(uint96).max)
        );
        assertEq(market.totals().demand, type(uint96).max);
    }

    // ---------------------------------------------------------------------------------- refused as a whole

    function _expectRoundNotOpen(uint256 epoch, uint256 round, uint256 atRound, bool open) private {
        vm.expectRevert(
            abi.encodeWithSelector(IClearingContract.RoundNotOpen.selector, epoch, round, 1, atRound, open)
        );
    }

    function test_RevertWhen_TheBatchIsForAnotherRound() public {
        _fundAnnAndBob();
        _open();
        _round(100 * UNIT);
        bytes memory batch = _anns(UNIT);
        _expectRoundNotOpen(1, 0, 1, true);
        market.submitSigned(1, 0, batch);
    }

    function test_RevertWhen_TheBatchIsForAnotherEpoch() public {
        _fund(ann);
        _open();
        bytes memory batch = _anns(UNIT);
        _expectRoundNotOpen(2, 0, 0, true);
        market.submitSigned(2, 0, batch);
    }

    function test_RevertWhen_TheBatchComesAfterTheEpoch() public {
        _fund(ann);
        _openOneRound();
        _close();
        bytes memory batch = _anns(UNIT);
        _expectRoundNotOpen(1, 0, 0, false);
        market.submitSigned(1, 0, batch);
    }

    function testFuzz_RevertWhen_TheBatchIsCutShort(uint256 length) public {
        _fundAnnAndBob();
        _open();
        bytes memory batch = bytes.concat(_anns(UNIT), _bobs(UNIT));
        length = bound(length, batch.length / 2 + 1, batch.length - 1);
        uint256 left = length - batch.length / 2;
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(batch, length)
        }
        // What comes after the end of the batch is zero: a length cut off reads as none.
        uint256 required = 33 + (left < 33 ? 0 : 65);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.MalformedBatch.selector, left, required));
        market.submitSigned(1, 0, batch);
    }

    function _numbersOf(bytes memory reason) private pure returns (uint256 first, uint256 second) {
        // solhint-disable-next-line no-inline-assembly
        assembly {
            first := mload(add(reason, 0x24))
            second := mload(add(reason, 0x44))
        }
    }

    function test_RevertWhen_TooLittleGasIsLeftToAskAContract() public {
        _countsOrReverts(address(new BurningWallet(98_000)), 2_000);
    }

    /// @dev What a wallet leaves of its gas pays for the rest of the batch: it alone can tell that it got less.
    function test_RevertWhen_AContractThatCountsItsGasWouldGetLess() public {
        // GAS PUSH3 98997 LT, then a yes if so.
        address wallet = makeAddr("wallet that wants 99,000");
        vm.etch(wallet, hex"5a620182b510600c575f80fd5b631626ba7e60e01b60005260206000f3");
        _countsOrReverts(wallet, 250);
    }

    /// @dev Whatever gas the caller sends, a valid signature counts or nothing does.
    function _countsOrReverts(address wallet, uint256 apart) private {
        _openWith(wallet);
        bytes memory batch = _entry(wallet, UNIT, "");
        (uint256 refused, uint256 taken) = (0, 0);
        for (uint256 gas = 20_000; gas <= 260_000; gas += apart) {
            uint256 snapshot = vm.snapshotState();
            try market.submitSigned{gas: gas}(1, 0, batch) {
                assertEq(market.account(wallet).demand, UNIT);
                ++taken;
            } catch (bytes memory reason) {
                if (bytes4(reason) == IClearingContract.InsufficientGas.selector) {
                    ++refused;
                    (uint256 left, uint256 required) = _numbersOf(reason);
                    // 64/63 of 100,000, and 1,000.
                    assertEq(required, 102_587);
                    assertLt(left, required);
                }
            }
            vm.revertToState(snapshot);
        }
        assertGt(refused, 10);
        assertGt(taken, 10);
    }
}
