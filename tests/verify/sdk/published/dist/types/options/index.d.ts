export interface RetryOptions {}
