// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {Account, IClearingContract, Policy} from "../../contracts/interfaces/IClearingContract.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {
    FalseToken,
    FeeOnTransferToken,
    HookedToken,
    ReentrantAgent,
    SilentToken,
    VanishingToken
} from "./support/Tokens.sol";

contract DepositTest is MarketTest {
    bytes32 private constant PERMIT = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    function _sign(
        address signer,
        uint256 key,
        uint256 amount,
        uint256 deadline
    ) private view returns (Signature memory) {
        bytes32 content = keccak256(
            abi.encode(PERMIT, signer, address(market), amount, token.nonces(signer), deadline)
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            key,
            keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), content))
        );
        return Signature(v, r, s);
    }

    // --------------------------------------------------------------------------------------------- deposit

    function test_TheFirstDepositJoinsAndCredits() public {
        _mint(ann, 100);
        vm.expectEmit(address(market));
        emit IClearingContract.Joined(ann);
        vm.expectEmit(address(market));
        emit IClearingContract.Deposited(ann, 70);
        vm.prank(ann);
        market.deposit(70);
        assertEq(market.account(ann).balance, 70);
        assertEq(token.balanceOf(ann), 30);
        assertEq(token.balanceOf(address(market)), 70);
        _assertTotals(0, 0, 0, 1);
    }

    function test_ALaterDepositAddsUpAndJoinsNoMore() public {
        _deposit(ann, 70);
        _deposit(ann, 5);
        assertEq(market.account(ann).balance, 75);
        _assertTotals(0, 0, 0, 1);
    }

    function test_ADepositKeepsTheStandingDemand() public {
        _fund(ann);
        _open();
        _submit(ann, 10 * UNIT);
        Account memory before = market.account(ann);
        _deposit(ann, 7);
        before.balance += 7;
        _assertAccount(ann, before);
        _assertTotals(10 * UNIT, 10 * UNIT, 1, 1);
    }

    function test_ADepositAfterTheEpochSettlesIt() public {
        _fund(ann);
        _openOneRound();
        _submit(ann, 10 * UNIT);
        market.closeRound();
        uint256 due = _paymentOf(UNIT, 10 * UNIT) + _chargeOf(_parameters(), 10 * UNIT);
        _deposit(ann, 7);
        _assertAccount(
            ann,
            Account({
                balance: _tokens(WEALTH) + 7 - due,
                demand: 10 * UNIT,
                lockedPrice: market.account(ann).lockedPrice,
                epoch: 1,
                answered: SETTLED
            })
        );
    }

    function test_RevertWhen_DepositingNothing() public {
        vm.prank(ann);
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.deposit(0);
    }

    function test_RevertWhen_DepositingWithoutApproval() public {
        token.mint(ann, 10);
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 10)
        );
        market.deposit(10);
    }

    function test_ABalanceMayReachItsLimit() public {
        _deposit(ann, type(uint96).max);
        assertEq(market.account(ann).balance, type(uint96).max);
    }

    function test_RevertWhen_TheBalanceWouldNotFit() public {
        _deposit(ann, type(uint96).max);
        _mint(ann, 1);
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(
                IClearingContract.BalanceTooLarge.selector,
                ann,
                uint256(type(uint96).max) + 1,
                type(uint96).max
            )
        );
        market.deposit(1);
    }

    function testFuzz_EveryDepositIsCreditedInFull(uint96 first, uint96 second) public {
        first = uint96(bound(first, 1, type(uint96).max / 2));
        second = uint96(bound(second, 1, type(uint96).max / 2));
        _deposit(ann, first);
        _deposit(ann, second);
        assertEq(market.account(ann).balance, uint256(first) + second);
    }

    // ---------------------------------------------------------------------------------------- with a permit

    function test_APermitReplacesTheApproval() public {
        (address signer, uint256 key) = makeAddrAndKey("signer");
        token.mint(signer, 100);
        Signature memory given = _sign(signer, key, 60, 1 days);
        vm.expectEmit(address(market));
        emit IClearingContract.Deposited(signer, 60);
        vm.prank(signer);
        market.depositWithPermit(60, 1 days, given.v, given.r, given.s);
        assertEq(market.account(signer).balance, 60);
        assertEq(token.nonces(signer), 1);
        assertEq(token.allowance(signer, address(market)), 0);
    }

    function test_APermitThatSomebodyElseUsedFirstDoesNotStopTheDeposit() public {
        (address signer, uint256 key) = makeAddrAndKey("signer");
        token.mint(signer, 100);
        Signature memory given = _sign(signer, key, 60, 1 days);
        vm.prank(stranger);
        token.permit(signer, address(market), 60, 1 days, given.v, given.r, given.s);
        vm.prank(signer);
        market.depositWithPermit(60, 1 days, given.v, given.r, given.s);
        assertEq(market.account(signer).balance, 60);
    }

    function test_ATokenWithoutPermitButWithApprovalIsDeposited() public {
        SilentToken silent = new SilentToken();
        market = _marketOver(IERC20Metadata(address(silent)), Policy.Refunding, false, UNIT);
        silent.mint(ann, 60);
        vm.startPrank(ann);
        silent.approve(address(market), 60);
        market.depositWithPermit(60, 1 days, 27, bytes32(0), bytes32(0));
        vm.stopPrank();
        assertEq(market.account(ann).balance, 60);
    }

    function test_RevertWhen_ThePermitIsInvalidAndThereIsNoApproval() public {
        token.mint(ann, 60);
        (, uint256 key) = makeAddrAndKey("somebody else");
        Signature memory given = _sign(ann, key, 60, 1 days);
        vm.prank(ann);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 60)
        );
        market.depositWithPermit(60, 1 days, given.v, given.r, given.s);
    }

    function test_RevertWhen_ThePermitHasExpired() public {
        (address signer, uint256 key) = makeAddrAndKey("signer");
        token.mint(signer, 60);
        vm.warp(2 days);
        Signature memory given = _sign(signer, key, 60, 1 days);
        vm.prank(signer);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(market), 0, 60)
        );
        market.depositWithPermit(60, 1 days, given.v, given.r, given.s);
    }

    // --------------------------------------------------------------------------------------- unusual tokens

    function test_OfATokenThatKeepsAFeeWhatArrivesIsCredited() public {
        FeeOnTransferToken fee = new FeeOnTransferToken();
        market = _marketOver(fee, Policy.Refunding, false, UNIT);
        fee.mint(ann, 1000);
        vm.startPrank(ann);
        fee.approve(address(market), 1000);
        vm.expectEmit(address(market));
        emit IClearingContract.Deposited(ann, 990);
        market.deposit(1000);
        vm.stopPrank();
        assertEq(market.account(ann).balance, 990);
        assertEq(fee.balanceOf(address(market)), 990);
    }

    function test_RevertWhen_NothingArrives() public {
        VanishingToken vanishing = new VanishingToken();
        market = _marketOver(vanishing, Policy.Refunding, false, UNIT);
        vanishing.mint(ann, 1000);
        vm.startPrank(ann);
        vanishing.approve(address(market), 1000);
        vm.expectRevert(IClearingContract.ZeroAmount.selector);
        market.deposit(1000);
        vm.stopPrank();
    }

    function test_ATokenThatReturnsNothingIsDeposited() public {
        SilentToken silent = new SilentToken();
        market = _marketOver(IERC20Metadata(address(silent)), Policy.Refunding, false, UNIT);
        silent.mint(ann, 60);
        vm.startPrank(ann);
        silent.approve(address(market), 60);
        market.deposit(60);
        vm.stopPrank();
        assertEq(market.account(ann).balance, 60);
    }

    function test_RevertWhen_TheTokenReturnsFalse() public {
        FalseToken lying = new FalseToken();
        market = _marketOver(lying, Policy.Refunding, false, UNIT);
        lying.mint(ann, 60);
        lying.setFailing(true);
        vm.startPrank(ann);
        lying.approve(address(market), 60);
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(lying)));
        market.deposit(60);
        vm.stopPrank();
    }

    // ------------------------------------------------------------------------------------------- reentrancy

    function _reentrant() private returns (HookedToken hooked, ReentrantAgent agent) {
        hooked = new HookedToken();
        market = _marketOver(hooked, Policy.Refunding, false, UNIT);
        agent = new ReentrantAgent(address(market));
        hooked.mint(address(agent), 1000 * UNIT);
        agent.act(address(hooked), abi.encodeCall(hooked.approve, (address(market), type(uint256).max)));
        agent.act(address(market), abi.encodeCall(market.deposit, (100 * UNIT)));
        hooked.setHook(agent);
    }

    function test_RevertWhen_DepositingInsideADeposit() public {
        (, ReentrantAgent agent) = _reentrant();
        agent.arm(abi.encodeCall(market.deposit, (1)));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        agent.act(address(market), abi.encodeCall(market.deposit, (10)));
    }

    function test_RevertWhen_WithdrawingInsideADeposit() public {
        (, ReentrantAgent agent) = _reentrant();
        agent.arm(abi.encodeCall(market.withdraw, (1, address(agent))));
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        agent.act(address(market), abi.encodeCall(market.deposit, (10)));
    }

    function test_ASubmissionInsideADepositIsNotForgotten() public {
        (, ReentrantAgent agent) = _reentrant();
        _open();
        agent.arm(abi.encodeCall(market.submit, (1, 0, 2 * UNIT)));
        agent.act(address(market), abi.encodeCall(market.deposit, (10 * UNIT)));
        assertEq(market.account(address(agent)).balance, 110 * UNIT);
        assertEq(market.account(address(agent)).demand, 2 * UNIT);
        _assertTotals(2 * UNIT, 2 * UNIT, 1, 1);
    }

    function test_JoiningInsideTheFirstDepositJoinsOnce() public {
        HookedToken hooked = new HookedToken();
        market = _marketOver(hooked, Policy.Refunding, false, UNIT);
        ReentrantAgent agent = new ReentrantAgent(address(market));
        hooked.mint(address(agent), 100);
        agent.act(address(hooked), abi.encodeCall(hooked.approve, (address(market), 100)));
        hooked.setHook(agent);
        agent.arm(abi.encodeCall(market.join, ()));
        agent.act(address(market), abi.encodeCall(market.deposit, (100)));
        assertEq(market.totals().members, 1);
        assertEq(market.account(address(agent)).balance, 100);
    }
}
