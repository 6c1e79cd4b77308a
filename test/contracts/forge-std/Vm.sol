// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The cheatcodes the tests use
/// @notice An interface to the simulated chain's own cheatcode precompile; Hardhat and Foundry both answer it. Only the
/// cheatcodes these tests need are declared: add a line here when a test needs another.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    // ------------------------------------------------------------------ callers and balances

    function prank(address sender) external;
    function prank(address sender, address origin) external;
    function startPrank(address sender) external;
    function startPrank(address sender, address origin) external;
    function stopPrank() external;
    function deal(address account, uint256 balance) external;
    function label(address account, string calldata name) external;
    function addr(uint256 privateKey) external pure returns (address account);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    // ------------------------------------------------------------------ block and chain

    function warp(uint256 timestamp) external;
    function roll(uint256 blockNumber) external;
    function fee(uint256 baseFee) external;
    function txGasPrice(uint256 gasPrice) external;
    function chainId(uint256 id) external;
    function coinbase(address account) external;
    function prevrandao(bytes32 value) external;
    function getBlockNumber() external view returns (uint256 blockNumber);
    function getBlockTimestamp() external view returns (uint256 timestamp);
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool success);

    // ------------------------------------------------------------------ code and storage

    function etch(address account, bytes calldata code) external;
    function load(address account, bytes32 slot) external view returns (bytes32 value);
    function store(address account, bytes32 slot, bytes32 value) external;
    function getNonce(address account) external view returns (uint64 nonce);
    function getCode(string calldata artifact) external view returns (bytes memory creationCode);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address account);
    function mockCall(address callee, bytes calldata data, bytes calldata returnData) external;
    function mockCallRevert(address callee, bytes calldata data, bytes calldata revertData) external;
    function clearMockedCalls() external;

    // ------------------------------------------------------------------ expectations

    function expectRevert() external;
    function expectRevert(bytes4 errorSelector) external;
    function expectRevert(bytes calldata revertData) external;
    function expectRevert(address reverter) external;
    function expectPartialRevert(bytes4 errorSelector) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
    function expectCall(address callee, bytes calldata data) external;
    function expectCall(address callee, bytes calldata data, uint64 count) external;
    function expectCall(address callee, uint256 value, bytes calldata data) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);

    // ------------------------------------------------------------------ fuzzing, gas and control

    function assume(bool condition) external pure;
    function assumeNoRevert() external pure;
    function skip(bool condition) external;
    function skip(bool condition, string calldata reason) external;
    function pauseGasMetering() external;
    function resumeGasMetering() external;
    function toString(address value) external pure returns (string memory text);
    function toString(bool value) external pure returns (string memory text);
    function toString(bytes32 value) external pure returns (string memory text);
    function toString(int256 value) external pure returns (string memory text);
    function toString(uint256 value) external pure returns (string memory text);

    // ------------------------------------------------------------------ assertions

    function assertTrue(bool condition) external pure;
    function assertTrue(bool condition, string calldata message) external pure;
    function assertFalse(bool condition) external pure;
    function assertFalse(bool condition, string calldata message) external pure;

    function assertEq(bool left, bool right) external pure;
    function assertEq(bool left, bool right, string calldata message) external pure;
    function assertEq(uint256 left, uint256 right) external pure;
    function assertEq(uint256 left, uint256 right, string calldata message) external pure;
    function assertEq(int256 left, int256 right) external pure;
    function assertEq(int256 left, int256 right, string calldata message) external pure;
    function assertEq(address left, address right) external pure;
    function assertEq(address left, address right, string calldata message) external pure;
    function assertEq(bytes32 left, bytes32 right) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata message) external pure;
    function assertEq(string calldata left, string calldata right) external pure;
    function assertEq(string calldata left, string calldata right, string calldata message) external pure;
    function assertEq(bytes calldata left, bytes calldata right) external pure;
    function assertEq(bytes calldata left, bytes calldata right, string calldata message) external pure;

    function assertNotEq(bool left, bool right) external pure;
    function assertNotEq(uint256 left, uint256 right) external pure;
    function assertNotEq(uint256 left, uint256 right, string calldata message) external pure;
    function assertNotEq(int256 left, int256 right) external pure;
    function assertNotEq(address left, address right) external pure;
    function assertNotEq(address left, address right, string calldata message) external pure;
    function assertNotEq(bytes32 left, bytes32 right) external pure;

    function assertLt(uint256 left, uint256 right) external pure;
    function assertLt(uint256 left, uint256 right, string calldata message) external pure;
    function assertLt(int256 left, int256 right) external pure;
    function assertLt(int256 left, int256 right, string calldata message) external pure;
    function assertLe(uint256 left, uint256 right) external pure;
    function assertLe(uint256 left, uint256 right, string calldata message) external pure;
    function assertLe(int256 left, int256 right) external pure;
    function assertLe(int256 left, int256 right, string calldata message) external pure;
    function assertGt(uint256 left, uint256 right) external pure;
    function assertGt(uint256 left, uint256 right, string calldata message) external pure;
    function assertGt(int256 left, int256 right) external pure;
    function assertGt(int256 left, int256 right, string calldata message) external pure;
    function assertGe(uint256 left, uint256 right) external pure;
    function assertGe(uint256 left, uint256 right, string calldata message) external pure;
    function assertGe(int256 left, int256 right) external pure;
    function assertGe(int256 left, int256 right, string calldata message) external pure;

    function assertApproxEqAbs(uint256 left, uint256 right, uint256 maxDelta) external pure;
    function assertApproxEqAbs(uint256 left, uint256 right, uint256 maxDelta, string calldata message) external pure;
    function assertApproxEqAbs(int256 left, int256 right, uint256 maxDelta) external pure;
    function assertApproxEqAbs(int256 left, int256 right, uint256 maxDelta, string calldata message) external pure;
    function assertApproxEqRel(uint256 left, uint256 right, uint256 maxDelta) external pure;
    function assertApproxEqRel(uint256 left, uint256 right, uint256 maxDelta, string calldata message) external pure;
    function assertApproxEqRel(int256 left, int256 right, uint256 maxDelta) external pure;
    function assertApproxEqRel(int256 left, int256 right, uint256 maxDelta, string calldata message) external pure;
}
