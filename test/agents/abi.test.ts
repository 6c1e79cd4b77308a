import { readFileSync } from "node:fs";

import { expect } from "chai";
import {
  FunctionFragment,
  Interface,
  type Fragment,
  type InterfaceAbi,
  type ParamType,
} from "ethers";

import { MARKET_ABI, TOKEN_ABI, TOKEN_ERRORS } from "../../agents/abi.ts";

/** In the compiled contract and no business of a bot's: OpenZeppelin's. */
const NOT_FOR_BOTS = [
  "error InvalidShortString()",
  "error OwnableInvalidOwner(address owner)",
  "error OwnableUnauthorizedAccount(address account)",
  "error ReentrancyGuardReentrantCall()",
  "error SafeERC20FailedOperation(address token)",
  "error StringTooLong(string str)",
  "event EIP712DomainChanged()",
  "event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner)",
  "event OwnershipTransferred(address indexed previousOwner, address indexed newOwner)",
  "function acceptOwnership()",
  "function eip712Domain() view returns (bytes1 fields, string name, string version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] extensions)",
  "function pendingOwner() view returns (address)",
  "function renounceOwnership()",
  "function transferOwnership(address)",
];

/** What the compiler made of a contract; the build comes before the tests. */
function compiledAbi(name: string): InterfaceAbi {
  const file = new URL(`../../artifacts/contracts/${name}.sol/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { abi: InterfaceAbi }).abi;
}

const lines = (abi: InterfaceAbi): string[] =>
  new Interface(abi).fragments
    .filter(({ type }) => type !== "constructor")
    .map(lineOf)
    .toSorted();

/** Everything a caller can see of it. A function's own names for its arguments are not. */
function lineOf(fragment: Fragment): string {
  if (!FunctionFragment.isFragment(fragment)) return fragment.format("full");
  const nameless = (parameter: ParamType): string =>
    parameter.format("full").replace(/(?<=[\])\w]) \w+$/, "");
  const inputs = fragment.inputs.map(nameless).join(", ");
  const outputs = fragment.outputs.map((parameter) => parameter.format("full")).join(", ");
  const mutability =
    fragment.stateMutability === "nonpayable" ? "" : ` ${fragment.stateMutability}`;
  const returns = outputs === "" ? "" : ` returns (${outputs})`;
  return `function ${fragment.name}(${inputs})${mutability}${returns}`;
}

describe("The interface that bots read", () => {
  it("is the compiled contract's, name for name, but for what the owner alone needs", () => {
    const compiled = lines(compiledAbi("ClearingContract"));
    const known = lines(MARKET_ABI);
    expect(compiled.filter((line) => !known.includes(line))).to.deep.equal(NOT_FOR_BOTS);
    expect(known.filter((line) => !compiled.includes(line))).to.deep.equal([]);
  });
  it("says nothing twice", () => {
    expect(new Set(lines(MARKET_ABI)).size).to.equal(MARKET_ABI.length);
  });
  it("asks of the token only what the token has", () => {
    const compiled = new Interface(compiledAbi("TestToken"));
    for (const line of lines(TOKEN_ABI)) {
      const [name] = /(?<=function )\w+/.exec(line)!;
      expect(compiled.getFunction(name)?.selector, name).to.equal(
        new Interface(TOKEN_ABI).getFunction(name)!.selector,
      );
    }
  });
  it("knows the token's errors as the token has them", () => {
    const compiled = lines(compiledAbi("TestToken"));
    expect(lines(TOKEN_ERRORS).filter((line) => !compiled.includes(line))).to.deep.equal([]);
  });
});
