// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, Outcome, Parameters, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {Charges} from "../../contracts/libraries/Charges.sol";
import {MarketTest} from "./support/MarketTest.sol";

/// @title Whether dust can be gathered
/// @dev Each test is named in SECURITY.md.
contract AttacksOnRoundingTest is MarketTest {
    uint256 private constant TIMES = 10_000;

    /// @dev Ten thousand epochs of one round: in each, one deposit, one demand chosen for its rounding, one withdrawal
    /// of everything. What is paid must cover what was got at its price, and its charge, to the base unit.
    function _harvest(uint8 decimals, Policy policy) private {
        _deploy(policy, false, 1234567890123456789, decimals);
        Parameters memory chosen = _parameters();
        chosen.maxRounds = 1;
        chosen.unitFee = 3;
        chosen.executionFee = 0;
        chosen.progressiveFee = 7;
        uint256 start = 1000 * 10 ** decimals + 200_000;
        _mint(ann, start);
        uint256 worth = 0;
        vm.pauseGasMetering();
        for (uint256 i = 0; i < TIMES; ++i) {
            worth += _oneEpoch(chosen, _sliver(i, decimals));
        }
        vm.resumeGasMetering();
        assertEq(market.account(ann).balance, 0);
        uint256 paid = start - token.balanceOf(ann);
        assertGt(worth, 0, "something was bought");
        assertGe(paid * _divisor(), worth, "what is bought is paid for");
        assertEq(token.balanceOf(address(market)), uint256(market.funds().revenue) + market.funds().fees);
        assertEq(token.balanceOf(address(market)), paid);
    }

    /// @dev Just below, at and just above what one base unit buys at the price, and odd multiples of it.
    function _sliver(uint256 i, uint8 decimals) private pure returns (uint256) {
        uint256 unit = (10 ** (36 - decimals)) / 1234567890123456789 + 1;
        uint256 demand = (unit * (1 + (i % 7))) / (1 + (i % 3)) + (i % 5);
        return demand < 2 ? 1 : demand - 2;
    }

    /// @dev The payment due for what was got, exactly: 36 decimals.
    function _oneEpoch(Parameters memory chosen, uint256 demand) private returns (uint256) {
        vm.prank(owner);
        market.openEpoch(chosen);
        uint256 all = token.balanceOf(ann);
        vm.startPrank(ann);
        market.deposit(all);
        market.submit(market.posted().epoch, 0, demand);
        market.closeRound();
        market.withdraw(market.freeBalance(ann), ann);
        vm.stopPrank();
        Account memory end = market.account(ann);
        Outcome memory outcome = market.outcome(end.epoch);
        return outcome.price * end.demand;
    }

    function test_TenThousandSliversOf18DecimalsEarnNothing() public {
        _harvest(18, Policy.Refunding);
    }

    function test_TenThousandSliversOf6DecimalsEarnNothing() public {
        _harvest(6, Policy.PerSubmission);
    }

    function test_TenThousandSliversOf0DecimalsEarnNothing() public {
        _harvest(0, Policy.Refunding);
    }

    /// @dev What rounding up costs is less than one base unit, whatever the progressive fee.
    function testFuzz_AChargeIsRoundedUpByLessThanOneBaseUnit(uint256 progressiveFee, uint256 demand) public pure {
        progressiveFee = bound(progressiveFee, 0, 30_000 * UNIT);
        demand = bound(demand, 1, 1e9 * UNIT);
        uint256 charged = Charges.chargeUp(0, 0, progressiveFee, demand, UNIT);
        uint256 exact = progressiveFee * demand * demand;
        assertGe(charged * 2 * UNIT * UNIT, exact);
        assertLt(charged * 2 * UNIT * UNIT, exact + 2 * UNIT * UNIT);
    }
}
