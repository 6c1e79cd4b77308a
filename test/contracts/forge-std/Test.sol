// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @title What a Solidity test inherits
/// @notice The part of forge-std's `Test` these tests use, under the same names and behind the same import path, so
/// that the tests also run on the real library. See docs/decisions/dependencies.md for why it is not from npm.
abstract contract Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    /// @dev The cheatcode precompile lives at the last 20 bytes of keccak256("hevm cheat code").
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    address[] private _targetContracts;
    address[] private _targetSenders;
    FuzzSelector[] private _targetSelectors;
    address[] private _excludedContracts;
    address[] private _excludedSenders;
    FuzzSelector[] private _excludedSelectors;

    // ------------------------------------------------------------------ what an invariant run may call

    function targetContract(address account) internal {
        _targetContracts.push(account);
    }

    function targetSender(address account) internal {
        _targetSenders.push(account);
    }

    function targetSelector(FuzzSelector memory selector) internal {
        _targetSelectors.push(selector);
    }

    function excludeContract(address account) internal {
        _excludedContracts.push(account);
    }

    function excludeSender(address account) internal {
        _excludedSenders.push(account);
    }

    function excludeSelector(FuzzSelector memory selector) internal {
        _excludedSelectors.push(selector);
    }

    function targetContracts() public view returns (address[] memory) {
        return _targetContracts;
    }

    function targetSenders() public view returns (address[] memory) {
        return _targetSenders;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory) {
        return _targetSelectors;
    }

    function excludeContracts() public view returns (address[] memory) {
        return _excludedContracts;
    }

    function excludeSenders() public view returns (address[] memory) {
        return _excludedSenders;
    }

    function excludeSelectors() public view returns (FuzzSelector[] memory) {
        return _excludedSelectors;
    }

    // ------------------------------------------------------------------ accounts, money and time

    /// @notice An account no test can collide with, named in traces; the same name always gives the same account.
    function makeAddr(string memory name) internal returns (address account) {
        (account, ) = makeAddrAndKey(name);
    }

    function makeAddrAndKey(string memory name) internal returns (address account, uint256 privateKey) {
        privateKey = uint256(keccak256(bytes(name)));
        account = vm.addr(privateKey);
        vm.label(account, name);
    }

    function deal(address account, uint256 balance) internal {
        vm.deal(account, balance);
    }

    /// @notice Fund `sender` with `balance` and make it the sender of the next call.
    function hoax(address sender, uint256 balance) internal {
        vm.deal(sender, balance);
        vm.prank(sender);
    }

    function skip(uint256 time) internal {
        vm.warp(vm.getBlockTimestamp() + time);
    }

    function rewind(uint256 time) internal {
        vm.warp(vm.getBlockTimestamp() - time);
    }

    // ------------------------------------------------------------------ fuzzed values

    /// @notice `x` folded into [min, max]. A value already inside stays; the fuzzer's favourites next to 0 and next to
    /// the type's maximum land next to `min` and `max`, so that both ends are walked.
    function bound(uint256 x, uint256 min, uint256 max) internal pure returns (uint256) {
        require(min <= max, "bound: min is above max");
        if (x >= min && x <= max) return x;
        uint256 span = max - min;
        if (x <= 3 && x <= span) return min + x;
        uint256 fromTop = type(uint256).max - x;
        if (fromTop <= 3 && fromTop <= span) return max - fromTop;
        return min + (x % (span + 1));
    }

    function bound(int256 x, int256 min, int256 max) internal pure returns (int256) {
        require(min <= max, "bound: min is above max");
        return _toSigned(bound(_toOrdered(x), _toOrdered(min), _toOrdered(max)));
    }

    // ------------------------------------------------------------------ assertions

    function fail() internal pure {
        vm.assertTrue(false);
    }

    function fail(string memory message) internal pure {
        vm.assertTrue(false, message);
    }

    function assertTrue(bool condition) internal pure {
        vm.assertTrue(condition);
    }

    function assertTrue(bool condition, string memory message) internal pure {
        vm.assertTrue(condition, message);
    }

    function assertFalse(bool condition) internal pure {
        vm.assertFalse(condition);
    }

    function assertFalse(bool condition, string memory message) internal pure {
        vm.assertFalse(condition, message);
    }

    function assertEq(bool left, bool right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(bool left, bool right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertEq(uint256 left, uint256 right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(uint256 left, uint256 right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertEq(int256 left, int256 right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(int256 left, int256 right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertEq(address left, address right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(address left, address right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertEq(bytes32 left, bytes32 right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(bytes32 left, bytes32 right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertEq(string memory left, string memory right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(string memory left, string memory right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertEq(bytes memory left, bytes memory right) internal pure {
        vm.assertEq(left, right);
    }

    function assertEq(bytes memory left, bytes memory right, string memory message) internal pure {
        vm.assertEq(left, right, message);
    }

    function assertNotEq(bool left, bool right) internal pure {
        vm.assertNotEq(left, right);
    }

    function assertNotEq(uint256 left, uint256 right) internal pure {
        vm.assertNotEq(left, right);
    }

    function assertNotEq(uint256 left, uint256 right, string memory message) internal pure {
        vm.assertNotEq(left, right, message);
    }

    function assertNotEq(int256 left, int256 right) internal pure {
        vm.assertNotEq(left, right);
    }

    function assertNotEq(address left, address right) internal pure {
        vm.assertNotEq(left, right);
    }

    function assertNotEq(address left, address right, string memory message) internal pure {
        vm.assertNotEq(left, right, message);
    }

    function assertNotEq(bytes32 left, bytes32 right) internal pure {
        vm.assertNotEq(left, right);
    }

    function assertLt(uint256 left, uint256 right) internal pure {
        vm.assertLt(left, right);
    }

    function assertLt(uint256 left, uint256 right, string memory message) internal pure {
        vm.assertLt(left, right, message);
    }

    function assertLt(int256 left, int256 right) internal pure {
        vm.assertLt(left, right);
    }

    function assertLt(int256 left, int256 right, string memory message) internal pure {
        vm.assertLt(left, right, message);
    }

    function assertLe(uint256 left, uint256 right) internal pure {
        vm.assertLe(left, right);
    }

    function assertLe(uint256 left, uint256 right, string memory message) internal pure {
        vm.assertLe(left, right, message);
    }

    function assertLe(int256 left, int256 right) internal pure {
        vm.assertLe(left, right);
    }

    function assertLe(int256 left, int256 right, string memory message) internal pure {
        vm.assertLe(left, right, message);
    }

    function assertGt(uint256 left, uint256 right) internal pure {
        vm.assertGt(left, right);
    }

    function assertGt(uint256 left, uint256 right, string memory message) internal pure {
        vm.assertGt(left, right, message);
    }

    function assertGt(int256 left, int256 right) internal pure {
        vm.assertGt(left, right);
    }

    function assertGt(int256 left, int256 right, string memory message) internal pure {
        vm.assertGt(left, right, message);
    }

    function assertGe(uint256 left, uint256 right) internal pure {
        vm.assertGe(left, right);
    }

    function assertGe(uint256 left, uint256 right, string memory message) internal pure {
        vm.assertGe(left, right, message);
    }

    function assertGe(int256 left, int256 right) internal pure {
        vm.assertGe(left, right);
    }

    function assertGe(int256 left, int256 right, string memory message) internal pure {
        vm.assertGe(left, right, message);
    }

    function assertApproxEqAbs(uint256 left, uint256 right, uint256 maxDelta) internal pure {
        vm.assertApproxEqAbs(left, right, maxDelta);
    }

    function assertApproxEqAbs(uint256 left, uint256 right, uint256 maxDelta, string memory message) internal pure {
        vm.assertApproxEqAbs(left, right, maxDelta, message);
    }

    function assertApproxEqAbs(int256 left, int256 right, uint256 maxDelta) internal pure {
        vm.assertApproxEqAbs(left, right, maxDelta);
    }

    function assertApproxEqAbs(int256 left, int256 right, uint256 maxDelta, string memory message) internal pure {
        vm.assertApproxEqAbs(left, right, maxDelta, message);
    }

    function assertApproxEqRel(uint256 left, uint256 right, uint256 maxDelta) internal pure {
        vm.assertApproxEqRel(left, right, maxDelta);
    }

    function assertApproxEqRel(uint256 left, uint256 right, uint256 maxDelta, string memory message) internal pure {
        vm.assertApproxEqRel(left, right, maxDelta, message);
    }

    function assertApproxEqRel(int256 left, int256 right, uint256 maxDelta) internal pure {
        vm.assertApproxEqRel(left, right, maxDelta);
    }

    function assertApproxEqRel(int256 left, int256 right, uint256 maxDelta, string memory message) internal pure {
        vm.assertApproxEqRel(left, right, maxDelta, message);
    }

    /// @dev Integers in the same order on an unsigned scale: flip the sign bit.
    function _toOrdered(int256 x) private pure returns (uint256) {
        return uint256(x) ^ (1 << 255);
    }

    function _toSigned(uint256 x) private pure returns (int256) {
        return int256(x ^ (1 << 255));
    }
}
