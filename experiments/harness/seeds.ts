/**
 * A seed for one stream of one replication: neighbouring seeds and replications give unrelated
 * streams, and the same three numbers the same stream everywhere.
 *
 * @param stream tells the streams of a replication apart: 0 draws the market
 * @returns a 32-bit integer, as `createRandom` takes it (the mixing of MurmurHash3)
 */
export function streamSeed(seed: number, replication: number, stream: number): number {
  let hash = 0;
  // A seed may have more than 32 bits; the upper ones count too.
  for (const word of [seed, Math.floor(seed / 2 ** 32), replication, stream]) {
    let mixed = Math.imul(word, 0xcc9e2d51);
    mixed = (mixed << 15) | (mixed >>> 17);
    hash ^= Math.imul(mixed, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= 16;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
