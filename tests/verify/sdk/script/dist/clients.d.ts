export declare class Agent {}
export declare class App {}
