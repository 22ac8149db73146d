export interface Wire {}
