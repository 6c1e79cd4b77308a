// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {
    Account,
    IClearingContract,
    Outcome,
    Parameters,
    Policy,
    Posted,
    Reason,
    StepRule
} from "../../../contracts/interfaces/IClearingContract.sol";
import {LockedPrice} from "../../../contracts/libraries/LockedPrice.sol";
import {Vm} from "forge-std/Vm.sol";
import {DemandSigning} from "./DemandSigning.sol";
import {IMarket} from "./IMarket.sol";

/// @notice What must hold: see Invariants.t.sol.
enum Property {
    Allocation,
    Price,
    Account,
    Exit,
    End,
    Refusal
}

/// @title The books of a market kept a second time, from what is sent to it
/// @dev The actions are in InvariantHandler.sol; each writes what it should do here, and then the market is compared.
/// Nothing here is read from the market but to be compared. What differs is kept in `broken`, under its property.
abstract contract SecondBooks is DemandSigning {
    /// @dev What the rounds of the open epoch have shown: the highest price that leaves demand above capacity, the
    /// lowest that does not, and the last round.
    struct Seen {
        bool short;
        bool clear;
        uint256 shortAt;
        uint256 clearAt;
        uint256 price;
        uint256 demand;
    }

    uint256 internal constant AGENTS = 6;

    address[] internal _agents;
    mapping(address agent => uint256) internal _keys;

    mapping(Property property => string) public broken;
    uint256 public donated;
    /// @notice Members who never act.
    uint256 public sleepers;
    uint256 public steps;
    uint256 public exits;

    mapping(address agent => Account) internal _book;
    mapping(uint256 epoch => Parameters) internal _chosen;
    mapping(uint256 epoch => Outcome) internal _ends;
    Posted internal _offer;
    Seen internal _seen;
    uint256 internal _movement;
    uint256 internal _deadline;
    uint256 internal _revenue;
    uint256 internal _fees;

    /// @dev What the events of the market say: allocations, and how many settlements there were.
    mapping(uint256 epoch => uint256) internal _allocated;
    uint256 internal _settlements;
    uint256 internal _settlementsBooked;
    /// @dev Signed demands passed over: what the events say, and what the rules do.
    uint256 internal _skips;
    uint256 internal _skipsBooked;

    mapping(address agent => uint256) internal _deposited;
    mapping(address agent => uint256) internal _withdrawn;
    /// @dev Payments and charges by now.
    mapping(address agent => uint256) internal _due;

    function agents() external view returns (address[] memory) {
        return _agents;
    }

    function theMarket() external view returns (IMarket) {
        return market;
    }

    function _break(Property property, string memory what) internal {
        broken[property] = what;
    }

    function _isOpen() internal view returns (bool) {
        return _offer.samples != 0;
    }

    // ------------------------------------------------------------------------------------ what an action should do

    /// @dev τx + ½φx² + g and μx at the posted price.
    function _costOf(uint256 demand) internal view returns (uint256 charge, uint256 payment) {
        return (_chargeOf(_chosen[_offer.epoch], demand), _paymentOf(_offer.price, demand));
    }

    function _bookJoin(address agent) internal {
        if (_book[agent].epoch == 0) _book[agent].epoch = 1;
    }

    function _bookDeposit(address agent, uint256 amount) internal {
        _bookSettlement(agent);
        _bookJoin(agent);
        _book[agent].balance += amount;
        _deposited[agent] += amount;
    }

    function _bookWithdrawal(address agent, uint256 amount) internal {
        _bookSettlement(agent);
        _book[agent].balance -= amount;
        _withdrawn[agent] += amount;
    }

    function _bookDemand(address agent, uint256 demand) internal {
        _bookSettlement(agent);
        Account storage books = _book[agent];
        _movement += _distance(demand, books.epoch == _offer.epoch ? books.demand : 0);
        if (market.policy() == Policy.PerSubmission) {
            (uint256 charge, ) = _costOf(demand);
            books.balance -= charge;
            _fees += charge;
            _due[agent] += charge;
        }
        books.demand = demand;
        books.lockedPrice = LockedPrice.packDown(_offer.price);
        books.epoch = _offer.epoch;
        books.answered = _offer.round + 1;
    }

    function _bookTrim(address agent) internal {
        Account storage books = _book[agent];
        uint256 price = LockedPrice.packDown(_offer.price);
        bool stale = books.epoch == _offer.epoch && books.answered != _offer.round + 1 && books.demand != 0;
        if (!stale || books.lockedPrice >= price) return;
        uint256 demand = (books.demand * LockedPrice.unpack(books.lockedPrice)) / _offer.price;
        _movement += books.demand - demand;
        (books.demand, books.lockedPrice) = (demand, price);
    }

    function _bookSettlement(address agent) internal {
        Account storage books = _book[agent];
        if (!_isToSettle(books)) return;
        (uint256 allocation, uint256 payment, uint256 charge) = _resultOf(books);
        _revenue += payment;
        _fees += charge;
        _due[agent] += payment + charge;
        ++_settlementsBooked;
        books.balance -= payment + charge;
        (books.demand, books.answered) = (allocation, SETTLED);
    }

    function _isToSettle(Account memory books) private view returns (bool) {
        return books.demand != 0 && books.answered != SETTLED && (books.epoch != _offer.epoch || !_isOpen());
    }

    /// @dev a = x·min(1, m/Ŝ, μ^r/μ*), what is paid for it and what it is charged.
    function _resultOf(
        Account memory books
    ) private view returns (uint256 allocation, uint256 payment, uint256 charge) {
        Outcome memory end = _ends[books.epoch];
        allocation = (books.demand * end.scale) / UNIT;
        uint256 locked = LockedPrice.unpack(books.lockedPrice);
        if (books.answered != end.round + 1 && locked < end.price)
            allocation = Math.min(allocation, (books.demand * locked) / end.price);
        payment = _paymentOf(end.price, allocation);
        if (market.policy() == Policy.Refunding) charge = _chargeOf(_chosen[books.epoch], allocation);
    }

    /// @notice What an agent may withdraw: its balance, less the most its standing demand can still cost.
    function _freeOf(address agent) internal view returns (uint256) {
        Account memory books = _book[agent];
        if (_isToSettle(books)) {
            (, uint256 due, uint256 fees) = _resultOf(books);
            return books.balance - due - fees;
        }
        if (books.demand == 0 || books.answered == SETTLED) return books.balance;
        (uint256 charge, uint256 payment) = _costOf(books.demand);
        if (books.answered != _offer.round + 1)
            payment = _paymentOf(LockedPrice.unpack(books.lockedPrice), books.demand);
        return books.balance - payment - (market.policy() == Policy.Refunding ? charge : 0);
    }

    function _bookOpening(Parameters memory chosen) internal {
        _offer = Posted({
            price: _offer.price,
            capacity: chosen.capacity,
            unitFee: chosen.unitFee,
            executionFee: chosen.executionFee,
            progressiveFee: chosen.progressiveFee,
            epoch: _offer.epoch + 1,
            round: 0,
            samples: chosen.samples
        });
        _chosen[_offer.epoch] = chosen;
        _deadline = vm.getBlockTimestamp() + chosen.roundLength;
        delete _movement;
        delete _seen;
    }

    // ----------------------------------------------------------------------------------------- the end of a round

    /// @notice Ŝ, answers and members.
    function sums() public view returns (uint256 demand, uint256 answered, uint256 members) {
        members = sleepers;
        for (uint256 i = 0; i < _agents.length; ++i) {
            Account memory books = _book[_agents[i]];
            if (books.epoch != 0) ++members;
            if (books.epoch != _offer.epoch || !_isOpen()) continue;
            demand += books.demand;
            if (books.answered == _offer.round + 1) ++answered;
        }
    }

    /// @notice Σ|Δdemand| of the open round, and its deadline.
    function movementAndDeadline() external view returns (uint256 movement, uint256 deadline) {
        return (_movement, _deadline);
    }

    function offer() external view returns (Posted memory) {
        return _offer;
    }

    function maxRounds() external view returns (uint256) {
        return _chosen[_offer.epoch].maxRounds;
    }

    function _mayClose() internal view returns (bool) {
        (, uint256 answered, uint256 members) = sums();
        return _isOpen() && (vm.getBlockTimestamp() >= _deadline || (answered == members && members != 0));
    }

    function _bookClose() internal {
        Parameters memory how = _chosen[_offer.epoch];
        (uint256 demand, , ) = sums();
        uint256 next = _nextPrice(how, demand);
        Reason reason = _reason(how, demand, next);
        if (reason == Reason.None) {
            (_offer.price, _movement, _deadline) = (next, 0, vm.getBlockTimestamp() + how.roundLength);
            ++_offer.round;
            return;
        }
        _offer.samples = 0;
        _ends[_offer.epoch] = Outcome({
            price: _offer.price,
            scale: demand > how.capacity ? (how.capacity * UNIT) / demand : UNIT,
            reason: reason,
            round: _offer.round,
            unitFee: how.unitFee,
            executionFee: how.executionFee,
            progressiveFee: how.progressiveFee
        });
    }

    function _nextPrice(Parameters memory how, uint256 demand) private returns (uint256 next) {
        uint256 price = _offer.price;
        Seen memory last = _seen;
        bool excess = demand > how.capacity;
        if (excess) {
            if (!last.short || price > last.shortAt) (_seen.short, _seen.shortAt) = (true, price);
            // The other side is out of date.
            if (last.clear && price >= last.clearAt) _seen.clear = false;
        } else {
            if (!last.clear || price < last.clearAt) (_seen.clear, _seen.clearAt) = (true, price);
            if (last.short && price <= last.shortAt) _seen.short = false;
        }
        (_seen.price, _seen.demand) = (price, demand);

        uint256 move = Math.min(_step(how, last, _distance(demand, how.capacity)), how.maxStep);
        next = excess ? price + move : price - Math.min(move, price);
        if (how.rule != StepRule.Secant || !_seen.short || !_seen.clear || demand == how.capacity) return next;
        if (_seen.clearAt - _seen.shortAt <= how.dualTolerance) return _seen.clearAt;
        uint256 half = (_seen.clearAt - _seen.shortAt) / 2;
        if (_seen.shortAt >= next || next >= _seen.clearAt) return _seen.shortAt + half;
        // Short twice, or clear twice: half of the way at most.
        if (excess && last.demand > how.capacity) return Math.min(next, _seen.shortAt + half);
        if (!excess && last.demand <= how.capacity) return Math.max(next, _seen.shortAt + half);
    }

    /// @dev η_t·|Ŝ − m|, rounded down.
    function _step(Parameters memory how, Seen memory last, uint256 excess) private view returns (uint256) {
        uint256 step = how.initialStep * excess;
        uint256 round = _offer.round;
        if (how.rule == StepRule.InverseSqrt) return step / Math.sqrt((round + 1) * UNIT * UNIT);
        if (how.rule == StepRule.RobbinsMonro) return (step * how.stepOffset) / ((round + how.stepOffset) * UNIT);
        if (how.rule == StepRule.Secant && round != 0 && _seen.price != last.price) {
            bool usual = _seen.price > last.price ? _seen.demand < last.demand : _seen.demand > last.demand;
            if (usual) {
                uint256 line = (excess * _distance(_seen.price, last.price)) / _distance(_seen.demand, last.demand);
                return Math.saturatingMul(line, last.demand + how.capacity) / (2 * how.capacity);
            }
        }
        if (how.rule == StepRule.Secant && round != 0 && _seen.short && _seen.clear) return 0;
        return step / UNIT;
    }

    function _reason(Parameters memory how, uint256 demand, uint256 next) private view returns (Reason) {
        uint256 price = _offer.price;
        bool fits = demand <= how.capacity;
        if (_movement <= how.movementTolerance) {
            uint256 residual = price == 0 && fits ? 0 : _distance(demand, how.capacity);
            if (residual <= how.primalTolerance && _distance(next, price) <= how.dualTolerance) return Reason.Converged;
            if (fits && _seen.short && price - _seen.shortAt <= how.dualTolerance) return Reason.Rationed;
        }
        return _offer.round + 1 >= how.maxRounds ? Reason.RoundLimit : Reason.None;
    }

    function _distance(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a - b : b - a;
    }

    // ------------------------------------------------------------------------------------------------ comparing

    /// @dev The market against the books, after an action.
    function _compare() internal {
        _readSettlements();
        _compareTerms();
        for (uint256 i = 0; i < AGENTS; ++i) {
            address agent = _agents[i];
            if (!_same(abi.encode(market.account(agent)), abi.encode(_book[agent])))
                _break(Property.Account, "an account is not what was done to it");
            try market.freeBalance(agent) returns (uint256 free) {
                if (free != _freeOf(agent)) _break(Property.Account, "another balance is free");
            } catch {
                _break(Property.Exit, "a lock exceeds its balance");
            }
        }
        ++steps;
    }

    function _compareTerms() private {
        Posted memory posted = market.posted();
        if (posted.price != _offer.price) _break(Property.Price, "moved elsewhere, or without a round");
        posted.price = _offer.price;
        if (!_same(abi.encode(posted), abi.encode(_offer))) _break(Property.End, "another round, or other terms");
        if (_isOpen() || _offer.epoch == 0) return;
        if (!_same(abi.encode(market.outcome(_offer.epoch)), abi.encode(_ends[_offer.epoch])))
            _break(Property.End, "the epoch ended otherwise");
    }

    function _same(bytes memory a, bytes memory b) private pure returns (bool) {
        return keccak256(a) == keccak256(b);
    }

    /// @dev The allocations that the market announced since the logs were last read.
    function _readSettlements() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IClearingContract.DemandSkipped.selector) ++_skips;
            if (logs[i].topics[0] != IClearingContract.AccountSettled.selector) continue;
            (uint256 allocation, , ) = abi.decode(logs[i].data, (uint256, uint256, uint256));
            uint256 epoch = uint256(logs[i].topics[2]);
            ++_settlements;
            _allocated[epoch] += allocation;
            if (_allocated[epoch] > _chosen[epoch].capacity)
                _break(Property.Allocation, "more allocated than there is");
        }
        if (_settlements != _settlementsBooked) _break(Property.Account, "settled twice, or not at all");
        if (_skips != _skipsBooked) _break(Property.Refusal, "signed demands were passed over, or taken, wrongly");
    }

    /// @notice What an agent has paid, told from what went in and out, and what it had to pay.
    function paidAndDue(address agent) external view returns (uint256 paid, uint256 due) {
        paid = _deposited[agent] - _withdrawn[agent] - market.account(agent).balance;
        due = _due[agent];
    }

    /// @notice What the market should hold for provider and treasury.
    function funds() external view returns (uint256 revenue, uint256 fees) {
        return (_revenue, _fees);
    }

    // ---------------------------------------------------------------------------------------------- the way out

    /// @dev From deadline to deadline until the epoch has settled.
    function _closeAll() internal {
        while (_isOpen()) {
            if (_deadline > vm.getBlockTimestamp()) vm.warp(_deadline);
            if (!_closeOnce()) return;
        }
    }

    function _closeOnce() internal returns (bool closed) {
        try market.closeRound() {
            closed = true;
            _bookClose();
        } catch {
            _break(Property.End, "a round that may be closed could not be");
        }
    }

    /// @notice End the epoch, then everybody takes out everything in an order drawn from `seed`.
    function everybodyLeaves(uint256 seed) external {
        ++exits;
        vm.recordLogs();
        _closeAll();
        if (seed % 3 == 0) _settleEverybody();
        if (seed % 2 == 0) _takeFunds();
        for (uint256 i = 0; i < AGENTS; ++i) {
            _takeOut(_agents[seed % 5 < 2 ? AGENTS - 1 - i : (i + seed) % AGENTS]);
        }
        // Those who spent everything have nothing to take out: anybody books what they paid.
        _settleEverybody();
        _takeFunds();
        _compare();
        if (token.balanceOf(address(market)) != donated) _break(Property.Exit, "not everything came out");
    }

    function _settleEverybody() private {
        market.settleAccounts(_agents);
        for (uint256 i = 0; i < AGENTS; ++i) {
            _bookSettlement(_agents[i]);
        }
    }

    function _takeOut(address agent) private {
        uint256 all = _freeOf(agent);
        if (all == 0) return;
        vm.prank(agent);
        try market.withdraw(all, agent) {
            _bookWithdrawal(agent, all);
        } catch {
            _break(Property.Exit, "a balance could not be withdrawn");
        }
    }

    function _takeFunds() private {
        if (_revenue != 0) _takePart(abi.encodeCall(market.withdrawRevenue, ()), true);
        if (_fees != 0) _takePart(abi.encodeCall(market.withdrawFees, ()), false);
    }

    /// @dev Provider and treasury are paid by whoever asks for it.
    function _takePart(bytes memory call, bool revenue) internal returns (bool success, bytes memory reason) {
        address to = revenue ? provider : treasury;
        uint256 had = token.balanceOf(to);
        vm.prank(stranger);
        // solhint-disable-next-line avoid-low-level-calls
        (success, reason) = address(market).call(call);
        if (!success) return (success, reason);
        if (token.balanceOf(to) - had != (revenue ? _revenue : _fees))
            _break(Property.Exit, "provider or treasury got something else");
        if (revenue) _revenue = 0;
        else _fees = 0;
    }
}
