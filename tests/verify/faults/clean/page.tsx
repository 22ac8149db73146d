import { App, HttpMethod } from "@alter-ai/alter-sdk";
import { Agent } from "./agents";

/* new Agent() */
const vault = new App({ apiKey: process.env.ALTER_API_KEY!, userTokenGetter: () => jwt() });
const text = `new Agent({}) ${[1, 2].map((n) => `${n} new Agent()`).join("/")} new Agent()`;
const pattern = /["'`]new Agent\(/g;
const half = text.length / 2; // it's / "half
const local = new Agent("not the SDK's");

export function Page({ grantId }: { grantId: string }) {
  local.getAgent("x");
  const send = () =>
    vault?.request(HttpMethod.POST, "https://slack.com/api/chat.postMessage", { grantId, json: { channel: "#a" } });
  return (
    <p title="it's">
      Don't call new Agent() or `this`: https://example.com {text.replace(pattern, "")} {half}
      <button onClick={send}>Agent's</button>
    </p>
  );
}
