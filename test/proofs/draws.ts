const FACTOR = 0x5851f42d4c957f2d14057b7ef767814f9fb21c641ba7f0d3b3c5a6e1d2f49b65n;
const WORD = (1n << 256n) - 1n;

/** Numbers of every magnitude, the same for the same seed. */
export type Random = {
  /** 0 to below − 1. */
  one: (below: bigint) => bigint;
  /** Below 2^bits, counted from zero or from the largest there is. */
  number: (bits: number) => bigint;
  /** As packed by Digits, with an exponent below `exponents`. */
  digits: (exponents: number) => bigint;
};

export function createRandom(seed: number): Random {
  let state = BigInt(seed);
  const draw = (): bigint => {
    state = (state * FACTOR + 1n) & WORD;
    return state >> 128n;
  };
  const number = (bits: number): bigint => {
    const random = draw();
    const most = (1n << BigInt(bits)) - 1n;
    const value = ((random >> 16n) & most) >> (((random >> 8n) & 0xffn) % BigInt(bits + 1));
    return (random & 3n) === 0n ? most - value : value;
  };
  return {
    one: (below) => draw() % below,
    number,
    digits: (exponents) => ((draw() % BigInt(exponents)) << 27n) | number(27),
  };
}
