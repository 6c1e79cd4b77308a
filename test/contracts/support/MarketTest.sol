// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Create2} from "@openzeppelin/contracts/utils/Create2.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

import {
    Account,
    Funds,
    Limits,
    Parameters,
    Policy,
    Posted,
    Reason,
    StepRule,
    Totals
} from "../../../contracts/interfaces/IClearingContract.sol";
import {TestToken} from "../../../contracts/TestToken.sol";
import {Test} from "forge-std/Test.sol";
import {IMarket} from "./IMarket.sol";

/// @title A small market and the moves its tests are made of
/// @dev The numbers are chosen to be followed by hand: capacity 50, first price 1, and a step of 0.02 per unit, so that
/// a total demand of 100 lifts the price by exactly one token.
abstract contract MarketTest is Test {
    uint256 internal constant UNIT = 1e18;
    uint256 internal constant UNSEEN = type(uint80).max;
    uint256 internal constant SETTLED = type(uint16).max;
    uint256 internal constant CAPACITY = 50 * UNIT;
    uint256 internal constant WEALTH = 100_000;

    /// @dev The price 1e18 as a stale demand's lock keeps it: its upper 26 bits. 1e18 has 60.
    uint256 internal constant LOCKED_ONE = (UNIT >> 34) << 34;

    uint256 private _created;

    IMarket internal market;
    TestToken internal token;

    address internal owner = makeAddr("owner");
    address internal provider = makeAddr("provider");
    address internal treasury = makeAddr("treasury");
    address internal ann = makeAddr("ann");
    address internal bob = makeAddr("bob");
    address internal cid = makeAddr("cid");
    address internal stranger = makeAddr("stranger");

    function setUp() public virtual {
        _deploy(Policy.Refunding);
    }

    // ------------------------------------------------------------------------------------------ deployment

    function _deploy(Policy policy) internal {
        _deploy(policy, false, UNIT, 18);
    }

    function _deploy(Policy policy, bool allowlisted, uint256 price, uint8 decimals) internal {
        token = _newToken(decimals);
        market = _marketOver(token, policy, allowlisted, price);
    }

    function _marketOver(
        IERC20Metadata token_,
        Policy policy,
        bool allowlisted,
        uint256 price
    ) internal returns (IMarket) {
        return _newMarket(abi.encode(token_, owner, provider, treasury, policy, allowlisted, price, _limits()));
    }

    function _newToken(uint8 decimals) internal returns (TestToken) {
        return TestToken(_create(vm.getCode("TestToken.sol:TestToken"), abi.encode("Token", "TKN", decimals)));
    }

    /// @dev Where the next `_newMarket` with these arguments will be.
    function _nextMarket(bytes memory arguments) internal view returns (address) {
        bytes memory code = bytes.concat(vm.getCode("ClearingContract.sol:ClearingContract"), arguments);
        return Create2.computeAddress(bytes32(_created + 1), keccak256(code));
    }

    function _newMarket(bytes memory arguments) internal returns (IMarket) {
        return IMarket(_create(vm.getCode("ClearingContract.sol:ClearingContract"), arguments));
    }

    /// @dev From the compiled artifact rather than with `new`, so that the market is not compiled into every test.
    function _create(bytes memory code, bytes memory arguments) private returns (address) {
        return Create2.deploy(0, bytes32(++_created), bytes.concat(code, arguments));
    }

    function _limits() internal pure returns (Limits memory) {
        return
            Limits({
                maxUnitFee: 10 * UNIT,
                maxExecutionFee: 20 * UNIT,
                maxProgressiveFee: 30 * UNIT,
                minRoundLength: 10,
                maxRoundLength: 1 days,
                maxRounds: 1000
            });
    }

    function _parameters() internal pure returns (Parameters memory) {
        return
            Parameters({
                capacity: CAPACITY,
                unitFee: UNIT / 2,
                executionFee: UNIT,
                progressiveFee: UNIT / 4,
                samples: 1,
                rule: StepRule.Constant,
                initialStep: UNIT / 50,
                stepOffset: 10,
                maxStep: 10 * UNIT,
                primalTolerance: UNIT / 20,
                dualTolerance: UNIT / 1000,
                movementTolerance: UNIT / 2,
                roundLength: 60,
                maxRounds: 6
            });
    }

    // ----------------------------------------------------------------------------------------------- moves

    /// @dev Whole tokens in base units.
    function _tokens(uint256 whole) internal view returns (uint256) {
        return whole * 10 ** token.decimals();
    }

    function _mint(address agent, uint256 amount) internal {
        token.mint(agent, amount);
        vm.prank(agent);
        token.approve(address(market), type(uint256).max);
    }

    function _deposit(address agent, uint256 amount) internal {
        _mint(agent, amount);
        vm.prank(agent);
        market.deposit(amount);
    }

    function _fund(address agent) internal {
        _deposit(agent, _tokens(WEALTH));
    }

    function _fundAnnAndBob() internal {
        _fund(ann);
        _fund(bob);
    }

    function _open(Parameters memory chosen) internal {
        vm.prank(owner);
        market.openEpoch(chosen);
    }

    function _open() internal {
        _open(_parameters());
    }

    /// @dev An epoch of one round: closing it settles it whatever happens.
    function _openOneRound() internal {
        Parameters memory chosen = _parameters();
        chosen.maxRounds = 1;
        _open(chosen);
    }

    /// @dev Demand and movement, the lowest 176 bits of their word; the rest stays.
    function _storeSums(uint256 sums) internal {
        bytes32 slot = bytes32(uint256(5));
        uint256 others = uint256(vm.load(address(market), slot)) >> 176;
        vm.store(address(market), slot, bytes32((others << 176) | sums));
    }

    function _submit(address agent, uint256 demand) internal {
        Posted memory offer = market.posted();
        vm.prank(agent);
        market.submit(offer.epoch, uint16(offer.round), demand);
    }

    /// @dev Wait for the deadline if need be, and close.
    function _close() internal {
        uint256 deadline = market.totals().deadline;
        if (deadline > vm.getBlockTimestamp()) vm.warp(deadline);
        market.closeRound();
    }

    /// @dev Ann and Bob, the only members, ask for `total` between them, and the round is closed.
    function _round(uint256 total) internal {
        uint256 half = total / 2;
        _submit(ann, half);
        _submit(bob, total - half);
        market.closeRound();
    }

    function _settle(address agent) internal {
        market.settleAccounts(_one(agent));
    }

    function _trim(address agent) internal {
        market.trim(_one(agent));
    }

    function _one(address agent) internal pure returns (address[] memory agents) {
        agents = new address[](1);
        agents[0] = agent;
    }

    function _two(address first, address second) internal pure returns (address[] memory agents) {
        agents = new address[](2);
        agents[0] = first;
        agents[1] = second;
    }

    // ---------------------------------------------------------------------------------- what things cost

    /// @dev τx + ½φx² + g·1{x>0} in base units, exactly, then rounded up once.
    function _chargeOf(Parameters memory chosen, uint256 demand) internal view returns (uint256) {
        if (demand == 0) return 0;
        uint256 twice = 2 * (chosen.unitFee * demand + chosen.executionFee * UNIT) * UNIT;
        return Math.ceilDiv(twice + chosen.progressiveFee * demand * demand, 2 * UNIT * _divisor());
    }

    function _paymentOf(uint256 price, uint256 quantity) internal view returns (uint256) {
        return Math.ceilDiv(price * quantity, _divisor());
    }

    function _divisor() internal view returns (uint256) {
        return 10 ** (36 - token.decimals());
    }

    // ------------------------------------------------------------------------------------------ assertions

    function _assertReason(Reason given, Reason expected) internal pure {
        assertEq(uint256(given), uint256(expected), "reason");
    }

    function _assertAccount(address agent, Account memory expected) internal view {
        Account memory given = market.account(agent);
        assertEq(given.balance, expected.balance, "balance");
        assertEq(given.demand, expected.demand, "demand");
        assertEq(given.lockedPrice, expected.lockedPrice, "lockedPrice");
        assertEq(given.epoch, expected.epoch, "epoch");
        assertEq(given.answered, expected.answered, "answered");
    }

    function _assertTotals(uint256 demand, uint256 movement, uint256 answered, uint256 members) internal view {
        Totals memory sums = market.totals();
        assertEq(sums.demand, demand, "total demand");
        assertEq(sums.movement, movement, "movement");
        assertEq(sums.answered, answered, "answered");
        assertEq(sums.members, members, "members");
    }

    /// @dev What the market holds is what it owes: `agents` must be all its members.
    function _assertSolvent(address[] memory agents) internal view {
        Funds memory held = market.funds();
        uint256 owed = uint256(held.revenue) + held.fees;
        for (uint256 i = 0; i < agents.length; ++i) {
            owed += market.account(agents[i]).balance;
        }
        assertEq(token.balanceOf(address(market)), owed, "tokens held against tokens owed");
    }
}
