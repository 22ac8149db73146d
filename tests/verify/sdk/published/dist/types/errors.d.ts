export declare class AlterError extends Error {} export declare class NoGrantError extends AlterError {} export * from "./deep/more.js"
