export interface Grant {} export interface GrantPolicy {} export {}
