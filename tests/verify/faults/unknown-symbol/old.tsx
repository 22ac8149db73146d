import { App, type AppOptions, Vault } from "@alter-ai/alter-sdk";
