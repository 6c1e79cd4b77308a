// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IClearingContract} from "../interfaces/IClearingContract.sol";

/// @title Whether an account signed a digest
/// @notice A key's signature counts for its address, with code there (EIP-7702) or without; else the code is asked
/// (ERC-1271). OpenZeppelin's SignatureChecker asks only the code where there is some, and gives it all gas.
library Signatures {
    /// @dev The most an account's code may burn: room for a dozen owners, each ecrecover at 3,000 and a cold slot at
    /// 2,100, and a proxy before them. Whose code takes more submits itself.
    uint256 internal constant MAX_GAS = 100_000;
    /// @dev A call gets at most 63/64 of what is left: with less than this, whoever sends the batch could starve a
    /// valid signature. 1,000 are for what happens before the call.
    uint256 internal constant REQUIRED_GAS = (MAX_GAS * 64) / 63 + 1_000;

    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (uint8 v, bytes32 r, bytes32 s) = ECDSA.parseCalldata(signature);
        (address recovered, , ) = ECDSA.tryRecover(digest, v, r, s);
        return
            (recovered == signer && signer != address(0)) ||
            (signer.code.length != 0 && _contractTakes(signer, digest, signature));
    }

    function _contractTakes(
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) private view returns (bool valid) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, signature));
        if (gasleft() < REQUIRED_GAS) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);
        bytes32 yes = IERC1271.isValidSignature.selector;
        uint256 maxGas = MAX_GAS;
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            // One word of the answer is looked at, however long it is: copying it costs nothing.
            valid := staticcall(maxGas, signer, add(question, 0x20), mload(question), 0x00, 0x20)
            valid := and(valid, and(gt(returndatasize(), 0x1f), eq(mload(0x00), yes)))
        }
    }
}
