import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import solc from "solc";

// What the compiler's types leave open.
type Compiled = {
  contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
};
type Compile = (input: string) => string;
type Input = { settings: { outputSelection: object } };

/** A block explorer as Etherscan's API describes one, which believes nothing: it compiles what it is sent. */
export type Explorer = {
  url: string;
  /** Names of the contracts that came to the code that was deployed. */
  verified: string[];
  close: () => Promise<void>;
};

/** @param creationCode what the transaction that deployed a contract carried */
export async function startExplorer(
  creationCode: (address: string) => Promise<string>,
): Promise<Explorer> {
  const verified: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () => {
      const asked = new URL(request.url ?? "/", "http://explorer").searchParams;
      void answer(asked, new URLSearchParams(body)).then((result) =>
        response.end(JSON.stringify({ status: "1", message: "OK", result })),
      );
    });
  });
  /** What Etherscan's API calls `result`. */
  const answer = async (asked: URLSearchParams, form: URLSearchParams): Promise<unknown> => {
    const action = asked.get("action");
    if (action === "getsourcecode") return [{ SourceCode: "" }];
    if (action === "checkverifystatus") {
      return verified.includes(asked.get("guid")!) ? "Pass - Verified" : "Fail - Unable to verify";
    }
    const name = form.get("contractname")!;
    const code = compile(form.get("sourceCode")!, name) + form.get("constructorArguments")!;
    if ((await creationCode(form.get("contractaddress")!)) === `0x${code}`) verified.push(name);
    return name;
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    verified,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The creation code of one contract. */
function compile(standardJson: string, name: string): string {
  const [file, contract] = name.split(":") as [string, string];
  const input = JSON.parse(standardJson) as Input;
  input.settings.outputSelection = { [file]: { [contract]: ["evm.bytecode.object"] } };
  const output = JSON.parse((solc.compile as Compile)(JSON.stringify(input))) as Compiled;
  return output.contracts[file]![contract]!.evm.bytecode.object;
}
