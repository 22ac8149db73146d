export class DeepError {} export type DeepKind = "a" | "b";
