// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {IClearingContract, Policy} from "../../../contracts/interfaces/IClearingContract.sol";

/// @title Everything a deployed market answers to
/// @dev Tests know the market by this alone, so that compiling them does not compile the market again.
interface IMarket is IClearingContract {
    function token() external view returns (IERC20Metadata);
    function provider() external view returns (address);
    function treasury() external view returns (address);
    function policy() external view returns (Policy);
    function allowlisted() external view returns (bool);
    function admitted(address agent) external view returns (bool);
    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
}
