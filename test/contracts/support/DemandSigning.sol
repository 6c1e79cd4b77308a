// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarketTest} from "./MarketTest.sol";

/// @title Signed demands, made without the market's own code
abstract contract DemandSigning is MarketTest {
    bytes32 private constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant DEMAND_TYPE = keccak256(
        "Demand(address agent,uint256 epoch,uint256 round,uint256 demand)"
    );

    function _domainOf(address verifier) internal view returns (bytes32) {
        return
            keccak256(abi.encode(DOMAIN_TYPE, keccak256("ClearingContract"), keccak256("1"), block.chainid, verifier));
    }

    function _digest(address agent, uint256 epoch, uint256 round, uint256 demand) internal view returns (bytes32) {
        return _digestFor(_domainOf(address(market)), agent, epoch, round, demand);
    }

    function _digestFor(
        bytes32 domain,
        address agent,
        uint256 epoch,
        uint256 round,
        uint256 demand
    ) internal pure returns (bytes32) {
        bytes32 content = keccak256(abi.encode(DEMAND_TYPE, agent, epoch, round, demand));
        return keccak256(abi.encodePacked(hex"1901", domain, content));
    }

    /// @dev 65 bytes.
    function _signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @dev The same in 64, as ERC-2098 says.
    function _compact(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, bytes32(uint256(s) | (uint256(v - 27) << 255)));
    }

    function _entry(address agent, uint256 demand, bytes memory signature) internal pure returns (bytes memory) {
        return abi.encodePacked(agent, uint88(demand), uint16(signature.length), signature);
    }
}
