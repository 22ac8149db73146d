const { App } = require("@alter-ai/alter-sdk");

const vault = new App({ apiKey: process.env.KEY });
const post = "https://slack.com/api/chat.postMessage";

async function notify(grantId, more) {
  await vault.request("POST", post, { grantId, json: { channel: "#a", text: "channel" } });
  await vault.request("POST", post, { grantId, json: { ...more, text: "x" } });
  await vault.proxyRequest({ method: "POST", url: post, grantId, json: { text: "no channel" } });
}

async function twice(grantId) {
  const body = { text: "no channel" };
  await vault.request("POST", post, { grantId, json: body });
  await vault.request("POST", post, { grantId, json: body });
  const filled = { text: "x" };
  Object.assign(filled, { channel: "#a" });
  await vault.request("POST", post, { grantId, json: filled });
}

module.exports = { notify };
