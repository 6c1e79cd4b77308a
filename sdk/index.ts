// What `import … from "contract-clearing"` gives.
export { MARKET_ABI, TOKEN_ABI } from "../agents/abi.ts";
export { affordable, answer } from "../agents/bot.ts";
export type { Bot, Posting, Standing, Strategy } from "../agents/bot.ts";
export { ChainError, Declined, explain, Refused } from "../agents/errors.ts";
export { bodyOf as relayBody } from "../agents/relay/request.ts";
export { encodeBatch, signDemand } from "../agents/relay/signed-demand.ts";
export type { Demand, MarketId, SignedDemand } from "../agents/relay/signed-demand.ts";
export { demandsOf, marketEventOf } from "../agents/market-event.ts";
export type { MarketEvent, MarketLog } from "../agents/market-event.ts";
export type { Replay, ReplayedRound, Statement } from "../agents/replay.ts";
export { connectMarket, type ConnectOptions } from "./connect-market.ts";
export type {
  AccountView,
  Amount,
  FollowOptions,
  MarketClient,
  Quote,
  Round,
  Settlement,
} from "./market-client.ts";
