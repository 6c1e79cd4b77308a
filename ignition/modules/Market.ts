import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/**
 * A payment token that anybody can mint and a market that is paid in it. Parameters: `symbol`, `decimals`, `policy`
 * (0 Refunding, 1 PerSubmission), `allowlisted`, `price` (UD60x18), `limits`, `provider`, `treasury`; the deployer owns the
 * market.
 */
export default buildModule("Market", (m) => {
  const symbol = m.getParameter<string>("symbol");
  const owner = m.getAccount(0);
  const token = m.contract("TestToken", [symbol, symbol, m.getParameter<number>("decimals")]);
  const market = m.contract("ClearingContract", [
    token,
    owner,
    m.getParameter<string>("provider"),
    m.getParameter<string>("treasury"),
    m.getParameter<number>("policy"),
    m.getParameter<boolean>("allowlisted"),
    m.getParameter<bigint>("price"),
    m.getParameter("limits"),
  ]);
  return { token, market };
});
