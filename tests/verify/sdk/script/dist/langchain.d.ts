export declare function tool(): void;
