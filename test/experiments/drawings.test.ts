import { expect } from "chai";

import type { Picture } from "../../experiments/drawings/drawings.ts";
import { drawSvg, inPageColours } from "../../experiments/drawings/svg.ts";
import { light } from "../../experiments/drawings/theme.ts";

const byRound = (first: number[]): { first: number[]; low: number[]; high: number[] } => ({
  first,
  low: first.map((value) => value / 2),
  high: first.map((value) => value * 2),
});

/** A small picture of each drawing, and words that it must show. */
const pictures: { picture: Picture; words: readonly string[] }[] = [
  {
    picture: {
      drawing: "convergence",
      data: {
        capacity: 50,
        equilibriumPrice: 0.5,
        price: byRound([0, 0.4, 0.5]),
        demand: byRound([70, 55, 50]),
        efficiency: byRound([5, 6, 7]),
        gini: byRound([0.2, 0.3, 0.4]),
        demands: [
          [30, 25, 20],
          [40, 30, 30],
        ],
      },
    },
    words: ["Shadow price μᵗ", "tokens a unit", "units", "Gini index", "μ* = 0.500", "m = 50"],
  },
];

describe("a drawing", () => {
  for (const { picture, words } of pictures) {
    it(`of ${picture.drawing} names its axes and has no number that is none`, () => {
      const svg = drawSvg(picture);
      const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
      expect(texts).to.include.members([...words]);
      expect(svg).not.to.match(/NaN|undefined|Infinity/);
    });

    it(`of ${picture.drawing} needs no style sheet, which the report's policy would refuse`, () => {
      expect(drawSvg(picture)).not.to.match(/<style| style=| class=/);
    });
  }

  it("takes the page's colours where it uses the theme's, and leaves others alone", () => {
    expect(inPageColours(`<path stroke="${light.blue}" fill="#123456"></path>`)).to.equal(
      '<path stroke="var(--blue)" fill="#123456"></path>',
    );
  });
});
