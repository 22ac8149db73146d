import { App } from "@alter-ai/alter-sdk";

const placeholder = new App({ apiKey: "alter_key_..." });
const other = new App({ apiKey: "alter_key_your_key_goes_here" });
const vault = new App({
  apiKey: "alter_rk_abcdefghijklmnopqrstuv_iwpykn",
});
export { other, placeholder, vault };
