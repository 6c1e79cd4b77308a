import { expect } from "chai";

import { readAnnouncement } from "../../../dashboard/wallet/announced.ts";

const provider = { request: () => Promise.resolve(null) };
const announced = (info: object) => readAnnouncement({ info: { uuid: "1", ...info }, provider });

describe("Wallets as they announce themselves", () => {
  it("are passed over where they are none", () => {
    const info = { uuid: "1", name: "A wallet", icon: "" };
    const none = [null, undefined, {}, 5, "x", { info: null, provider }, { info }, { provider }];
    for (const detail of [...none, { info: { ...info, name: null }, provider }]) {
      expect(readAnnouncement(detail), JSON.stringify(detail)).to.equal(undefined);
    }
    expect(readAnnouncement({ info, provider })!.provider).to.equal(provider);
  });

  it("have names of one short line, in the direction that is read", () => {
    expect(announced({ name: "\u202egnp.\u202d\n x" })!.info.name).to.equal("gnp.  x");
    expect(announced({ name: "W".repeat(10_000) })!.info.name).to.have.length(40);
    expect(announced({ name: " " })!.info.name).to.equal("A wallet without a name");
  });

  it("have icons that ask nobody for anything", () => {
    const iconOf = (icon: unknown) => announced({ name: "A", icon })!.info.icon;
    expect(iconOf("data:image/png;base64,AA==")).to.equal("data:image/png;base64,AA==");
    for (const icon of ["https://example.com/i.png", "javascript:alert(1)", "data:text/html,x", 5])
      expect(iconOf(icon), String(icon)).to.equal(undefined);
  });
});
