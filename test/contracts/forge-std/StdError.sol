// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title The compiler's own panics, for `vm.expectRevert`
library stdError {
    bytes internal constant assertionError = abi.encodeWithSignature("Panic(uint256)", 0x01);
    bytes internal constant arithmeticError = abi.encodeWithSignature("Panic(uint256)", 0x11);
    bytes internal constant divisionError = abi.encodeWithSignature("Panic(uint256)", 0x12);
    bytes internal constant enumConversionError = abi.encodeWithSignature("Panic(uint256)", 0x21);
    bytes internal constant indexOOBError = abi.encodeWithSignature("Panic(uint256)", 0x32);
}
