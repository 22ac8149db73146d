import type { Agent } from "@alter-ai/alter-sdk";
import alter = require("@alter-ai/alter-sdk");
import sdk, { App as Vault } from "@alter-ai/alter-sdk";
export { Agent as Worker } from "@alter-ai/alter-sdk";

const lazy = await import("@alter-ai/alter-sdk");
export const clients = [
  new alter.App({ apiKey: process.env.KEY! }),
  new sdk.App({ apiKey: process.env.KEY! }),
  new Vault({ apiKey: process.env.KEY! }),
  new lazy.App({ apiKey: process.env.KEY! }),
];
export type { Agent };
