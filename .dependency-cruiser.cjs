/** Which way things point: see "Where things go" in CONTRIBUTING.md. */

const ours =
  "^(agents|contracts|dashboard|experiments|ignition|markets|mechanism|proofs|scripts|sdk|test)/";

/** @param {string} folder @param {string} allowed what else of ours it may import */
const onlyOurs = (folder, allowed, because) => ({
  name: `${folder}-imports-only-${allowed.replaceAll("|", "-and-")}`,
  comment: because,
  severity: "error",
  from: { path: `^${folder}/` },
  to: { path: ours, pathNot: `^(${allowed})/` },
});

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    onlyOurs("mechanism", "mechanism", "The mechanism is the centre: it imports nothing of ours."),
    onlyOurs(
      "agents",
      "agents|mechanism|markets",
      "A bot knows the mechanism and a chain; its programs read what a person gives as markets do.",
    ),
    {
      name: "agents-but-for-programs-import-only-agents-and-mechanism",
      comment: "Only what is a program of its own has files and flags to read.",
      severity: "error",
      from: { path: "^agents/(?!program/|relay/)" },
      to: { path: "^(markets|agents/program)/" },
    },
    onlyOurs(
      "scripts",
      "scripts|agents|mechanism|markets|ignition",
      "A script puts the pieces together; experiments, dashboard and test are not pieces.",
    ),
    onlyOurs(
      "experiments",
      "experiments|mechanism|agents|markets|scripts",
      "An experiment runs over the mechanism, or over a chain as scripts/run does; it reads and shows as scripts do.",
    ),
    {
      name: "dashboard-imports-no-scripts",
      comment:
        "The page reads, it runs no scripts; how a run is recorded and worded is the same for both.",
      severity: "error",
      from: { path: "^dashboard/" },
      to: {
        path: ours,
        pathNot:
          "^(dashboard|mechanism|agents|markets|sdk)/|^scripts/(record|output/(format|wording))[.]ts$",
      },
    },
    onlyOurs("markets", "markets|mechanism", "A market file becomes typed values, once."),
    onlyOurs(
      "proofs",
      "proofs|mechanism",
      "A proof is about the contracts; it may use the mechanism's arithmetic.",
    ),
    onlyOurs("sdk", "sdk|agents|mechanism", "The package's face: what a user's own bot needs."),
    onlyOurs("ignition", "ignition", "A deployment module stands alone."),
    {
      name: "mechanism-has-no-packages",
      comment:
        "No chain, no disk, no clock, no console: plain TypeScript, not even Node's modules.",
      severity: "error",
      from: { path: "^mechanism/" },
      to: {
        dependencyTypes: [
          "npm",
          "npm-dev",
          "npm-optional",
          "npm-peer",
          "npm-no-pkg",
          "npm-unknown",
          "core",
        ],
      },
    },
    {
      name: "agents-know-no-hardhat",
      comment:
        "A bot runs against any node: it takes an ethers provider, never the development chain.",
      severity: "error",
      from: { path: "^agents/" },
      to: { path: "(^|/)(hardhat|@nomicfoundation)(/|$)" },
    },
    {
      name: "no-cycles",
      comment:
        "Two files that import each other are one file; imports of types alone may point back.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-unlisted-packages",
      comment: "Import what package.json names, so that the lock file pins it.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"] },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "dependencies-outside-tests-are-not-dev",
      comment: "What the mechanism, the bots and the page need at run time is a dependency proper.",
      severity: "error",
      from: { path: "^(mechanism|agents|sdk)/" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(artifacts|cache|types)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    moduleSystems: ["es6", "cjs"],
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".cjs", ".json", ".d.ts"],
    },
  },
};
