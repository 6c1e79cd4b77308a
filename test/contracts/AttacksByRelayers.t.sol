// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, IClearingContract, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {DemandSigning} from "./support/DemandSigning.sol";
import {BurningWallet} from "./support/Wallets.sol";

/// @notice What somebody who carries others' signed demands might try.
contract AttacksByRelayersTest is DemandSigning {
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    uint256[3] private _keys = [0xa11ce, 0xb0b, 0xc1d];

    function setUp() public override {
        super.setUp();
        (ann, bob, cid) = (vm.addr(_keys[0]), vm.addr(_keys[1]), vm.addr(_keys[2]));
        _fundAnnAndBob();
        _fund(cid);
    }

    function _anns(uint256 epoch, uint256 round, uint256 demand) private view returns (bytes memory) {
        return _entry(ann, demand, _signed(_keys[0], _digest(ann, epoch, round, demand)));
    }

    function _of(uint256 who, uint256 demand) private view returns (bytes memory) {
        address agent = vm.addr(_keys[who]);
        return _entry(agent, demand, _compact(_keys[who], _digest(agent, 1, 0, demand)));
    }

    function _assertPassedOver(uint256 epoch, uint256 round, bytes memory batch) private {
        bytes32 before = keccak256(abi.encode(market.account(ann), market.totals()));
        vm.expectEmit(address(market));
        emit IClearingContract.DemandSkipped(
            ann,
            round,
            abi.encodeWithSelector(IClearingContract.InvalidSignature.selector, ann)
        );
        market.submitSigned(epoch, round, batch);
        assertEq(keccak256(abi.encode(market.account(ann), market.totals())), before);
    }

    // ---------------------------------------------------------------------------------------------- replay

    function test_ASignedDemandCountsInNoOtherRound() public {
        _open();
        bytes memory batch = _anns(1, 0, UNIT);
        market.submitSigned(1, 0, batch);
        _submit(bob, 50 * UNIT);
        _submit(cid, 50 * UNIT);
        market.closeRound();
        _assertPassedOver(1, 1, batch);
    }

    function test_ASignedDemandCountsInNoOtherEpoch() public {
        _openOneRound();
        bytes memory batch = _anns(1, 0, UNIT);
        _close();
        _open();
        _assertPassedOver(2, 0, batch);
    }

    function test_ASignedDemandCountsInNoOtherMarket() public {
        _open();
        bytes memory batch = _anns(1, 0, UNIT);
        market = _marketOver(token, Policy.Refunding, false, UNIT);
        _fund(ann);
        _open();
        _assertPassedOver(1, 0, batch);
    }

    function test_ASignedDemandCountsOnNoOtherChain() public {
        _open();
        bytes memory batch = _anns(1, 0, UNIT);
        vm.chainId(block.chainid + 1);
        _assertPassedOver(1, 0, batch);
    }

    function test_ASignedDemandHandedInAgainIsPassedOver() public {
        _open();
        bytes memory batch = bytes.concat(_of(0, UNIT), _of(1, 2 * UNIT));
        market.submitSigned(1, 0, batch);
        bytes32 before = keccak256(abi.encode(market.account(ann), market.account(bob), market.totals()));
        vm.prank(stranger);
        market.submitSigned(1, 0, batch);
        assertEq(keccak256(abi.encode(market.account(ann), market.account(bob), market.totals())), before);
    }

    // --------------------------------------------------------------------------------------------- forgery

    function testFuzz_NoByteOfASignedDemandCanBeChanged(uint256 index, uint8 change) public {
        _open();
        bytes memory batch = _anns(1, 0, 7 * UNIT);
        vm.assume(change != 0);
        index = bound(index, 0, batch.length - 1);
        batch[index] = bytes1(uint8(batch[index]) ^ change);
        try market.submitSigned(1, 0, batch) {} catch (bytes memory reason) {
            assertEq(uint256(bytes32(bytes4(reason))), uint256(bytes32(IClearingContract.MalformedBatch.selector)));
        }
        assertEq(market.account(ann).answered, 0);
        _assertTotals(0, 0, 0, 3);
    }

    function testFuzz_WhatAnAgentDidNotSignDoesNotCount(bytes32 r, bytes32 s, uint8 v) public {
        _open();
        market.submitSigned(1, 0, _entry(ann, UNIT, abi.encodePacked(r, s, v)));
        market.submitSigned(1, 0, _entry(ann, UNIT, abi.encodePacked(r, s)));
        _assertTotals(0, 0, 0, 3);
    }

    function test_WhatARelaySignsItselfCountsForNobodyElse() public {
        _open();
        (address relay, uint256 key) = makeAddrAndKey("relay");
        _fund(relay);
        bytes memory overAnns = _entry(ann, UNIT, _signed(key, _digest(ann, 1, 0, UNIT)));
        bytes memory overItsOwn = _entry(ann, UNIT, _signed(key, _digest(relay, 1, 0, UNIT)));
        vm.prank(relay);
        market.submitSigned(1, 0, bytes.concat(overAnns, overItsOwn));
        assertEq(market.account(ann).answered, 0);
        _assertTotals(0, 0, 0, 4);
    }

    function test_ASignatureMirroredOnTheCurveIsRefused() public {
        _open();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keys[0], _digest(ann, 1, 0, UNIT));
        bytes32 mirrored = bytes32(CURVE_ORDER - uint256(s));
        assertEq(ecrecover(_digest(ann, 1, 0, UNIT), v == 27 ? 28 : 27, r, mirrored), ann, "the curve takes it");
        _assertPassedOver(1, 0, _entry(ann, UNIT, abi.encodePacked(r, mirrored, v == 27 ? uint8(28) : uint8(27))));
    }

    // --------------------------------------------------------------------------------- order and repetition

    function testFuzz_TheOrderOfABatchChangesNothing(uint256 order, uint64 a, uint64 b, uint64 c) public {
        _open();
        bytes[3] memory entries = [_of(0, a), _of(1, b), _of(2, c)];
        uint256 snapshot = vm.snapshotState();
        market.submitSigned(1, 0, bytes.concat(entries[0], entries[1], entries[2]));
        bytes32 expected = _state();
        vm.revertToState(snapshot);

        uint256 first = order % 3;
        (uint256 second, uint256 third) = ((first + 1) % 3, (first + 2) % 3);
        if (order % 2 == 0) (second, third) = (third, second);
        market.submitSigned(1, 0, bytes.concat(entries[first], entries[second]));
        market.submitSigned(1, 0, entries[third]);
        assertEq(_state(), expected);
    }

    function _state() private view returns (bytes32) {
        Account[3] memory accounts = [market.account(ann), market.account(bob), market.account(cid)];
        return keccak256(abi.encode(accounts, market.totals(), market.funds()));
    }

    function test_AnAgentListedAHundredTimesCountsOnce() public {
        _deploy(Policy.PerSubmission);
        _fundAnnAndBob();
        _open();
        bytes memory batch = _of(0, 10 * UNIT);
        for (uint256 i = 0; i < 99; ++i) {
            batch = bytes.concat(batch, _of(0, 10 * UNIT));
        }
        market.submitSigned(1, 0, bytes.concat(batch, _of(1, UNIT)));
        _assertTotals(11 * UNIT, 11 * UNIT, 2, 2);
        assertEq(market.account(ann).balance, WEALTH * UNIT - _chargeOf(_parameters(), 10 * UNIT));
    }

    function test_WhoHandsABatchInFirstOnlySavesTheRelayItsWork() public {
        _open();
        vm.prank(stranger);
        market.submitSigned(1, 0, _of(1, 2 * UNIT));
        market.submitSigned(1, 0, bytes.concat(_of(0, UNIT), _of(1, 2 * UNIT), _of(2, 3 * UNIT)));
        _assertTotals(6 * UNIT, 6 * UNIT, 3, 3);
    }

    function test_AnAgentAheadOfItsRelayOrBehindItCountsOnce() public {
        _open();
        _submit(ann, 4 * UNIT);
        market.submitSigned(1, 0, bytes.concat(_of(0, UNIT), _of(1, 2 * UNIT)));
        assertEq(market.account(ann).demand, 4 * UNIT);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.AlreadyAnswered.selector, bob, 1, 0));
        market.submit(1, 0, 2 * UNIT);
        _assertTotals(6 * UNIT, 6 * UNIT, 2, 3);
    }

    // ------------------------------------------------------------------------------------- what it may cost

    function test_AgentsThatBurnGasCostTheirBatchABoundedShareEach() public {
        bytes memory batch;
        for (uint256 i = 0; i < 10; ++i) {
            address burner = address(new BurningWallet(type(uint256).max));
            _fund(burner);
            batch = bytes.concat(batch, _entry(burner, UNIT, ""));
        }
        _open();
        batch = bytes.concat(batch, _of(0, UNIT));
        uint256 gas = gasleft();
        market.submitSigned(1, 0, batch);
        assertLt(gas - gasleft(), 10 * 125_000 + 100_000);
        assertEq(market.account(ann).demand, UNIT);
    }

    function test_ARelayWhoKeepsADemandBackLeavesItsAgentFreeToSubmit() public {
        _open();
        market.submitSigned(1, 0, _of(1, UNIT));
        vm.warp(market.totals().deadline);
        _submit(ann, 2 * UNIT);
        assertEq(market.account(ann).demand, 2 * UNIT);
    }
}
