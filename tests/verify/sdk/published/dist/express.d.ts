export declare function middleware(): void;
