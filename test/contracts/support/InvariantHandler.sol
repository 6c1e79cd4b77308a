// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Account, Parameters, Policy, StepRule} from "../../../contracts/interfaces/IClearingContract.sol";
import {Property, SecondBooks} from "./SecondBooks.sol";

/// @title What agents, owner, strangers and time may do to a market, in any order
/// @dev The first action chooses one of six markets: tokens of 0, 6 and 18 decimals under both policies, those of 6
/// with an allowlist. An action that the rules forbid is sent all the same and reverts; whether they forbid it is told
/// here from the state before. A refusal nobody foresaw, and a success that was to be refused, break `Refusal`.
contract InvariantHandler is SecondBooks {
    /// @notice The market refused, as the rules say.
    error Refused(bytes reason);

    bytes4 private constant PANIC = bytes4(keccak256("Panic(uint256)"));

    function chosen() public view returns (bool) {
        return address(market) != address(0);
    }

    /// @dev A market that could not start is a property broken: reverting, the run would only look elsewhere.
    modifier started(uint256 seed) {
        if (!chosen()) {
            try this.start(seed) {} catch {
                _break(Property.Refusal, "a market could not start");
                return;
            }
        }
        _;
    }

    modifier compared() {
        vm.recordLogs();
        _;
        _compare();
    }

    function start(uint256 seed) external {
        uint8[3] memory decimals = [0, 6, 18];
        uint256 which = _draw(seed, 100, 6);
        _deploy(which < 3 ? Policy.Refunding : Policy.PerSubmission, which % 3 == 1, UNIT, decimals[which % 3]);
        _offer.price = UNIT;
        for (uint256 i = 0; i < AGENTS; ++i) {
            uint256 key = uint256(keccak256(abi.encode("agent", i)));
            address agent = vm.addr(key);
            _agents.push(agent);
            _keys[agent] = key;
            if (market.allowlisted() && i < AGENTS - 1) {
                vm.prank(owner);
                market.admit(_one(agent), true);
            }
            _mint(agent, 0);
            if (i >= AGENTS - 2) continue;
            _deposit(agent, _tokens(3000));
            _bookDeposit(agent, _tokens(3000));
        }
        (, _keys[stranger]) = makeAddrAndKey("stranger");
        _open(seed);
    }

    function _outcome(bool allowed, string memory action) private {
        if (!allowed) _break(Property.Refusal, string.concat(action, " was to be refused"));
    }

    /// @dev A foreseen refusal reverts, so that the runner counts it as one. A panic is foreseen by nobody.
    function _refusal(bool allowed, string memory action, bytes memory reason) private {
        if (!allowed && bytes4(reason) != PANIC) revert Refused(reason);
        _break(Property.Refusal, string.concat(action, " was refused"));
    }

    // --------------------------------------------------------------------------------------------- agents

    function deposit(uint256 seed) external started(seed) {
        _putIn(_pick(seed, 1), 1 + _draw(seed, 2, 500 * _tokens(1)));
    }

    function _putIn(address agent, uint256 amount) private compared {
        bool allowed = _mayJoin(agent);
        token.mint(agent, amount);
        vm.prank(agent);
        try market.deposit(amount) {
            _outcome(allowed, "deposit");
            _bookDeposit(agent, amount);
        } catch (bytes memory reason) {
            _refusal(allowed, "deposit", reason);
        }
    }

    function depositWithPermit(uint256 seed) external started(seed) {
        _putInSigned(_pick(seed, 1), 1 + _draw(seed, 2, 500 * _tokens(1)), _draw(seed, 3, 2) == 0);
    }

    function _putInSigned(address agent, uint256 amount, bool overtaken) private compared {
        bool allowed = _mayJoin(agent);
        token.mint(agent, amount);
        vm.prank(agent);
        token.approve(address(market), 0);
        (uint8 v, bytes32 r, bytes32 s) = _sign(agent, amount);
        if (overtaken) token.permit(agent, address(market), amount, type(uint256).max, v, r, s);
        vm.prank(agent);
        try market.depositWithPermit(amount, type(uint256).max, v, r, s) {
            _outcome(allowed, "depositWithPermit");
            _bookDeposit(agent, amount);
        } catch (bytes memory reason) {
            _refusal(allowed, "depositWithPermit", reason);
        }
        vm.prank(agent);
        token.approve(address(market), type(uint256).max);
    }

    function _sign(address agent, uint256 amount) private view returns (uint8 v, bytes32 r, bytes32 s) {
        bytes32 content = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                agent,
                address(market),
                amount,
                token.nonces(agent),
                type(uint256).max
            )
        );
        return vm.sign(_keys[agent], keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content)));
    }

    /// @dev Once in a while somebody joins who will never answer.
    function join(uint256 seed) external started(seed) {
        if (_draw(seed, 1, 3) == 0) _joinAsleep(seed);
        else _join(_pick(seed, 2));
    }

    function _join(address agent) private compared {
        bool allowed = _mayJoin(agent) && _book[agent].epoch == 0;
        vm.prank(agent);
        try market.join() {
            _outcome(allowed, "join");
            _bookJoin(agent);
        } catch (bytes memory reason) {
            _refusal(allowed, "join", reason);
        }
    }

    function _joinAsleep(uint256 seed) private compared {
        address sleeper = address(uint160(uint256(keccak256(abi.encode(seed, sleepers)))));
        bool allowed = _mayJoin(sleeper);
        if (!allowed) {
            vm.prank(owner);
            market.admit(_one(sleeper), true);
        }
        vm.prank(sleeper);
        try market.join() {
            ++sleepers;
        } catch (bytes memory reason) {
            _refusal(true, "join", reason);
        }
    }

    function withdraw(uint256 seed) external started(seed) {
        address agent = _pick(seed, 1);
        uint256 free = _freeOf(agent);
        uint256 kind = _draw(seed, 2, 4);
        uint256 amount =
            kind == 0
                ? free + 1
                : kind == 1
                    ? free
                    : _draw(seed, 3, free / 4 + 1);
        _takeOut(agent, amount, _draw(seed, 4, 2) == 0 ? agent : stranger);
    }

    function _takeOut(address agent, uint256 amount, address to) private compared {
        bool allowed = amount != 0 && amount <= _freeOf(agent);
        uint256 had = token.balanceOf(to);
        vm.prank(agent);
        try market.withdraw(amount, to) {
            _outcome(allowed, "withdraw");
            _bookWithdrawal(agent, amount);
            if (token.balanceOf(to) - had != amount) _break(Property.Exit, "somebody else was paid");
        } catch (bytes memory reason) {
            if (allowed) _break(Property.Exit, "a free balance could not be withdrawn");
            _refusal(allowed, "withdraw", reason);
        }
    }

    function submit(uint256 seed) external started(seed) {
        _answerAlone(_pick(seed, 1), seed);
    }

    function _answerAlone(address agent, uint256 seed) private compared {
        _answer(agent, seed, 2);
    }

    /// @dev Most answer, so that runs get far: some keep silent and their demands grow stale.
    function submitMany(uint256 seed) external started(seed) {
        if (_answerTogether(seed) == 0) revert Refused("");
    }

    function _answerTogether(uint256 seed) private compared returns (uint256 answers) {
        for (uint256 i = 0; i < AGENTS; ++i) {
            if (_draw(seed, i, 4) == 0) continue;
            try this.answer(_agents[i], seed, AGENTS + i) {
                ++answers;
                _readSettlements();
            } catch (bytes memory reason) {
                // What was recorded of an answer that was undone did not happen.
                vm.getRecordedLogs();
                if (bytes4(reason) != Refused.selector) _break(Property.Refusal, "an answer failed");
            }
        }
    }

    function answer(address agent, uint256 seed, uint256 index) external {
        _answer(agent, seed, index);
    }

    function _answer(address agent, uint256 seed, uint256 index) private {
        uint256 demand = _drawDemand(seed, index);
        bool allowed = _mayAnswer(agent, demand);
        uint256[] memory samples = new uint256[](_offer.samples);
        for (uint256 i = 0; i < samples.length; ++i) {
            samples[i] = demand;
        }
        vm.prank(agent);
        try market.submitSamples(_offer.epoch, _offer.round, samples) {
            _outcome(allowed, "submit");
            _bookDemand(agent, demand);
        } catch (bytes memory reason) {
            _refusal(allowed, "submit", reason);
        }
    }

    /// @dev Now and then nothing, a few base units, all there is, and one more than that.
    function _drawDemand(uint256 seed, uint256 index) private view returns (uint256) {
        uint256 kind = _draw(seed, index, 16);
        if (kind == 0) return 0;
        if (kind < 4) return _draw(seed, index + 50, 1000);
        if (kind == 4) return _offer.capacity;
        if (kind == 5) return _offer.capacity + 1;
        return _draw(seed, index + 50, _offer.capacity + 1);
    }

    /// @dev A stranger or an agent hands in what agents have signed, some of them twice, and some of what they have
    /// not: signed for another demand, or by who hands it in.
    function submitSigned(uint256 seed) external started(seed) {
        if (_handIn(seed) == 0) revert Refused("");
    }

    function _handIn(uint256 seed) private compared returns (uint256 answers) {
        address carrier = _carrier(seed);
        address[] memory named = new address[](1 + _draw(seed, 1, AGENTS));
        bytes memory batch;
        for (uint256 i = 0; i < named.length; ++i) {
            named[i] = _pick(seed, 10 + i);
            uint256 demand = _drawDemand(seed, 20 + i);
            bool forged = _isForged(seed, i);
            address signer = forged && _draw(seed, 60 + i, 2) == 0 ? carrier : named[i];
            uint256 signedDemand = forged && signer == named[i] ? demand + 1 : demand;
            bytes32 digest = _digest(named[i], _offer.epoch, _offer.round, signedDemand);
            batch = bytes.concat(batch, _entry(named[i], demand, _compact(_keys[signer], digest)));
        }
        vm.prank(carrier);
        try market.submitSigned(_offer.epoch, _offer.round, batch) {
            _outcome(_isOpen(), "submitSigned");
            for (uint256 i = 0; i < named.length; ++i) {
                if (_bookSigned(named[i], _drawDemand(seed, 20 + i), _isForged(seed, i))) ++answers;
            }
        } catch (bytes memory reason) {
            _refusal(_isOpen(), "submitSigned", reason);
        }
    }

    function _carrier(uint256 seed) private view returns (address) {
        return _draw(seed, 9, 2) == 0 ? stranger : _pick(seed, 8);
    }

    function _isForged(uint256 seed, uint256 index) private pure returns (bool) {
        return _draw(seed, 40 + index, 8) == 0;
    }

    function _bookSigned(address agent, uint256 demand, bool forged) private returns (bool counts) {
        counts = !forged && _mayAnswer(agent, demand);
        if (counts) {
            _bookDemand(agent, demand);
            return true;
        }
        ++_skipsBooked;
        // An agent's own demand settles its ended epoch, even if the balance does not cover it.
        if (!forged && demand <= _offer.capacity) _bookSettlement(agent);
    }

    function _mayAnswer(address agent, uint256 demand) private view returns (bool) {
        Account memory books = _book[agent];
        if (!_isOpen() || books.epoch == 0 || demand > _offer.capacity) return false;
        if (books.epoch == _offer.epoch && books.answered == _offer.round + 1) return false;
        (uint256 charge, uint256 payment) = _costOf(demand);
        // A demand of this epoch is replaced: all of the balance is there for the new one.
        return charge + payment <= (books.epoch == _offer.epoch ? books.balance : _freeOf(agent));
    }

    // ------------------------------------------------------------------------------------------- anybody

    /// @dev Lists with strangers and repetitions.
    function _names(uint256 seed) private view returns (address[] memory named) {
        named = new address[](1 + _draw(seed, 10, 6));
        for (uint256 i = 0; i < named.length; ++i) {
            named[i] = _draw(seed, 20 + i, 5) == 0 ? stranger : _pick(seed, 30 + i);
        }
    }

    function trim(uint256 seed) external started(seed) {
        _cut(_names(seed), _carrier(seed));
    }

    function _cut(address[] memory named, address carrier) private compared {
        vm.prank(carrier);
        try market.trim(named) {
            _outcome(_isOpen(), "trim");
            for (uint256 i = 0; i < named.length; ++i) {
                _bookTrim(named[i]);
            }
        } catch (bytes memory reason) {
            _refusal(_isOpen(), "trim", reason);
        }
    }

    function settleAccounts(uint256 seed) external started(seed) {
        _settleAll(_names(seed), _carrier(seed));
    }

    function _settleAll(address[] memory named, address carrier) private compared {
        vm.prank(carrier);
        try market.settleAccounts(named) {
            for (uint256 i = 0; i < named.length; ++i) {
                _bookSettlement(named[i]);
            }
        } catch (bytes memory reason) {
            _refusal(true, "settleAccounts", reason);
        }
    }

    function closeRound(uint256 seed) external started(seed) {
        if (_draw(seed, 1, 4) != 0 && vm.getBlockTimestamp() < _deadline) vm.warp(_deadline);
        if (_mayClose()) {
            _endRound();
            return;
        }
        try market.closeRound() {
            _outcome(false, "closeRound");
        } catch (bytes memory reason) {
            _refusal(false, "closeRound", reason);
        }
    }

    function _endRound() private compared {
        _closeOnce();
    }

    function withdrawFunds(uint256 seed) external started(seed) {
        _payOut(_draw(seed, 1, 2) == 0);
    }

    function _payOut(bool revenue) private compared {
        bool allowed = (revenue ? _revenue : _fees) != 0;
        (bool success, bytes memory reason) = _takePart(
            revenue ? abi.encodeCall(market.withdrawRevenue, ()) : abi.encodeCall(market.withdrawFees, ()),
            revenue
        );
        if (success) _outcome(allowed, "withdrawFunds");
        else _refusal(allowed, "withdrawFunds", reason);
    }

    /// @dev Somebody who has not joined and is not the owner tries what only they may; and leaves tokens behind.
    function intrude(uint256 seed) external started(seed) {
        _intrude(_draw(seed, 1, 20));
    }

    function _intrude(uint256 gift) private compared {
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(market.openEpoch, (_parameters()));
        calls[1] = abi.encodeCall(market.admit, (_one(stranger), true));
        calls[2] = abi.encodeCall(market.transferOwnership, (stranger));
        calls[3] = abi.encodeCall(market.acceptOwnership, ());
        calls[4] = abi.encodeCall(market.withdraw, (1, stranger));
        calls[5] = abi.encodeCall(market.submit, (_offer.epoch, uint16(_offer.round), 0));
        calls[6] = abi.encodeCall(market.deposit, (1));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(stranger);
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, ) = address(market).call(calls[i]);
            if (success) _break(Property.Refusal, "a stranger did what is not a stranger's to do");
        }
        token.mint(address(market), gift);
        donated += gift;
    }

    // --------------------------------------------------------------------------------------- owner and time

    /// @dev Half of the time an owner who finds an epoch open waits for its end; else it is refused.
    function openEpoch(uint256 seed) external started(seed) {
        if (_isOpen() && _draw(seed, 1, 2) == 0) _playOut();
        _open(seed);
    }

    function _playOut() private compared {
        _closeAll();
    }

    function _open(uint256 seed) private compared {
        Parameters memory parameters = Parameters({
            capacity: (1 + _draw(seed, 11, 60)) * UNIT,
            unitFee: (_draw(seed, 12, 20) * UNIT) / 10,
            executionFee: (_draw(seed, 13, 20) * UNIT) / 10,
            progressiveFee: (_draw(seed, 14, 8) * UNIT) / 100,
            samples: 1 + _draw(seed, 15, 3),
            rule: StepRule(_draw(seed, 16, 4)),
            initialStep: _draw(seed, 17, 31) * 1e16,
            stepOffset: 1 + _draw(seed, 18, 20),
            maxStep: (1 + _draw(seed, 19, 50)) * 1e17,
            primalTolerance: _draw(seed, 20, 10) * 1e17,
            dualTolerance: (1 + _draw(seed, 21, 10)) * 1e16,
            movementTolerance: _draw(seed, 22, 20) * UNIT,
            roundLength: 10 + _draw(seed, 23, 100),
            maxRounds: 1 + _draw(seed, 24, 6)
        });
        vm.prank(owner);
        try market.openEpoch(parameters) {
            _outcome(!_isOpen(), "openEpoch");
            _bookOpening(parameters);
        } catch (bytes memory reason) {
            _refusal(!_isOpen(), "openEpoch", reason);
        }
    }

    /// @dev Admission given and taken, members included; ownership handed over and back.
    function govern(uint256 seed) external started(seed) {
        _govern(seed);
    }

    function _govern(uint256 seed) private compared {
        vm.startPrank(owner);
        market.admit(_one(_pick(seed, 1)), _draw(seed, 2, 3) != 0);
        market.transferOwnership(treasury);
        vm.stopPrank();
        vm.startPrank(treasury);
        market.acceptOwnership();
        market.transferOwnership(owner);
        vm.stopPrank();
        vm.prank(owner);
        market.acceptOwnership();
    }

    function wait(uint256 seed) external started(seed) {
        _wait(1 + _draw(seed, 1, 100));
    }

    function _wait(uint256 time) private compared {
        vm.warp(vm.getBlockTimestamp() + time);
    }

    // ---------------------------------------------------------------------------------------------- draws

    function _mayJoin(address agent) private view returns (bool) {
        return _book[agent].epoch != 0 || !market.allowlisted() || market.admitted(agent);
    }

    function _pick(uint256 seed, uint256 index) private view returns (address) {
        return _agents[_draw(seed, index, AGENTS)];
    }

    function _draw(uint256 seed, uint256 index, uint256 count) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, index))) % count;
    }
}
