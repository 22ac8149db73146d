export declare const tool: 1;
