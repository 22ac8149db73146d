const alter = require("@alter-ai/alter-sdk");
const one = new alter.App({ apiKey: process.env.KEY });
const { App: Renamed } = require("@alter-ai/alter-sdk");
const two = new Renamed({ apiKey: process.env.KEY });
const App = require("@alter-ai/alter-sdk").App;
const three = new App({ apiKey: process.env.KEY });

module.exports = { one, two, three };
