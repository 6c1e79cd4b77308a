const WINDOW = 8_192;
const LONGEST_LITERAL_RUN = 32;
const LONGEST_MATCH = 262;

/**
 * The length of data once FastLZ has compressed it, as the OP Stack's fee counts it (Fjord's estimator, after Solady's
 * `LibZip.flzCompress`). Nothing but the length is wanted, so nothing is written.
 */
export function fastLzLength(data: Uint8Array): number {
  // Where three bytes of this hash were seen last.
  const seen = new Uint32Array(WINDOW);
  const end = Math.max(0, data.length - 13);
  let length = 0;
  let anchor = 0;
  for (let at = 2; at < end; anchor = at) {
    let reference = 0;
    let isMatch = false;
    for (; at < end && !isMatch; at++) {
      const slot = hashAt(data, at);
      reference = seen[slot]!;
      seen[slot] = at;
      isMatch = at - reference < WINDOW && threeBytes(data, reference) === threeBytes(data, at);
    }
    if (at >= end) break;
    at--;
    length += literalsLength(at - anchor);
    const matched = matchedBytes(data, reference + 3, at + 3, end + 9);
    length += matchLength(matched - 1);
    at += matched;
    for (let next = 0; next < 2; next++, at++) seen[hashAt(data, at)] = at;
  }
  return length + literalsLength(data.length - anchor);
}

function threeBytes(data: Uint8Array, at: number): number {
  return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
}

function hashAt(data: Uint8Array, at: number): number {
  return (Math.imul(threeBytes(data, at), 2_654_435_769) >>> 19) & (WINDOW - 1);
}

function literalsLength(count: number): number {
  const rest = count % LONGEST_LITERAL_RUN;
  const full = Math.floor(count / LONGEST_LITERAL_RUN) * (LONGEST_LITERAL_RUN + 1);
  return full + (rest === 0 ? 0 : rest + 1);
}

function matchLength(count: number): number {
  return 3 * Math.floor(count / LONGEST_MATCH) + (count % LONGEST_MATCH >= 6 ? 3 : 2);
}

/** How many bytes agree from two places on, the one that does not included. */
function matchedBytes(data: Uint8Array, first: number, second: number, end: number): number {
  const most = end - second;
  for (let count = 0; count < most; count++) {
    if (data[first + count] !== data[second + count]) return count + 1;
  }
  return most;
}
