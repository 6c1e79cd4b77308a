// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IClearingContract, Limits, Policy, Posted} from "../../contracts/interfaces/IClearingContract.sol";
import {IMarket} from "./support/IMarket.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract DeploymentTest is MarketTest {
    Limits private _chosen;
    uint256 private constant MAX_FEE = type(uint80).max;
    uint256 private constant MAX_PRICE = type(uint80).max - 1;

    function setUp() public override {
        token = _newToken(18);
        _chosen = _limits();
    }

    function _create(uint256 price) private returns (IMarket) {
        return _newMarket(_arguments(price));
    }

    function _arguments(uint256 price) private view returns (bytes memory) {
        return abi.encode(token, owner, provider, treasury, Policy.PerSubmission, true, price, _chosen);
    }

    function _createWith(address token_, address owner_, address provider_, address treasury_) private {
        _newMarket(abi.encode(token_, owner_, provider_, treasury_, Policy.Refunding, false, UNIT, _chosen));
    }

    function _expectOutOfRange(string memory name, uint256 given, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.ParameterOutOfRange.selector, name, given, min, max));
    }

    function _expectZeroAddress(string memory name) private {
        vm.expectRevert(abi.encodeWithSelector(IClearingContract.ZeroAddress.selector, name));
    }

    function test_TheMarketKeepsWhatItWasDeployedWith() public {
        market = _create(3 * UNIT);
        assertEq(address(market.token()), address(token));
        assertEq(market.owner(), owner);
        assertEq(market.provider(), provider);
        assertEq(market.treasury(), treasury);
        assertEq(uint256(market.policy()), uint256(Policy.PerSubmission));
        assertTrue(market.allowlisted());
        assertEq(abi.encode(market.limits()), abi.encode(_chosen));
    }

    function test_NoEpochIsOpenAndTheFirstPriceIsPosted() public {
        market = _create(3 * UNIT);
        Posted memory offer = market.posted();
        assertEq(offer.price, 3 * UNIT);
        assertEq(offer.epoch, 0);
        assertEq(offer.round, 0);
        assertEq(offer.samples, 0);
        assertEq(offer.capacity, 0);
        assertEq(market.totals().members, 0);
    }

    function test_TheMarketAnnouncesItself() public {
        bytes memory arguments = _arguments(2 * UNIT);
        address expected = _nextMarket(arguments);
        vm.expectEmit(expected);
        emit IClearingContract.MarketCreated(
            address(token),
            provider,
            treasury,
            18,
            Policy.PerSubmission,
            true,
            2 * UNIT,
            _chosen
        );
        _newMarket(arguments);
    }

    function test_RevertWhen_TheTokenIsTheZeroAddress() public {
        _expectZeroAddress("token");
        _createWith(address(0), owner, provider, treasury);
    }

    function test_RevertWhen_TheProviderIsTheZeroAddress() public {
        _expectZeroAddress("provider");
        _createWith(address(token), owner, address(0), treasury);
    }

    function test_RevertWhen_TheTreasuryIsTheZeroAddress() public {
        _expectZeroAddress("treasury");
        _createWith(address(token), owner, provider, address(0));
    }

    function test_RevertWhen_TheOwnerIsTheZeroAddress() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        _createWith(address(token), address(0), provider, treasury);
    }

    function test_RevertWhen_TheTokenHasMoreThan18Decimals() public {
        token = _newToken(19);
        _expectOutOfRange("decimals", 19, 0, 18);
        _create(UNIT);
    }

    function test_ATokenWithoutDecimalsIsAccepted() public {
        token = _newToken(0);
        assertEq(address(_create(UNIT).token()), address(token));
    }

    function test_ThePriceMayBeZero() public {
        assertEq(_create(0).posted().price, 0);
    }

    function test_ThePriceMayBeTheHighest() public {
        assertEq(_create(MAX_PRICE).posted().price, MAX_PRICE);
    }

    function test_RevertWhen_ThePriceIsAboveTheHighest() public {
        _expectOutOfRange("price", MAX_PRICE + 1, 0, MAX_PRICE);
        _create(MAX_PRICE + 1);
    }

    function test_EveryFeeLimitMayBeTheHighest() public {
        (_chosen.maxUnitFee, _chosen.maxExecutionFee, _chosen.maxProgressiveFee) = (MAX_FEE, MAX_FEE, MAX_FEE);
        assertEq(abi.encode(_create(UNIT).limits()), abi.encode(_chosen));
    }

    function test_RevertWhen_TheUnitFeeLimitIsTooHigh() public {
        _chosen.maxUnitFee = MAX_FEE + 1;
        _expectOutOfRange("maxUnitFee", MAX_FEE + 1, 0, MAX_FEE);
        _create(UNIT);
    }

    function test_RevertWhen_TheExecutionFeeLimitIsTooHigh() public {
        _chosen.maxExecutionFee = MAX_FEE + 1;
        _expectOutOfRange("maxExecutionFee", MAX_FEE + 1, 0, MAX_FEE);
        _create(UNIT);
    }

    function test_RevertWhen_TheProgressiveFeeLimitIsTooHigh() public {
        _chosen.maxProgressiveFee = MAX_FEE + 1;
        _expectOutOfRange("maxProgressiveFee", MAX_FEE + 1, 0, MAX_FEE);
        _create(UNIT);
    }

    function test_EveryRoundLimitMayBeTheHighest() public {
        _chosen.maxRoundLength = type(uint24).max;
        _chosen.minRoundLength = type(uint24).max;
        _chosen.maxRounds = SETTLED - 1;
        assertEq(abi.encode(_create(UNIT).limits()), abi.encode(_chosen));
    }

    function test_RevertWhen_TheLongestRoundIsZero() public {
        _chosen.maxRoundLength = 0;
        _expectOutOfRange("maxRoundLength", 0, 1, type(uint24).max);
        _create(UNIT);
    }

    function test_RevertWhen_TheLongestRoundIsTooLong() public {
        _chosen.maxRoundLength = 1 << 24;
        _expectOutOfRange("maxRoundLength", 1 << 24, 1, type(uint24).max);
        _create(UNIT);
    }

    function test_RevertWhen_TheShortestRoundIsZero() public {
        _chosen.minRoundLength = 0;
        _expectOutOfRange("minRoundLength", 0, 1, 1 days);
        _create(UNIT);
    }

    function test_RevertWhen_TheShortestRoundIsLongerThanTheLongest() public {
        _chosen.minRoundLength = 1 days + 1;
        _expectOutOfRange("minRoundLength", 1 days + 1, 1, 1 days);
        _create(UNIT);
    }

    function test_RevertWhen_NoRoundIsAllowed() public {
        _chosen.maxRounds = 0;
        _expectOutOfRange("maxRounds", 0, 1, SETTLED - 1);
        _create(UNIT);
    }

    function test_RevertWhen_TooManyRoundsAreAllowed() public {
        _chosen.maxRounds = SETTLED;
        _expectOutOfRange("maxRounds", SETTLED, 1, SETTLED - 1);
        _create(UNIT);
    }
}
