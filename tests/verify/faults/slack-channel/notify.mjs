const { App } = require("@alter-ai/alter-sdk");

const vault = new App({ apiKey: process.env.KEY });
const post = "https://slack.com/api/chat.postMessage";

async function notify(grantId, more) {
  await vault.request("POST", post, { grantId, json: { channel: "#a", text: "channel" } });
  await vault.request("POST", post, { grantId, json: { ...more, text: "x" } });
  await vault.proxyRequest({ method: "POST", url: post, grantId, json: { text: "no channel" } });
}

module.exports = { notify };
