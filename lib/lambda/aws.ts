/**
 * Options of every AWS client: short time-outs, because an invocation that hangs on AWS holds an order, and one retry,
 * because what still fails comes back by the queue.
 */
export const AWS_CLIENT_OPTIONS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
};
