import { tool } from "@alter-ai/alter-sdk/langchain";
import { missing } from "@alter-ai/alter-sdk/nowhere";
