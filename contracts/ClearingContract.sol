// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {
    Account,
    Bracket,
    Funds,
    IClearingContract,
    Limits,
    Outcome,
    Parameters,
    Policy,
    Posted,
    Reason,
    Rules,
    Totals
} from "./interfaces/IClearingContract.sol";
import {Charges} from "./libraries/Charges.sol";
import {LockedPrice} from "./libraries/LockedPrice.sol";
import {PriceUpdate} from "./libraries/PriceUpdate.sol";
import {SignedDemand, SignedDemands} from "./libraries/SignedDemands.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {
    AccountFields,
    AccountSlot,
    BracketFields,
    BracketSlot,
    OutcomeFields,
    OutcomeSlot,
    PostedFields,
    PostedSlot,
    RulesFields,
    RulesSlot,
    TotalsFields,
    TotalsSlot
} from "./libraries/Slots.sol";
import {Terms, termsOf} from "./libraries/Terms.sol";

/// @title A market that clears itself
/// @dev Read from top to bottom: deployment, an agent's way in, a demand, the end of a round, the end of an epoch, the
/// way out, the owner, views. What each function does for its caller is documented in IClearingContract.
contract ClearingContract is IClearingContract, Ownable2Step, ReentrancyGuardTransient, EIP712 {
    using Arrays for uint256[];
    using SafeERC20 for IERC20Metadata;

    /// @dev A word of storage that can be pointed to: read and written, it is looked up once.
    struct Entry {
        AccountSlot slot;
    }

    uint256 private constant UNIT = 1e18;
    uint256 private constant MAX_FEE = type(uint80).max;
    uint256 private constant MAX_QUANTITY = type(uint88).max;
    /// @dev Where the running movement stays once there.
    uint256 private constant MAX_MOVEMENT = type(uint80).max;
    /// @dev `answered` of an account whose epoch is settled.
    uint256 private constant SETTLED = type(uint16).max;

    IERC20Metadata public immutable token;
    address public immutable provider;
    address public immutable treasury;
    Policy public immutable policy;
    /// @notice Whether only admitted agents may join.
    bool public immutable allowlisted;
    /// @dev 10^(36 − token decimals): from a product of two UD60x18 numbers to token base units.
    uint256 private immutable DIVISOR;

    uint256 private immutable MAX_UNIT_FEE;
    uint256 private immutable MAX_EXECUTION_FEE;
    uint256 private immutable MAX_PROGRESSIVE_FEE;
    uint256 private immutable MIN_ROUND_LENGTH;
    uint256 private immutable MAX_ROUND_LENGTH;
    uint256 private immutable MAX_ROUNDS;

    PostedSlot private _posted;
    TotalsSlot private _totals;
    BracketSlot private _bracket;
    RulesSlot private _rules;
    Funds private _funds;
    mapping(uint256 epoch => OutcomeSlot) private _outcomes;
    mapping(address agent => Entry) private _accounts;
    mapping(address agent => bool) public admitted;

    // -------------------------------------------------------------------------------------------- deployment

    /// @param owner_ who opens epochs and admits agents
    /// @param price the first price, UD60x18 tokens per unit
    constructor(
        IERC20Metadata token_,
        address owner_,
        address provider_,
        address treasury_,
        Policy policy_,
        bool allowlisted_,
        uint256 price,
        Limits memory limits_
    ) Ownable(owner_) EIP712("ClearingContract", "1") {
        if (address(token_) == address(0)) revert ZeroAddress("token");
        if (provider_ == address(0)) revert ZeroAddress("provider");
        if (treasury_ == address(0)) revert ZeroAddress("treasury");
        uint8 decimals = token_.decimals();
        _checkRange("decimals", decimals, 0, 18);
        _checkRange("price", price, 0, PriceUpdate.MAX_PRICE);
        _checkRange("maxUnitFee", limits_.maxUnitFee, 0, MAX_FEE);
        _checkRange("maxExecutionFee", limits_.maxExecutionFee, 0, MAX_FEE);
        _checkRange("maxProgressiveFee", limits_.maxProgressiveFee, 0, MAX_FEE);
        _checkRange("maxRoundLength", limits_.maxRoundLength, 1, type(uint24).max);
        _checkRange("minRoundLength", limits_.minRoundLength, 1, limits_.maxRoundLength);
        _checkRange("maxRounds", limits_.maxRounds, 1, SETTLED - 1);

        token = token_;
        provider = provider_;
        treasury = treasury_;
        policy = policy_;
        allowlisted = allowlisted_;
        DIVISOR = 10 ** (36 - decimals);
        MAX_UNIT_FEE = limits_.maxUnitFee;
        MAX_EXECUTION_FEE = limits_.maxExecutionFee;
        MAX_PROGRESSIVE_FEE = limits_.maxProgressiveFee;
        MIN_ROUND_LENGTH = limits_.minRoundLength;
        MAX_ROUND_LENGTH = limits_.maxRoundLength;
        MAX_ROUNDS = limits_.maxRounds;
        _posted = PostedSlot.wrap(price);

        emit MarketCreated(address(token_), provider_, treasury_, decimals, policy_, allowlisted_, price, limits_);
    }

    // ----------------------------------------------------------------------------------- an agent's way in

    /// @inheritdoc IClearingContract
    function join() external {
        if (_accounts[msg.sender].slot.epoch() != 0) revert AlreadyJoined(msg.sender);
        _accounts[msg.sender].slot = _join();
    }

    /// @dev The new member's account: any epoch but 0 marks a member.
    function _join() private returns (AccountSlot) {
        if (allowlisted && !admitted[msg.sender]) revert NotAdmitted(msg.sender);
        RulesSlot how = _rules;
        if (how.members() == type(uint24).max) revert TooManyMembers(type(uint24).max);
        _rules = how.withOneMore();
        emit Joined(msg.sender);
        return AccountFields.pack(0, 0, 0, 1, 0);
    }

    /// @inheritdoc IClearingContract
    function deposit(uint256 amount) external nonReentrant {
        _deposit(amount);
    }

    /// @inheritdoc IClearingContract
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external nonReentrant {
        // A permit that somebody else has already used has left the approval it gives: then the transfer goes through.
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount);
    }

    /// @dev The transfer comes first because only its effect tells what to credit.
    function _deposit(uint256 amount) private {
        uint256 held = token.balanceOf(address(this));
        token.safeTransferFrom(msg.sender, address(this), amount);
        uint256 holding = token.balanceOf(address(this));
        if (holding <= held) revert ZeroAmount();
        uint256 credited = holding - held;

        AccountSlot agent = _settled(msg.sender);
        if (agent.epoch() == 0) agent = _join();
        uint256 balance = agent.balance() + credited;
        if (balance > type(uint96).max) revert BalanceTooLarge(msg.sender, balance, type(uint96).max);
        _accounts[msg.sender].slot = agent.withBalance(balance);
        emit Deposited(msg.sender, credited);
    }

    // ------------------------------------------------------------------------------------------- a demand

    /// @inheritdoc IClearingContract
    function submit(uint256 epoch, uint16 round, uint256 demand) external {
        _submit(epoch, round, demand, 1);
    }

    /// @inheritdoc IClearingContract
    function submitSamples(uint256 epoch, uint256 round, uint256[] calldata samples) external {
        uint256 sum = 0;
        unchecked {
            // Samples below 2^88, and fewer than 2^64 of them fit into a transaction.
            for (uint256 i = 0; i < samples.length; ++i) {
                uint256 sample = samples[i];
                if (sample > MAX_QUANTITY) revert DemandAboveCapacity(sample, _totals.capacity());
                sum += sample;
            }
        }
        uint256 count = samples.length;
        _submit(epoch, round, count == 0 ? 0 : sum / count, count);
    }

    function _submit(uint256 epoch, uint256 round, uint256 demand, uint256 samples) private {
        PostedSlot offer = _openOffer(epoch, round);
        if (samples != offer.samples()) revert WrongSampleCount(samples, offer.samples());
        TotalsSlot sums = _totals.inRound(offer.round());
        bytes memory refusal;
        (sums, refusal) = _answer(termsOf(offer, sums.capacity()), sums, msg.sender, demand);
        if (refusal.length != 0) LowLevelCall.bubbleRevert(refusal);
        _totals = sums;
        emit DemandSubmitted(msg.sender, demand);
    }

    /// @inheritdoc IClearingContract
    function submitSigned(uint256 epoch, uint256 round, bytes calldata batch) external {
        PostedSlot offer = _openOffer(epoch, round);
        TotalsSlot sums = _totals.inRound(round);
        Terms memory terms = termsOf(offer, sums.capacity());
        SignedDemand memory message = SignedDemands.blank(epoch, round);
        bytes32 domain = _domainSeparatorV4();
        uint256[] memory counted = SignedDemands.roomFor(batch);
        uint256 count = 0;
        while (batch.length != 0) {
            (address agent, uint256 demand, bytes calldata signature, bytes calldata rest) = SignedDemands.first(batch);
            batch = rest;
            (message.agent, message.demand) = (agent, demand);
            bytes memory refusal;
            if (Signatures.isValid(agent, message.digest(domain), signature)) {
                (sums, refusal) = _answer(terms, sums, agent, demand);
            } else {
                refusal = abi.encodeWithSelector(InvalidSignature.selector, agent);
            }
            if (refusal.length == 0) {
                counted[count] = SignedDemands.pack(agent, demand);
                ++count;
            } else {
                emit DemandSkipped(agent, round, refusal);
            }
        }
        _totals = sums;
        emit DemandsSubmitted(counted.splice(0, count));
    }

    function _openOffer(uint256 epoch, uint256 round) private view returns (PostedSlot offer) {
        offer = _posted;
        if (!offer.open() || epoch != offer.epoch() || round != offer.round()) {
            revert RoundNotOpen(epoch, round, offer.epoch(), offer.round(), offer.open());
        }
    }

    /// @dev An agent's answer, whoever carries it. One that is refused leaves nothing but an ended epoch settled, which
    /// anybody may do at any time.
    /// @return sums the running totals with the answer, for the caller to store
    /// @return refusal the error that refuses it, encoded; empty if it counts
    function _answer(
        Terms memory terms,
        TotalsSlot sums,
        address who,
        uint256 demand
    ) private returns (TotalsSlot, bytes memory refusal) {
        if (demand > terms.capacity) {
            return (sums, abi.encodeWithSelector(DemandAboveCapacity.selector, demand, terms.capacity));
        }
        Entry storage entry = _accounts[who];
        (AccountSlot agent, AccountSlot stamp) = (entry.slot, terms.stamp);
        uint256 standing = 0;
        if (agent.epoch() == stamp.epoch()) {
            if (agent.answered() == stamp.answered()) {
                uint256 round = agent.answered() - 1;
                return (sums, abi.encodeWithSelector(AlreadyAnswered.selector, who, agent.epoch(), round));
            }
            standing = agent.demand();
        } else {
            if (agent.epoch() == 0) return (sums, abi.encodeWithSelector(NotJoined.selector, who));
            entry.slot = agent = _settled(who);
        }

        uint256 balance = agent.balance();
        (uint256 charge, uint256 payment) = terms.quote(demand, DIVISOR);
        uint256 required;
        uint256 total;
        unchecked {
            required = charge + payment; // each below 2^179, see Charges
            total = sums.demand() + demand - standing; // below 2^97; what stands is part of the sum
        }
        if (required > balance) {
            return (sums, abi.encodeWithSelector(InsufficientCollateral.selector, who, balance, required));
        }
        if (total > type(uint96).max) {
            return (sums, abi.encodeWithSelector(TotalDemandTooLarge.selector, total, type(uint96).max));
        }
        if (policy == Policy.PerSubmission) {
            balance -= charge;
            _funds.fees += uint128(charge);
        }
        entry.slot = stamp.with(balance, demand);
        return (_moved(sums, standing, demand, 1), refusal);
    }

    /// @inheritdoc IClearingContract
    function trim(address[] calldata agents) external {
        PostedSlot offer = _posted;
        if (!offer.open()) revert EpochNotOpen(offer.epoch());
        uint256 price = LockedPrice.packDown(offer.price());
        TotalsSlot sums = _totals.inRound(offer.round());
        for (uint256 i = 0; i < agents.length; ++i) {
            AccountSlot agent = _accounts[agents[i]].slot;
            uint256 standing = agent.demand();
            if (standing == 0 || agent.epoch() != offer.epoch()) continue;
            if (agent.answered() == offer.round() + 1 || agent.lockedPrice() >= price) continue;

            uint256 demand = (standing * LockedPrice.unpack(agent.lockedPrice())) / offer.price();
            sums = _moved(sums, standing, demand, 0);
            _accounts[agents[i]].slot = AccountFields.pack(
                agent.balance(),
                demand,
                price,
                agent.epoch(),
                agent.answered()
            );
            emit DemandTrimmed(agents[i], demand);
        }
        _totals = sums;
    }

    /// @dev The running totals after a standing demand has changed. Movement stays at its maximum once there.
    function _moved(TotalsSlot sums, uint256 from, uint256 to, uint256 answers) private pure returns (TotalsSlot) {
        unchecked {
            uint256 demand = sums.demand() + to - from; // what stood is part of the sum
            uint256 movement = sums.movement() + PriceUpdate.distance(from, to); // below 2^89
            if (movement > MAX_MOVEMENT) movement = MAX_MOVEMENT;
            return sums.with(demand, movement, answers);
        }
    }

    // --------------------------------------------------------------------------------- the end of a round

    /// @inheritdoc IClearingContract
    function closeRound() external {
        PostedSlot offer = _posted;
        if (!offer.open()) revert EpochNotOpen(offer.epoch());
        (RulesSlot how, BracketSlot before) = (_rules, _bracket);
        (uint256 round, uint256 price) = (offer.round(), offer.price());
        TotalsSlot sums = _totals.inRound(round);
        bool answered = sums.answered() == how.members() && how.members() != 0;
        if (!answered && block.timestamp < offer.deadline()) {
            revert RoundStillOpen(offer.deadline(), sums.answered(), how.members());
        }

        (uint256 capacity, uint256 demand, uint256 movement) = (sums.capacity(), sums.demand(), sums.movement());
        BracketSlot seen = PriceUpdate.observe(before, price, demand, capacity);
        uint256 next = PriceUpdate.nextPrice(how, before, seen, round, price, demand, capacity);
        Reason reason = PriceUpdate.stopReason(how, seen, round, price, demand, capacity, movement, next);

        if (reason == Reason.None) {
            uint256 deadline = _deadline(how.roundLength());
            _bracket = seen;
            _posted = offer.next(next, deadline);
            emit RoundClosed(offer.epoch(), round, demand, next, deadline);
        } else {
            uint256 scale = demand > capacity ? (capacity * UNIT) / demand : UNIT;
            _posted = offer.closed();
            _outcomes[offer.epoch()] = OutcomeFields.pack(offer, scale, reason);
            emit RoundClosed(offer.epoch(), round, demand, next, 0);
            emit EpochSettled(offer.epoch(), round, price, scale, reason);
        }
    }

    /// @dev Held in 32 bits; from 2106 on rounds have no deadline to wait for.
    function _deadline(uint256 roundLength) private view returns (uint256 deadline) {
        deadline = block.timestamp + roundLength;
        if (deadline > type(uint32).max) deadline = type(uint32).max;
    }

    // -------------------------------------------------------------------------------- the end of an epoch

    /// @inheritdoc IClearingContract
    function settleAccounts(address[] calldata agents) external {
        Funds memory held = _funds;
        for (uint256 i = 0; i < agents.length; ++i) {
            Entry storage entry = _accounts[agents[i]];
            AccountSlot agent = entry.slot;
            if (_isSettleable(agent)) entry.slot = _settle(agents[i], agent, held);
        }
        _funds = held;
    }

    /// @dev The account with its ended epoch, if there is one, booked. The caller stores it.
    function _settled(address who) private returns (AccountSlot agent) {
        agent = _accounts[who].slot;
        if (!_isSettleable(agent)) return agent;
        Funds memory held = _funds;
        agent = _settle(who, agent, held);
        _funds = held;
    }

    /// @dev What is due is added to the funds held. The caller stores both.
    function _settle(address who, AccountSlot agent, Funds memory held) private returns (AccountSlot) {
        (uint256 allocation, uint256 payment, uint256 charge) = _outcomeOf(agent);
        held.revenue += uint128(payment);
        held.fees += uint128(charge);
        emit AccountSettled(who, agent.epoch(), allocation, payment, charge);
        return _booked(agent, allocation, payment + charge);
    }

    function _isSettleable(AccountSlot agent) private view returns (bool) {
        if (agent.demand() == 0 || agent.answered() == SETTLED) return false;
        PostedSlot offer = _posted;
        return agent.epoch() != offer.epoch() || !offer.open();
    }

    /// @dev a = x·min(1, m/Ŝ, μ^r/μ*). The lock of x covers payment and charge.
    function _outcomeOf(AccountSlot agent) private view returns (uint256 allocation, uint256 payment, uint256 charge) {
        OutcomeSlot end = _outcomes[agent.epoch()];
        allocation = (agent.demand() * end.scale()) / UNIT;
        if (agent.answered() != end.round() + 1) {
            uint256 locked = LockedPrice.unpack(agent.lockedPrice());
            if (locked < end.price()) {
                uint256 affordable = (agent.demand() * locked) / end.price();
                if (affordable < allocation) allocation = affordable;
            }
        }
        payment = Charges.paymentUp(end.price(), allocation, DIVISOR);
        if (policy == Policy.Refunding) {
            charge = Charges.chargeUp(end.unitFee(), end.executionFee(), end.progressiveFee(), allocation, DIVISOR);
        }
    }

    function _booked(AccountSlot agent, uint256 allocation, uint256 due) private pure returns (AccountSlot) {
        return AccountFields.pack(agent.balance() - due, allocation, agent.lockedPrice(), agent.epoch(), SETTLED);
    }

    // ----------------------------------------------------------------------------------------- the way out

    /// @inheritdoc IClearingContract
    function withdraw(uint256 amount, address to) external nonReentrant {
        if (amount == 0) revert ZeroAmount();
        if (to == address(0) || to == address(this)) revert InvalidRecipient(to);
        AccountSlot agent = _settled(msg.sender);
        uint256 free = agent.balance() - _locked(agent);
        if (amount > free) revert InsufficientFreeBalance(msg.sender, free, amount);
        _accounts[msg.sender].slot = agent.withBalance(agent.balance() - amount);
        emit Withdrawn(msg.sender, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @dev The most that a standing demand can still cost its owner. Not for accounts with an ended epoch to settle.
    function _locked(AccountSlot agent) private view returns (uint256) {
        if (agent.demand() == 0 || agent.answered() == SETTLED) return 0;
        PostedSlot offer = _posted;
        bool fresh = agent.answered() == offer.round() + 1;
        uint256 price = fresh ? offer.price() : LockedPrice.unpack(agent.lockedPrice());
        uint256 payment = Charges.paymentUp(price, agent.demand(), DIVISOR);
        if (policy == Policy.PerSubmission) return payment;
        uint256 charge = Charges.chargeUp(
            offer.unitFee(),
            offer.executionFee(),
            offer.progressiveFee(),
            agent.demand(),
            DIVISOR
        );
        return charge + payment;
    }

    /// @inheritdoc IClearingContract
    function withdrawRevenue() external nonReentrant {
        uint256 amount = _funds.revenue;
        if (amount == 0) revert ZeroAmount();
        _funds.revenue = 0;
        emit RevenueWithdrawn(provider, amount);
        token.safeTransfer(provider, amount);
    }

    /// @inheritdoc IClearingContract
    function withdrawFees() external nonReentrant {
        uint256 amount = _funds.fees;
        if (amount == 0) revert ZeroAmount();
        _funds.fees = 0;
        emit FeesWithdrawn(treasury, amount);
        token.safeTransfer(treasury, amount);
    }

    // ------------------------------------------------------------------------------------------- the owner

    /// @inheritdoc IClearingContract
    function openEpoch(Parameters calldata chosen) external onlyOwner {
        PostedSlot offer = _posted;
        if (offer.open()) revert EpochStillOpen(offer.epoch());
        _checkRange("capacity", chosen.capacity, 1, MAX_QUANTITY);
        _checkRange("unitFee", chosen.unitFee, 0, MAX_UNIT_FEE);
        _checkRange("executionFee", chosen.executionFee, 0, MAX_EXECUTION_FEE);
        _checkRange("progressiveFee", chosen.progressiveFee, 0, MAX_PROGRESSIVE_FEE);
        _checkRange("samples", chosen.samples, 1, type(uint8).max);
        _checkRange("initialStep", chosen.initialStep, 0, MAX_FEE);
        _checkRange("stepOffset", chosen.stepOffset, 1, type(uint24).max);
        _checkRange("maxStep", chosen.maxStep, 1, MAX_FEE);
        _checkRange("primalTolerance", chosen.primalTolerance, 0, MAX_QUANTITY);
        _checkRange("dualTolerance", chosen.dualTolerance, 1, MAX_FEE);
        // Below MAX_MOVEMENT, so that a movement too large to hold is never within tolerance.
        _checkRange("movementTolerance", chosen.movementTolerance, 0, MAX_MOVEMENT - 1);
        _checkRange("roundLength", chosen.roundLength, MIN_ROUND_LENGTH, MAX_ROUND_LENGTH);
        _checkRange("maxRounds", chosen.maxRounds, 1, MAX_ROUNDS);
        uint256 epoch = offer.epoch() + 1;
        _checkRange("epoch", epoch, 1, type(uint24).max);

        uint256 deadline = _deadline(chosen.roundLength);
        _posted = PostedFields.pack(offer.price(), deadline, epoch, chosen);
        _totals = TotalsFields.pack(chosen);
        _bracket = BracketFields.pack(PriceUpdate.UNSEEN, PriceUpdate.UNSEEN, 0);
        _rules = RulesFields.pack(chosen, _rules.members());
        emit EpochOpened(epoch, offer.price(), deadline, chosen);
    }

    /// @inheritdoc IClearingContract
    function admit(address[] calldata agents, bool admitted_) external onlyOwner {
        for (uint256 i = 0; i < agents.length; ++i) {
            admitted[agents[i]] = admitted_;
            emit Admitted(agents[i], admitted_);
        }
    }

    function _checkRange(string memory name, uint256 given, uint256 min, uint256 max) private pure {
        if (given < min || given > max) revert ParameterOutOfRange(name, given, min, max);
    }

    // ----------------------------------------------------------------------------------------------- views

    /// @inheritdoc IClearingContract
    function posted() external view returns (Posted memory) {
        return _posted.unpack(_totals.capacity());
    }

    /// @inheritdoc IClearingContract
    function totals() external view returns (Totals memory) {
        PostedSlot offer = _posted;
        return _totals.inRound(offer.round()).unpack(_rules.members(), offer.deadline());
    }

    /// @inheritdoc IClearingContract
    function bracket() external view returns (Bracket memory) {
        return _bracket.unpack();
    }

    /// @inheritdoc IClearingContract
    function rules() external view returns (Rules memory) {
        return _rules.unpack();
    }

    /// @inheritdoc IClearingContract
    function funds() external view returns (Funds memory) {
        return _funds;
    }

    /// @inheritdoc IClearingContract
    function outcome(uint256 epoch) external view returns (Outcome memory) {
        return _outcomes[epoch].unpack();
    }

    /// @inheritdoc IClearingContract
    function limits() external view returns (Limits memory) {
        return
            Limits({
                maxUnitFee: MAX_UNIT_FEE,
                maxExecutionFee: MAX_EXECUTION_FEE,
                maxProgressiveFee: MAX_PROGRESSIVE_FEE,
                minRoundLength: MIN_ROUND_LENGTH,
                maxRoundLength: MAX_ROUND_LENGTH,
                maxRounds: MAX_ROUNDS
            });
    }

    /// @inheritdoc IClearingContract
    function account(address agent) external view returns (Account memory) {
        return _accounts[agent].slot.unpack();
    }

    /// @inheritdoc IClearingContract
    function settledAccount(address agent) external view returns (Account memory) {
        return _settledView(agent).unpack();
    }

    /// @inheritdoc IClearingContract
    function freeBalance(address agent) external view returns (uint256) {
        AccountSlot settled = _settledView(agent);
        return settled.balance() - _locked(settled);
    }

    /// @inheritdoc IClearingContract
    function quote(uint256 demand) external view returns (uint256 charge, uint256 payment) {
        Terms memory terms = termsOf(_posted, _totals.capacity());
        if (demand > terms.capacity) revert DemandAboveCapacity(demand, terms.capacity);
        return terms.quote(demand, DIVISOR);
    }

    function _settledView(address who) private view returns (AccountSlot agent) {
        agent = _accounts[who].slot;
        if (!_isSettleable(agent)) return agent;
        (uint256 allocation, uint256 payment, uint256 charge) = _outcomeOf(agent);
        return _booked(agent, allocation, payment + charge);
    }
}
