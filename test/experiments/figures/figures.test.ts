import { expect } from "chai";

import { drawSvg, inPageColours } from "../../../experiments/drawings/svg.ts";
import { light } from "../../../experiments/drawings/theme.ts";
import { experiments } from "../../../experiments/registry.ts";
import type { Finding } from "../../../experiments/tables/claim.ts";
import { concluded, textsOf } from "./draw-figure.ts";

/** Words that each figure of the paper must show: its panels and axes. */
const words: Record<string, readonly string[]> = {
  figure2: ["Shadow price μᵗ", "tokens a unit", "units", "tokens an agent", "Gini index"],
  figure3: ["efficiency, tokens an agent", "fairness, 1 − Gini", "unit fee τ, tokens a unit"],
  figure4: ["tokens an agent", "Gini index", "No enforcement", "Proposed"],
  figure5: ["agents n", "fairness, 1 − Gini", "efficiency, tokens an agent", "100"],
  figure6: ["unit fee τ, tokens a unit", "execution fee g, tokens", "colour: fairness", "g"],
  figure7: ["round t", "unit fee τ, tokens a unit", "before", "at rest", "rebound"],
  figure8: ["of No enforcement's", "Gini index", "Flat", "the paper's"],
  figure9: ["of No enforcement's", "Gini index", "Flat", "the paper's"],
};

describe("the figures of the paper", () => {
  it("are all there", () => {
    const names = experiments.map(({ name }) => name).filter((name) => name.startsWith("figure"));
    expect(names).to.have.members(Object.keys(words));
  });

  for (const [name, expected] of Object.entries(words)) {
    const experiment = experiments.find((one) => one.name === name)!;

    it(`${name} names its panels and axes, and has no number that is none`, async () => {
      const { block } = await concluded(experiment);
      expect(textsOf(block)).to.include.members([...expected]);
      expect(drawSvg(block.picture)).not.to.match(/NaN|undefined|Infinity/);
    });

    it(`${name} needs no style sheet, which the report's policy would refuse`, async () => {
      const { block } = await concluded(experiment);
      expect(drawSvg(block.picture)).not.to.match(/<style| style=| class=/);
    });

    it(`${name} is drawn from plain data, and that is in its JSON`, async () => {
      const { result, block } = await concluded(experiment);
      const { data } = result.json as { data: unknown };
      expect(JSON.parse(JSON.stringify(data))).to.deep.equal(block.picture.data);
    });

    it(`${name} says of each claim of the paper whether it was seen`, async () => {
      const { result } = await concluded(experiment);
      const { claims } = result.json as { claims: { holds: Finding }[] };
      expect(claims.length).to.be.above(0);
      const [counted] = result.section.claims!;
      expect(counted).to.include({
        hold: claims.filter(({ holds }) => holds === true).length,
        of: claims.length,
      });
    });
  }
});

describe("a drawing", () => {
  it("takes the page's colours where it uses the theme's, and leaves others alone", () => {
    expect(inPageColours(`<path stroke="${light.blue}" fill="#123456"></path>`)).to.equal(
      '<path stroke="var(--blue)" fill="#123456"></path>',
    );
  });
});
