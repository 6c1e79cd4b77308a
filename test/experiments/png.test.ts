import { expect } from "chai";

import { pngOf } from "../../experiments/report/png.ts";

const svg = (inside: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20" viewBox="0 0 60 20">${inside}</svg>`;

describe("a figure as PNG", () => {
  it("is an image of twice the drawing's size", () => {
    const png = pngOf(svg(""));
    expect(png.subarray(1, 4).toString()).to.equal("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).to.deep.equal([120, 40]);
  });

  it("shows text in a font that no system needs to have, Greek letters and signs too", () => {
    const text = (words: string): Buffer =>
      pngOf(
        svg(`<text y="15" font-family="system-ui, 'No Such Font', sans-serif">${words}</text>`),
      );
    const images = ["", "a", "μ", "τ", "γ", "Ŝ", "ᵗ", "∂", "−", "±"].map((sign) =>
      text(sign).toString("base64"),
    );
    expect(new Set(images).size).to.equal(images.length);
  });
});
