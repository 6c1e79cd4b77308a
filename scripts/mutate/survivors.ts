/** A mutant that no test can kill: its function, its line, and what the line becomes. */
export type Survivor = { in: string; before: string; after: string };

/** Mutants that change nothing anybody can see, by the reason. */
export const SURVIVORS: readonly { why: string; mutants: readonly Survivor[] }[] = [
  {
    why: "The factors of a product, and the ends of a distance, may change places.",
    mutants: [
      {
        in: "ClearingContract._moved",
        before:
          "uint256 movement = sums.movement() + PriceUpdate.distance(from, to); // below 2^89",
        after: "uint256 movement = sums.movement() + PriceUpdate.distance(to, from); // below 2^89",
      },
      {
        in: "ClearingContract._outcomeOf",
        before: "payment = Charges.paymentUp(end.price(), allocation, DIVISOR);",
        after: "payment = Charges.paymentUp(allocation, end.price(), DIVISOR);",
      },
      {
        in: "ClearingContract._locked",
        before: "uint256 payment = Charges.paymentUp(price, agent.demand(), DIVISOR);",
        after: "uint256 payment = Charges.paymentUp(agent.demand(), price, DIVISOR);",
      },
      {
        in: "TermsMath.quote",
        before: "payment = Charges.paymentUp(terms.price, demand, divisor);",
        after: "payment = Charges.paymentUp(demand, terms.price, divisor);",
      },
      {
        in: "PriceUpdate.stepDown",
        before: "step = rules.initialStep() * distance(demand, capacity);",
        after: "step = rules.initialStep() * distance(capacity, demand);",
      },
      {
        in: "PriceUpdate.secantDown",
        before:
          "step = (distance(price, previousPrice) * distance(demand, capacity)) / distance(demand, previousDemand);",
        after:
          "step = (distance(previousPrice, price) * distance(demand, capacity)) / distance(demand, previousDemand);",
      },
      {
        in: "PriceUpdate.secantDown",
        before:
          "step = (distance(price, previousPrice) * distance(demand, capacity)) / distance(demand, previousDemand);",
        after:
          "step = (distance(price, previousPrice) * distance(capacity, demand)) / distance(demand, previousDemand);",
      },
      {
        in: "PriceUpdate.secantDown",
        before:
          "step = (distance(price, previousPrice) * distance(demand, capacity)) / distance(demand, previousDemand);",
        after:
          "step = (distance(price, previousPrice) * distance(demand, capacity)) / distance(previousDemand, demand);",
      },
      {
        in: "PriceUpdate.stopReason",
        before: "(slack || distance(demand, capacity) <= rules.primalTolerance()) &&",
        after: "(slack || distance(capacity, demand) <= rules.primalTolerance()) &&",
      },
      {
        in: "PriceUpdate.stopReason",
        before: "distance(next, price) <= dualTolerance",
        after: "distance(price, next) <= dualTolerance",
      },
    ],
  },
  {
    why: "Where the two sides are equal, or one apart, both branches give the same.",
    mutants: [
      {
        in: "ClearingContract._moved",
        before: "if (movement > MAX_MOVEMENT) movement = MAX_MOVEMENT;",
        after: "if (movement >= MAX_MOVEMENT) movement = MAX_MOVEMENT;",
      },
      {
        in: "ClearingContract._moved",
        before: "if (movement > MAX_MOVEMENT) movement = MAX_MOVEMENT;",
        after: "if (movement > (MAX_MOVEMENT - 1)) movement = MAX_MOVEMENT;",
      },
      {
        in: "ClearingContract._deadline",
        before: "if (deadline > type(uint32).max) deadline = type(uint32).max;",
        after: "if (deadline >= type(uint32).max) deadline = type(uint32).max;",
      },
      {
        in: "ClearingContract._deadline",
        before: "if (deadline > type(uint32).max) deadline = type(uint32).max;",
        after: "if (deadline > (type(uint32).max - 1)) deadline = type(uint32).max;",
      },
      {
        in: "ClearingContract.closeRound",
        before: "uint256 scale = demand > capacity ? (capacity * UNIT) / demand : UNIT;",
        after: "uint256 scale = demand >= capacity ? (capacity * UNIT) / demand : UNIT;",
      },
      {
        in: "ClearingContract._outcomeOf",
        before: "if (affordable < allocation) allocation = affordable;",
        after: "if (affordable <= allocation) allocation = affordable;",
      },
      {
        in: "PriceUpdate.observe",
        before: "if (lower == UNSEEN || price > lower) lower = price;",
        after: "if (lower == UNSEEN || price >= lower) lower = price;",
      },
      {
        in: "PriceUpdate.observe",
        before: "if (price < upper) upper = price;",
        after: "if (price <= upper) upper = price;",
      },
      {
        in: "PriceUpdate.secantDown",
        before: "if (step > 2 * maxStep) step = 2 * maxStep;",
        after: "if (step >= 2 * maxStep) step = 2 * maxStep;",
      },
      {
        in: "PriceUpdate.insideBracket",
        before: "return isExcess == wasExcess && isExcess == (next > middle) ? middle : next;",
        after: "return isExcess == wasExcess && isExcess == (next >= middle) ? middle : next;",
      },
      {
        in: "PriceUpdate.nextPrice",
        before: "if (step > maxStep) step = maxStep;",
        after: "if (step >= maxStep) step = maxStep;",
      },
      {
        in: "PriceUpdate.nextPrice",
        before: "if (next > MAX_PRICE) next = MAX_PRICE;",
        after: "if (next >= MAX_PRICE) next = MAX_PRICE;",
      },
      {
        in: "PriceUpdate.nextPrice",
        before: "if (next > MAX_PRICE) next = MAX_PRICE;",
        after: "if (next > (MAX_PRICE - 1)) next = MAX_PRICE;",
      },
      {
        in: "PriceUpdate.nextPrice",
        before: "next = step < price ? price - step : 0;",
        after: "next = step <= price ? price - step : 0;",
      },
      {
        in: "PriceUpdate.distance",
        before: "return a > b ? a - b : b - a;",
        after: "return a >= b ? a - b : b - a;",
      },
    ],
  },
  {
    why: "One gas more or less is within the 1,000 that are kept for what comes before the call.",
    mutants: [
      {
        in: "Signatures._contractTakes",
        before:
          "if (gasleft() < REQUIRED_GAS) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);",
        after:
          "if (gasleft() <= REQUIRED_GAS) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);",
      },
      {
        in: "Signatures._contractTakes",
        before:
          "if (gasleft() < REQUIRED_GAS) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);",
        after:
          "if (gasleft() < (REQUIRED_GAS + 1)) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);",
      },
      {
        in: "Signatures._contractTakes",
        before:
          "if (gasleft() < REQUIRED_GAS) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);",
        after:
          "if (gasleft() < (REQUIRED_GAS - 1)) revert IClearingContract.InsufficientGas(gasleft(), REQUIRED_GAS);",
      },
    ],
  },
  {
    why: "A submission without samples is refused before their mean is looked at.",
    mutants: [
      {
        in: "ClearingContract.submitSamples",
        before: "_submit(epoch, round, count == 0 ? 0 : sum / count, count);",
        after: "_submit(epoch, round, count == 0 ? 1 : sum / count, count);",
      },
    ],
  },
  {
    why: "An account without code answers nothing when it is called, which is no yes.",
    mutants: [
      {
        in: "Signatures.isValid",
        before: "(signer.code.length != 0 && _contractTakes(signer, digest, signature));",
        after: "(signer.code.length != 1 && _contractTakes(signer, digest, signature));",
      },
    ],
  },
  {
    why: "A batch's event has room for more demands than come, and what is left over is cut off.",
    mutants: [
      {
        in: "SignedDemands.HEAD",
        before: "uint256 private constant HEAD = 33;",
        after: "uint256 private constant HEAD = 32;",
      },
      {
        in: "SignedDemands.roomFor",
        before: "return new uint256[](batch.length / HEAD);",
        after: "return new uint256[](((batch.length + HEAD - 1) / HEAD));",
      },
      {
        in: "SignedDemands.roomFor",
        before: "return new uint256[](batch.length / HEAD);",
        after: "return new uint256[](batch.length / (HEAD - 1));",
      },
    ],
  },
  {
    why: "A price of 26 bits is packed with the exponent 0: it stands for itself either way.",
    mutants: [
      {
        in: "LockedPrice.packDown",
        before: "if (price <= MANTISSA_MASK) return price;",
        after: "if (price < MANTISSA_MASK) return price;",
      },
      {
        in: "LockedPrice.packDown",
        before: "if (price <= MANTISSA_MASK) return price;",
        after: "if (price <= (MANTISSA_MASK - 1)) return price;",
      },
    ],
  },
  {
    why: "Who answered this round has the posted price locked: the second condition passes it over too.",
    mutants: [
      {
        in: "ClearingContract.trim",
        before:
          "if (agent.answered() == offer.round() + 1 || agent.lockedPrice() >= price) continue;",
        after:
          "if (agent.answered() == offer.round() + 2 || agent.lockedPrice() >= price) continue;",
      },
    ],
  },
  {
    why: "Demand that meets capacity has no residual: no step, and converged before it could be rationed.",
    mutants: [
      {
        in: "PriceUpdate.nextPrice",
        before: "if (demand > capacity) {",
        after: "if (demand >= capacity) {",
      },
      {
        in: "PriceUpdate.stopReason",
        before: "bool slack = price == 0 && demand <= capacity;",
        after: "bool slack = price == 0 && demand < capacity;",
      },
      {
        in: "PriceUpdate.stopReason",
        before:
          "if (demand <= capacity && lower != UNSEEN && price - lower <= dualTolerance) return Reason.Rationed;",
        after:
          "if (demand < capacity && lower != UNSEEN && price - lower <= dualTolerance) return Reason.Rationed;",
      },
    ],
  },
  {
    why: "A line through a demand that met capacity ends at that one's price: level, or at a side, and the middle either way.",
    mutants: [
      {
        in: "PriceUpdate.nextPrice",
        before: "bool wasExcess = before.previousDemand() > capacity;",
        after: "bool wasExcess = before.previousDemand() >= capacity;",
      },
    ],
  },
  {
    why: "Demand that meets capacity keeps its price and does not get there.",
    mutants: [
      {
        in: "PriceUpdate.nextPrice",
        before:
          "return insideBracket(rules.dualTolerance(), wasExcess, seen, demand > capacity, next, isLevel);",
        after:
          "return insideBracket(rules.dualTolerance(), wasExcess, seen, demand >= capacity, next, isLevel);",
      },
    ],
  },
  {
    why: "Nobody looks at the step of a level line.",
    mutants: [
      {
        in: "PriceUpdate.secantDown",
        before:
          "if (priceRose != demandFell || price == previousPrice || demand == previousDemand) return (0, true);",
        after:
          "if (priceRose != demandFell || price == previousPrice || demand == previousDemand) return (1, true);",
      },
    ],
  },
  {
    why: "The line after it asks that price and demand differ from those before.",
    mutants: [
      {
        in: "PriceUpdate.secantDown",
        before: "bool priceRose = price > previousPrice;",
        after: "bool priceRose = price >= previousPrice;",
      },
      {
        in: "PriceUpdate.secantDown",
        before: "bool demandFell = demand < previousDemand;",
        after: "bool demandFell = demand <= previousDemand;",
      },
    ],
  },
  {
    why: "A price less an unseen side wraps to more than any tolerance; a side at MAX_PRICE is reset by spare capacity there.",
    mutants: [
      {
        in: "PriceUpdate.stopReason",
        before:
          "if (demand <= capacity && lower != UNSEEN && price - lower <= dualTolerance) return Reason.Rationed;",
        after:
          "if (demand <= capacity && lower != (UNSEEN + 1) && price - lower <= dualTolerance) return Reason.Rationed;",
      },
      {
        in: "PriceUpdate.stopReason",
        before:
          "if (demand <= capacity && lower != UNSEEN && price - lower <= dualTolerance) return Reason.Rationed;",
        after:
          "if (demand <= capacity && lower != (UNSEEN - 1) && price - lower <= dualTolerance) return Reason.Rationed;",
      },
    ],
  },
];
