import { expect } from "chai";

import { marketOf, parseWhere, queryOf, rpcOf } from "../../../dashboard/market/where.ts";

const market = "0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512";
const local = {
  rpc: "http://127.0.0.1:8545",
  markets: [{ chainId: 31337, address: market, block: 7, name: "small" }],
};

describe("Which market the page is about", () => {
  it("is read from an address and leads back to it", () => {
    const query = new URLSearchParams(
      `rpc=wss://node.example/key&market=${market.toLowerCase()}&block=12`,
    );
    const where = parseWhere(query);
    expect(where).to.deep.equal({ rpc: "wss://node.example/key", market, block: 12 });
    expect(parseWhere(new URLSearchParams(queryOf(where)))).to.deep.equal(where);
    expect(queryOf(parseWhere(new URLSearchParams(" rpc= &market=")))).to.equal("");
  });

  it("is refused where it cannot be, naming what was given and what is allowed", () => {
    const refusal = (query: string) => () => parseWhere(new URLSearchParams(query));
    expect(refusal("rpc=ftp://x")).to.throw(RangeError, "Node: given ftp://x, allowed an http");
    expect(refusal("rpc=localhost")).to.throw(RangeError, "Node: given localhost");
    expect(refusal("market=0x12")).to.throw(RangeError, "Market: given 0x12, allowed the address");
    expect(refusal(`market=${market.replace("e", "E")}`)).to.throw("whose checksum is wrong");
    expect(refusal("block=-1")).to.throw(RangeError, "From block: given -1, allowed a whole");
  });

  it("is the one deployed from here where nobody names another", () => {
    expect(rpcOf({}, local)).to.equal(local.rpc);
    expect(rpcOf({ rpc: "http://other" }, local)).to.equal("http://other");
    expect(marketOf({}, local, 31337n)).to.deep.equal({ address: market, block: 7, name: "small" });
    expect(marketOf({}, local, 1n)).to.equal(undefined);
    expect(marketOf({}, undefined, 31337n)).to.equal(undefined);
  });

  it("has the name and block known here only if it is the one deployed from here", () => {
    expect(marketOf({ market }, local, 31337n)).to.include({ block: 7, name: "small" });
    expect(marketOf({ market, block: 3 }, local, 31337n)).to.include({ block: 3, name: "small" });
    const other = "0x000000000000000000000000000000000000dEaD";
    expect(marketOf({ market: other }, local, 31337n)).to.deep.equal({
      address: other,
      block: undefined,
      name: undefined,
    });
  });
});
