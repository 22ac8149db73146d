import { App, HttpMethod } from "@alter-ai/alter-sdk";

const vault = new App({ apiKey: process.env.KEY! });
const url = "https://api.anthropic.com/v1/messages";

export async function ask(grantId: string, question: string) {
  const messages = [{ role: "user", content: `${question} ("maxTokens: 5")` }];
  await vault.request(HttpMethod.POST, url, { grantId, json: { model: "m", max_tokens: 5, messages } });
  return vault.request(HttpMethod.POST, url, {
    grantId,
    json: {
      model: "m",
      maxTokens: 5,
      messages,
    },
  });
}
