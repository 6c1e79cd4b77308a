// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A payment token for local chains and testnets
/// @notice It is worth nothing: who deployed it mints any amount, on a local chain everybody does, and anybody takes
/// some from its faucet.
contract TestToken is ERC20Permit, Ownable {
    /// @notice The most an address takes from the faucet at once, whole tokens.
    uint256 public constant FAUCET_LIMIT = 1000;
    /// @notice How long an address then waits.
    uint256 public constant FAUCET_PAUSE = 1 days;

    /// @dev The chain id of Hardhat's and anvil's nodes.
    uint256 private constant LOCAL_CHAIN = 31_337;

    uint8 private immutable DECIMALS;

    /// @notice From when on an address may take from the faucet again, unix seconds.
    mapping(address taker => uint256) public faucetOpens;

    /// @notice Where tokens are worth money this one has no place.
    error NotOnMainnet(uint256 chainId);
    /// @notice The faucet does not give that much at once, token base units.
    error FaucetLimited(uint256 given, uint256 max);
    /// @notice The address has taken from the faucet lately; it may again from then on, unix seconds.
    error FaucetPaused(address taker, uint256 opens);

    constructor(
        string memory name,
        string memory symbol,
        uint8 decimals_
    ) ERC20(name, symbol) ERC20Permit(name) Ownable(msg.sender) {
        // Ethereum, OP Mainnet, Base and Arbitrum One.
        uint256 id = block.chainid;
        if (id == 1 || id == 10 || id == 8453 || id == 42_161) revert NotOnMainnet(id);
        DECIMALS = decimals_;
    }

    /// @param amount token base units
    function mint(address to, uint256 amount) external {
        if (block.chainid != LOCAL_CHAIN) _checkOwner();
        _mint(to, amount);
    }

    /// @notice Take tokens from the faucet: a limit at once, and then a pause.
    /// @param amount token base units
    function faucet(uint256 amount) external {
        uint256 max = FAUCET_LIMIT * 10 ** DECIMALS;
        if (amount > max) revert FaucetLimited(amount, max);
        uint256 opens = faucetOpens[msg.sender];
        if (block.timestamp < opens) revert FaucetPaused(msg.sender, opens);
        faucetOpens[msg.sender] = block.timestamp + FAUCET_PAUSE;
        _mint(msg.sender, amount);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return DECIMALS;
    }
}
