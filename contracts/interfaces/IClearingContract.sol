// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice What happens to the charge of a demand that its owner replaces; fixed per market.
/// - `Refunding`: a replaced demand costs nothing, so over an epoch an agent pays for its last demand only, once.
/// - `PerSubmission`: every demand is charged when it is sent and the charge is kept.
enum Policy {
    Refunding,
    PerSubmission
}

/// @notice How the step size η_t of the price update is chosen in round t.
/// - `Constant`: η₀.
/// - `InverseSqrt`: η₀ / √(t + 1).
/// - `RobbinsMonro`: η₀·t₀ / (t + t₀).
/// - `Secant`: −Δprice / Δdemand over the last two rounds, times (Ŝ^{t−1} + m) / 2m, kept inside the bracket.
///   Where there is no slope: η₀, and half of the bracket once both of its sides are seen.
enum StepRule {
    Constant,
    InverseSqrt,
    RobbinsMonro,
    Secant
}

/// @notice Why an epoch settled.
/// - `Converged`: demand is within tolerance of capacity and neither price nor demands move.
/// - `Rationed`: no price clears exactly because demand jumps there; this is the lowest price that keeps to capacity.
/// - `RoundLimit`: `maxRounds` was reached.
enum Reason {
    None,
    Converged,
    Rationed,
    RoundLimit
}

/// @notice Everything the owner chooses for one epoch. Frozen while the epoch is open.
/// @dev Quantities are UD60x18 units of the resource, prices and fees UD60x18 whole tokens. Those marked * have at most
/// eight significant digits (see Digits).
struct Parameters {
    uint256 capacity; // * m, units; above 0, below 2^88
    uint256 unitFee; // * τ, tokens per unit
    uint256 executionFee; // * g, tokens per demand above zero
    uint256 progressiveFee; // * φ, tokens per unit²: a demand x is charged ½φx²
    uint256 samples; // M, samples in a submission; 1 to 255
    StepRule rule;
    uint256 initialStep; // * η₀, tokens per unit²
    uint256 stepOffset; // t₀, rounds; used by RobbinsMonro; 1 to 2^24 − 1
    uint256 maxStep; // * the most a price moves in a round, tokens per unit; at least 1
    uint256 primalTolerance; // * ε_p, units
    uint256 dualTolerance; // * ε_d, tokens per unit; at least 1
    uint256 movementTolerance; // * ε_x, units; below 2^80 − 1
    uint256 roundLength; // seconds until anybody may close a round
    uint256 maxRounds; // rounds until the epoch settles whatever happens
}

/// @notice The bounds inside which the owner may choose parameters; fixed at deployment.
struct Limits {
    uint256 maxUnitFee; // tokens per unit, UD60x18
    uint256 maxExecutionFee; // tokens, UD60x18
    uint256 maxProgressiveFee; // tokens per unit², UD60x18
    uint256 minRoundLength; // seconds
    uint256 maxRoundLength; // seconds; at most 2^24 − 1
    uint256 maxRounds; // at most 65,534
}

/// @notice What is on offer. Read by every submission, written when a round closes.
struct Posted {
    uint256 price; // μ^t, UD60x18 tokens per unit
    uint256 capacity; // m, UD60x18 units
    uint256 unitFee; // τ, UD60x18 tokens per unit
    uint256 executionFee; // g, UD60x18 tokens
    uint256 progressiveFee; // φ, UD60x18 tokens per unit²
    uint256 epoch; // counted from 1; 0 before the first
    uint256 round; // t, counted from 0 in each epoch
    uint256 samples; // M; 0 while no epoch is open
}

/// @notice Running totals. Written by every submission.
struct Totals {
    uint256 demand; // Ŝ, the sum of standing demands, UD60x18 units
    uint256 movement; // Σ|x_t − x_{t−1}| of this round, UD60x18 units; stays at 2^80 − 1 once there
    uint256 answered; // agents who submitted in this round
    uint256 members; // agents who joined the market
    uint256 deadline; // unix seconds; from then on anybody may close the round
}

/// @notice What the rounds so far told about where the clearing price lies. A price of 2^80 − 1 stands for 'not seen'.
struct Bracket {
    uint256 lower; // highest price seen with demand above capacity
    uint256 upper; // lowest price seen with demand at or below capacity
    uint256 previousDemand; // Ŝ of the round before, UD60x18 units
}

/// @notice How rounds of the current epoch are closed: see Parameters.
struct Rules {
    uint256 primalTolerance;
    uint256 movementTolerance;
    uint256 dualTolerance;
    uint256 initialStep;
    uint256 maxStep;
    uint256 stepOffset;
    uint256 roundLength;
    uint256 maxRounds;
    StepRule rule;
}

/// @notice How an epoch ended, and the fees its accounts settle with. Kept for every epoch.
struct Outcome {
    uint256 price; // μ*, the price of the last round, UD60x18 tokens per unit
    uint256 scale; // min(1, m / Ŝ), UD60x18, rounded down
    Reason reason;
    uint256 round; // the last round
    uint256 unitFee; // τ
    uint256 executionFee; // g
    uint256 progressiveFee; // φ
}

/// @notice One agent.
struct Account {
    uint256 balance; // token base units, below 2^96
    uint256 demand; // x, UD60x18 units; once its epoch is settled for this agent, its allocation
    uint256 lockedPrice; // the price the demand answered, rounded down and packed (see LockedPrice)
    uint256 epoch; // the epoch of the last demand, 1 before there is any; 0 for those who have not joined
    uint256 answered; // one more than the round answered last; 0 none; 65,535 once a demand above zero is settled
}

/// @notice What the market holds for provider and treasury, token base units.
struct Funds {
    uint128 revenue; // payments μ*·a, for the provider
    uint128 fees; // charges, for the treasury
}

/// @title A market that clears itself
/// @notice Capacity m of one divisible resource is shared among agents who keep their valuations private. In each round
/// of an epoch the contract posts a price, agents answer with demands, and closing the round moves the price by
/// μ^{t+1} = [μ^t + clip(η_t(Ŝ − m), ±maxStep)]₊ (Cha et al. 2025, eq. 24) until demand meets capacity. Then the epoch
/// settles at the price the last demands answered.
///
/// What an agent can lose is known when it submits: the charge τx + ½φx² + g and the payment μ^t·x, both locked in its
/// balance. It never pays more for that demand, whatever the price does afterwards. Everything not locked can be
/// withdrawn at any time and nobody can stop that.
/// @dev Quantities and prices are UD60x18 (18 decimals); money is in base units of the payment token. Charges and
/// payments round up, allocations down.
interface IClearingContract {
    // ------------------------------------------------------------------------------------------------ events

    /// @notice The market is deployed; all of this is fixed. `price` is the first price, UD60x18 tokens per unit.
    event MarketCreated(
        address indexed token,
        address indexed provider,
        address indexed treasury,
        uint8 decimals,
        Policy policy,
        bool allowlisted,
        uint256 price,
        Limits limits
    );
    /// @notice An agent may join the allowlisted market, or no longer may.
    event Admitted(address indexed agent, bool admitted);
    /// @notice An agent became a member.
    event Joined(address indexed agent);
    /// @notice What arrived was credited, token base units.
    event Deposited(address indexed agent, uint256 amount);
    /// @notice An agent took out what no demand had locked, token base units.
    event Withdrawn(address indexed agent, address indexed to, uint256 amount);
    /// @notice An epoch began: its first price, the deadline of its first round in unix seconds, its parameters.
    event EpochOpened(uint256 indexed epoch, uint256 price, uint256 deadline, Parameters parameters);
    /// @notice An agent answered the open round; UD60x18 units.
    event DemandSubmitted(address indexed agent, uint256 demand);
    /// @notice Agents answered the open round with demands that they had signed: each a word, the agent in its upper
    /// 160 bits and the demand in its lower 96, UD60x18 units.
    event DemandsSubmitted(uint256[] demands);
    /// @notice A signed demand of a batch was refused and changed nothing. Anybody can name any agent in a batch: this
    /// says nothing about what the agent did.
    /// @param reason the error, encoded, with which the agent's own submission would have been refused; or
    /// InvalidSignature
    event DemandSkipped(address indexed agent, uint256 round, bytes reason);
    /// @notice A stale demand was cut to what its lock affords; what is left of it, UD60x18 units.
    event DemandTrimmed(address indexed agent, uint256 demand);
    /// @notice A round ended with this total of standing demands, UD60x18 units.
    /// @param nextPrice what the update gives; posted unless the epoch settles with this round
    /// @param deadline of the next round, unix seconds; 0 if the epoch settles with this one
    event RoundClosed(
        uint256 indexed epoch,
        uint256 indexed round,
        uint256 demand,
        uint256 nextPrice,
        uint256 deadline
    );
    /// @notice An epoch ended: its last round, the price and scale its accounts settle with, both UD60x18, and why.
    event EpochSettled(uint256 indexed epoch, uint256 round, uint256 price, uint256 scale, Reason reason);
    /// @notice An ended epoch was booked in an account: UD60x18 units allocated, token base units paid.
    /// @param charge what is taken now: under PerSubmission zero, since it was taken with each submission.
    event AccountSettled(
        address indexed agent,
        uint256 indexed epoch,
        uint256 allocation,
        uint256 payment,
        uint256 charge
    );
    /// @notice Payments were sent to the provider, token base units.
    event RevenueWithdrawn(address indexed provider, uint256 amount);
    /// @notice Charges were sent to the treasury, token base units.
    event FeesWithdrawn(address indexed treasury, uint256 amount);

    // ------------------------------------------------------------------------------------------------ errors

    /// @notice A deployment or epoch parameter is outside its range.
    error ParameterOutOfRange(string name, uint256 given, uint256 min, uint256 max);
    /// @notice An address that must be given is zero.
    error ZeroAddress(string name);
    /// @notice Nothing would move.
    error ZeroAmount();
    /// @notice Tokens sent there would be lost: the zero address or the market itself.
    error InvalidRecipient(address to);
    /// @notice The market is allowlisted and the agent is not on the list.
    error NotAdmitted(address agent);
    /// @notice The agent is a member already.
    error AlreadyJoined(address agent);
    /// @notice The agent is not a member.
    error NotJoined(address agent);
    /// @notice The market has as many members as it can count.
    error TooManyMembers(uint256 max);
    /// @notice The balance would exceed what an account holds.
    error BalanceTooLarge(address agent, uint256 given, uint256 max);
    /// @notice More was asked for than no demand has locked, token base units.
    error InsufficientFreeBalance(address agent, uint256 free, uint256 requested);
    /// @notice The balance does not cover the charge and the payment that a demand locks.
    error InsufficientCollateral(address agent, uint256 balance, uint256 required);
    /// @notice The demand answers a round that is not open. `open` tells whether any is.
    error RoundNotOpen(uint256 epoch, uint256 round, uint256 currentEpoch, uint256 currentRound, bool open);
    /// @notice The agent has answered this round; it can answer the next.
    error AlreadyAnswered(address agent, uint256 epoch, uint256 round);
    /// @notice A submission carries exactly M samples.
    error WrongSampleCount(uint256 given, uint256 required);
    /// @notice A demand or a sample exceeds the capacity, UD60x18 units.
    error DemandAboveCapacity(uint256 demand, uint256 capacity);
    /// @notice All standing demands together would exceed what the total holds, UD60x18 units.
    error TotalDemandTooLarge(uint256 total, uint256 max);
    /// @notice The agent has not signed this demand for this round of this market on this chain. Reported by
    /// DemandSkipped, never thrown.
    error InvalidSignature(address agent);
    /// @notice The last entry of a batch says it takes `required` bytes; `left` are left of the batch.
    error MalformedBatch(uint256 left, uint256 required);
    /// @notice Too little gas is left to ask a contract about its signature: send more, or a smaller batch.
    error InsufficientGas(uint256 left, uint256 required);
    /// @notice No epoch is open; this was the last.
    error EpochNotOpen(uint256 epoch);
    /// @notice The next epoch can be opened when this one has settled.
    error EpochStillOpen(uint256 epoch);
    /// @notice The round cannot be closed yet: its deadline lies ahead and some members have not answered.
    error RoundStillOpen(uint256 deadline, uint256 answered, uint256 members);

    // --------------------------------------------------------------------------------------- an agent's way

    /// @notice Become a member. Needed before anything else; the first deposit does it too.
    function join() external;

    /// @notice Put tokens into the caller's account; what arrives is credited. Joins the caller if it has not joined.
    /// @param amount token base units, above zero
    function deposit(uint256 amount) external;

    /// @notice `deposit` with an EIP-2612 permit instead of an earlier approval.
    function depositWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Take out of the caller's account what no demand has locked.
    /// @param amount token base units, above zero
    /// @param to who receives it
    function withdraw(uint256 amount, address to) external;

    /// @notice Answer the posted price in a market of one sample a submission (M = 1). Replaces the caller's standing
    /// demand. Locks charge and payment; under PerSubmission the charge is taken now.
    /// @param epoch the epoch answered
    /// @param round the round answered; a submission that arrives too late is refused, never moved to another price
    /// @param demand UD60x18 units, at most the capacity
    function submit(uint256 epoch, uint16 round, uint256 demand) external;

    /// @notice `submit` with M samples; their mean, rounded down, is the demand (Algorithm 1, line 7).
    function submitSamples(uint256 epoch, uint256 round, uint256[] calldata samples) external;

    // ------------------------------------------------------------------------------------ anybody's to call

    /// @notice Hand in demands that agents have signed: EIP-712, type
    /// `Demand(address agent,uint256 epoch,uint256 round,uint256 demand)`, under the domain that `eip712Domain` tells.
    /// Each counts as if its agent had submitted it, and costs its agent the same. One that cannot count is passed over
    /// and reported by DemandSkipped. An agent answers a round once, whoever carries the answer, so no signature counts
    /// twice.
    ///
    /// An agent that draws M samples signs their mean, rounded down: that is all `submitSamples` takes from them, and
    /// what M equal samples give.
    /// @param epoch the epoch answered
    /// @param round the round answered; a batch that arrives too late is refused as a whole
    /// @param batch entries, one after another: agent, 20 bytes; demand, 11 bytes, UD60x18 units; length of the
    /// signature, 2 bytes; signature, of a key (64 bytes as in ERC-2098, or 65) or as the agent's contract takes it
    /// (ERC-1271)
    function submitSigned(uint256 epoch, uint256 round, bytes calldata batch) external;

    /// @notice Cut demands that stand from a cheaper round to what their lock affords at the posted price:
    /// x·μ^r / μ^t. Those that have nothing to cut are passed over.
    function trim(address[] calldata agents) external;

    /// @notice Close the round: settle the epoch or post the next price. Possible from the deadline on, or as soon as
    /// every member has answered.
    function closeRound() external;

    /// @notice Book the outcome of an ended epoch in the agents' accounts: a = x·min(1, m/Ŝ, μ^r/μ*), payment
    /// μ*·a, and under Refunding the charge of a. For a demand that stands from an earlier round μ^r is the locked
    /// price, at most 1 part in 2^25 below the one it answered. Accounts that have nothing to settle are passed over.
    /// An agent's own next action does the same for it.
    function settleAccounts(address[] calldata agents) external;

    /// @notice Send all payments booked so far to the provider.
    function withdrawRevenue() external;

    /// @notice Send all charges booked so far to the treasury.
    function withdrawFees() external;

    // ---------------------------------------------------------------------------------------- owner's to call

    /// @notice Open the next epoch at the price the last one left.
    function openEpoch(Parameters calldata parameters) external;

    /// @notice Allow agents to join an allowlisted market, or stop allowing it. Members stay members.
    function admit(address[] calldata agents, bool admitted) external;

    // -------------------------------------------------------------------------------------------------- views

    /// @notice What is on offer now.
    function posted() external view returns (Posted memory);
    /// @notice The running totals of the round.
    function totals() external view returns (Totals memory);
    /// @notice What the epoch's rounds have told so far.
    function bracket() external view returns (Bracket memory);
    /// @notice How rounds of the last opened epoch are closed.
    function rules() external view returns (Rules memory);
    /// @notice What is held for provider and treasury.
    function funds() external view returns (Funds memory);
    /// @notice How an epoch ended; all zero if it has not.
    function outcome(uint256 epoch) external view returns (Outcome memory);
    /// @notice The bounds of the owner's choices.
    function limits() external view returns (Limits memory);

    /// @notice The account as it is stored; an ended epoch may still be to settle (see `settledAccount`).
    function account(address agent) external view returns (Account memory);

    /// @notice The account as it will be once its ended epoch is settled; the same as `account` if there is none.
    function settledAccount(address agent) external view returns (Account memory);

    /// @notice What the agent can withdraw now, token base units.
    function freeBalance(address agent) external view returns (uint256);

    /// @notice What a demand would cost at the posted price; between epochs, with the last epoch's fees.
    /// @return charge τx + ½φx² + g in token base units, rounded up
    /// @return payment μ^t·x in token base units, rounded up: the most it can be
    function quote(uint256 demand) external view returns (uint256 charge, uint256 payment);
}
