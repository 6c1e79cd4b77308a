// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

import {IMarket} from "./IMarket.sol";

// Accounts that are contracts, good and bad.

/// @dev Takes what the key at `OWNER` signed, with anything after it.
contract OwnedWallet is IERC1271 {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        return ECDSA.recoverCalldata(digest, signature[:65]) == OWNER ? this.isValidSignature.selector : bytes4(0);
    }
}

/// @dev Takes everything, once it has burnt so much gas.
contract BurningWallet is IERC1271 {
    uint256 private immutable GAS;

    constructor(uint256 gas_) {
        GAS = gas_;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        uint256 start = gasleft();
        while (start - gasleft() < GAS) {}
        return this.isValidSignature.selector;
    }
}

/// @dev Answers with these bytes, whatever it is asked.
contract AnsweringWallet {
    bytes private _answer;

    constructor(bytes memory answer) {
        _answer = answer;
    }

    fallback(bytes calldata) external returns (bytes memory) {
        return _answer;
    }
}

/// @dev Answers yes, in so many bytes.
contract WordyWallet {
    uint256 private immutable SIZE;

    constructor(uint256 size) {
        SIZE = size;
    }

    function isValidSignature(bytes32, bytes calldata) external view {
        (bytes4 yes, uint256 size) = (IERC1271.isValidSignature.selector, SIZE);
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(0, yes)
            return(0, size)
        }
    }
}

/// @dev Reverts with a yes.
contract RevertingWallet {
    function isValidSignature(bytes32, bytes calldata) external pure {
        bytes4 yes = IERC1271.isValidSignature.selector;
        // solhint-disable-next-line no-inline-assembly
        assembly {
            mstore(0, yes)
            revert(0, 32)
        }
    }
}

/// @dev Answers the round itself while it is asked, then says yes.
contract ReenteringWallet {
    IMarket private immutable MARKET;

    constructor(IMarket market) {
        MARKET = market;
    }

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        MARKET.submit(1, 0, 0);
        return IERC1271.isValidSignature.selector;
    }
}

/// @dev Answers yes while total demand is nothing.
contract WatchingWallet is IERC1271 {
    IMarket private immutable MARKET;

    constructor(IMarket market) {
        MARKET = market;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        return MARKET.totals().demand == 0 ? this.isValidSignature.selector : bytes4(0);
    }
}
