// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IClearingContract} from "../interfaces/IClearingContract.sol";

using SignedDemands for SignedDemand global;

/// @dev What an agent signs, in memory as EIP-712 hashes it.
struct SignedDemand {
    bytes32 typeHash;
    address agent;
    uint256 epoch;
    uint256 round;
    uint256 demand;
}

/// @title Demands that their agents have signed
/// @notice A batch is its entries one after another, each agent 20 bytes | demand 11 | length of the signature 2 |
/// signature: 97 bytes with a key's, where an array of structs takes 224 and bounds checks for three offsets.
library SignedDemands {
    /// @dev What an entry takes before its signature, bytes.
    uint256 private constant HEAD = 33;
    // solhint-disable-next-line gas-small-strings
    bytes32 private constant TYPE_HASH = keccak256("Demand(address agent,uint256 epoch,uint256 round,uint256 demand)");

    /// @notice A message to fill in for each demand that answers this round.
    function blank(uint256 epoch, uint256 round) internal pure returns (SignedDemand memory message) {
        (message.typeHash, message.epoch, message.round) = (TYPE_HASH, epoch, round);
    }

    /// @notice What is signed, under the market's domain.
    function digest(SignedDemand memory message, bytes32 domain) internal pure returns (bytes32) {
        bytes32 content;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            content := keccak256(message, 0xa0)
        }
        return MessageHashUtils.toTypedDataHash(domain, content);
    }

    /// @notice Room for as many demands as a batch could have.
    function roomFor(bytes calldata batch) internal pure returns (uint256[] memory) {
        return new uint256[](batch.length / HEAD);
    }

    /// @notice A demand in one word: agent 160 | demand 96.
    function pack(address agent, uint256 demand) internal pure returns (uint256) {
        return (uint256(uint160(agent)) << 96) | demand;
    }

    /// @notice The first entry of a batch, and the batch without it.
    function first(
        bytes calldata batch
    ) internal pure returns (address agent, uint256 demand, bytes calldata signature, bytes calldata rest) {
        uint256 length;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            let head := calldataload(batch.offset)
            agent := shr(96, head)
            demand := and(shr(8, head), 0xffffffffffffffffffffff)
            signature.offset := add(batch.offset, 33)
            signature.length := shr(240, calldataload(add(batch.offset, 31)))
            length := add(signature.length, 33)
            rest.offset := add(batch.offset, length)
            rest.length := sub(batch.length, length)
        }
        if (length > batch.length) revert IClearingContract.MalformedBatch(batch.length, length);
    }
}
