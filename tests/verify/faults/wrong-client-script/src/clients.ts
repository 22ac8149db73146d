import * as alter from "@alter-ai/alter-sdk";

// new alter.App() would be wrong here
export const agent = new alter.Agent({ apiKey: process.env.KEY! });
export const vault = new alter.App({ apiKey: process.env.KEY! });
