import { A as App, b as Agent, type C as ClientOptions } from './client-BxK3.js';
export { A as App, b as Agent, type C as ClientOptions } from './client-BxK3.js';
import * as models from './types/models.js';
export * from './types/errors.js';
export type * from './types/options';
export * as models from './types/models.js';
export type * as wire from './types/wire';
export type { Grant, GrantPolicy as Policy } from './types/models.js';
export { default as createApp } from './create-app.js';
export { default } from './create-app.js';

/** HTTP methods. export class NotReal */
declare const HttpMethod: {
    readonly GET: "GET";
    readonly POST: "POST";
};
type HttpMethod = (typeof HttpMethod)[keyof typeof HttpMethod];
export { HttpMethod };
export declare const VERSION: string, BUILD: number;
export declare let first: { a: string; b: Map<string, number> }, second: [a: string, b: number];
declare enum ActorType { User = "user", Agent = "agent" }
export { ActorType, type ActorType as ActorKind };
export declare function request<T, U = string>(url: string, options?: { method: string, body?: T }): Promise<U>;
export declare abstract class Base<T> { abstract run(): void; }
export interface Session { id: string }
export type Handler<T = unknown> = (x: T) => void;
export declare namespace Scopes { const READ: "read"; }
export declare module Legacy { const X: 1; }
export import Alias = models.Grant;
export as namespace AlterSdk;
export declare const enum Mode { Retrieve, Proxy }
export { "quoted name" as quoted } from './client-BxK3.js';
export declare function* walk(): Generator<number>;
export declare const { destructured, renamed: other }: { destructured: string; renamed: string };
export declare global { interface Window {} }
