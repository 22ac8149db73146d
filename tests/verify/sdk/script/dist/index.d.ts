export * from "./clients.js";
export { type Options as AppOptions, HttpMethod } from "./models.js";
