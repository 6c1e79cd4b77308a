// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Keeps one percent of every transfer
contract FeeOnTransferToken is ERC20 {
    constructor() ERC20("Fee", "FEE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(to, address(0), amount / 100);
    }
}

/// @title Takes everything on the way: a transfer delivers nothing
contract VanishingToken is ERC20 {
    constructor() ERC20("Vanishing", "VAN") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from != address(0) && to != address(0)) super._update(to, address(0), amount);
    }
}

/// @title Reverts on failure and says nothing on success, as the oldest tokens do; knows no permit
contract SilentToken {
    uint8 public constant decimals = 6;
    mapping(address holder => uint256) public balanceOf;
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @title Moves tokens like any other until told to fail, and then returns false instead of reverting
contract FalseToken is ERC20 {
    bool public failing;

    constructor() ERC20("False", "FLS") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFailing(bool failing_) external {
        failing = failing_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !failing && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !failing && super.transferFrom(from, to, amount);
    }
}

/// @title Refuses to move tokens to or from blocked accounts
contract BlockingToken is ERC20 {
    error Blocked(address account);

    mapping(address account => bool) public blocked;

    constructor() ERC20("Blocking", "BLK") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setBlocked(address account, bool blocked_) external {
        blocked[account] = blocked_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (blocked[from]) revert Blocked(from);
        if (blocked[to]) revert Blocked(to);
        super._update(from, to, amount);
    }
}

interface ITransferHook {
    function onTransfer() external;
}

/// @title Calls a hook in the middle of every transfer
contract HookedToken is ERC20 {
    ITransferHook public hook;

    constructor() ERC20("Hooked", "HKD") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setHook(ITransferHook hook_) external {
        hook = hook_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (address(hook) != address(0) && from != address(0)) hook.onTransfer();
    }
}

/// @title An agent that calls the market again while its tokens are under way
contract ReentrantAgent is ITransferHook {
    using Address for address;

    address private immutable MARKET;
    bytes private _reentry;

    constructor(address market) {
        MARKET = market;
    }

    /// @dev Armed with nothing it stays quiet.
    function arm(bytes calldata reentry) external {
        _reentry = reentry;
    }

    function act(address target, bytes calldata data) external {
        target.functionCall(data);
    }

    function onTransfer() external {
        bytes memory reentry = _reentry;
        delete _reentry;
        if (reentry.length != 0) MARKET.functionCall(reentry);
    }
}
