// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {TestToken} from "../../contracts/TestToken.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract TestTokenTest is MarketTest {
    function setUp() public override {
        token = _newToken(6);
    }

    function test_EveryTestnetTakesIt() public {
        uint24[5] memory ids = [31_337, 11_155_111, 84_532, 11_155_420, 421_614];
        for (uint256 i = 0; i < ids.length; ++i) {
            vm.chainId(ids[i]);
            assertEq(_newToken(6).decimals(), 6);
        }
    }

    function test_RevertWhen_DeployedOnAMainnet() public {
        uint16[4] memory ids = [1, 10, 8453, 42_161];
        for (uint256 i = 0; i < ids.length; ++i) {
            vm.chainId(ids[i]);
            vm.expectRevert(abi.encodeWithSelector(TestToken.NotOnMainnet.selector, ids[i]));
            this.newToken();
        }
    }

    /// @dev Called from outside, so that a revert can be expected of it.
    function newToken() external returns (TestToken) {
        return _newToken(6);
    }

    function test_ItsDeployerMintsAnyAmount() public {
        vm.chainId(11_155_111);
        token.mint(ann, 1e30);
        assertEq(token.balanceOf(ann), 1e30);
    }

    function test_EverybodyMintsOnALocalChain() public {
        vm.prank(stranger);
        token.mint(stranger, 1e30);
        assertEq(token.balanceOf(stranger), 1e30);
    }

    function test_RevertWhen_AStrangerMints() public {
        vm.chainId(11_155_111);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        token.mint(stranger, 1);
    }

    function test_TheFaucetGivesUpToItsLimit() public {
        vm.prank(ann);
        token.faucet(1000e6);
        assertEq(token.balanceOf(ann), 1000e6);
    }

    function test_RevertWhen_MoreThanTheLimitIsTaken() public {
        vm.expectRevert(abi.encodeWithSelector(TestToken.FaucetLimited.selector, 1000e6 + 1, 1000e6));
        vm.prank(ann);
        token.faucet(1000e6 + 1);
    }

    function test_RevertWhen_TheSameAddressComesBackTooEarly() public {
        vm.warp(1_000_000);
        vm.startPrank(ann);
        token.faucet(1);
        vm.warp(1_000_000 + 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(TestToken.FaucetPaused.selector, ann, 1_000_000 + 1 days));
        token.faucet(1);
        vm.stopPrank();
    }

    function test_TheSameAddressComesBackAfterADay() public {
        vm.warp(1_000_000);
        vm.startPrank(ann);
        token.faucet(1);
        vm.warp(1_000_000 + 1 days);
        token.faucet(2);
        vm.stopPrank();
        assertEq(token.balanceOf(ann), 3);
    }

    function test_OneAddressDoesNotWaitForAnother() public {
        vm.prank(ann);
        token.faucet(1);
        vm.prank(bob);
        token.faucet(1);
        assertEq(token.balanceOf(bob), 1);
    }
}
