import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const noDefaultExport = {
  selector: "ExportDefaultDeclaration",
  message: "Export by name: a thing has one name everywhere.",
};

// Money and demands travel as numbers or as bigints, never by way of a string.
const noNumbersThroughText = [
  {
    selector: "CallExpression[callee.name='parseFloat']",
    message: "No value goes number → string → number: keep the number.",
  },
  {
    selector: "CallExpression[callee.property.name=/^(parseFloat|toFixed|toPrecision)$/]",
    message:
      "No value goes number → string → number: keep the number; format it where it is shown.",
  },
];

export default defineConfig(
  globalIgnores([
    "node_modules/",
    "artifacts/",
    "cache/",
    "coverage/",
    "dist/",
    "dist-dashboard/",
    "out/",
    "types/",
    "ignition/deployments/",
    // AssemblyScript: its compiler is the one that checks it.
    "mechanism/kernel/assembly/",
  ]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "no-restricted-syntax": ["error", noDefaultExport],
      eqeqeq: "error",
      // Number and bigint read well in a message; nothing else is let through.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `values[i]!` where the loop bounds i: the alternative is a branch no test can reach.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Data is plain: `type` for shapes, as the mechanism writes it.
      "@typescript-eslint/consistent-type-definitions": ["error", "type"],
      // `() => fail()` in one line is as clear as with braces.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["mechanism/**/*.ts", "agents/**/*.ts"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": ["error", noDefaultExport, ...noNumbersThroughText],
    },
  },
  {
    // Their readers demand a default export.
    files: ["hardhat.config.ts", "ignition/modules/**/*.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // `expect(x).to.be.true` is an expression and a check.
      "@typescript-eslint/no-unused-expressions": "off",
      // Mocha hooks and cases are async so that they read alike.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    rules: {
      eqeqeq: "error",
      "no-unused-vars": "error",
      "prefer-const": "error",
      "no-var": "error",
    },
  },
);
