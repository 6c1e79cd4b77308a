// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Changes what anybody holds, as a token that rebases does
contract RebasingToken is ERC20 {
    constructor() ERC20("Rebasing", "RBS") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice Multiplies a holding by `numerator` / 100.
    function rebase(address holder, uint256 numerator) external {
        uint256 held = balanceOf(holder);
        uint256 wanted = (held * numerator) / 100;
        if (wanted > held) _mint(holder, wanted - held);
        else _burn(holder, held - wanted);
    }
}

/// @title Takes half of the receiver's holding away during every transfer
contract ShrinkingToken is ERC20 {
    constructor() ERC20("Shrinking", "SHR") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(to, address(0), balanceOf(to) / 2);
    }
}
