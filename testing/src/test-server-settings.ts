/** What servers of the tests have and a server has not by itself: transactions in two phases. */
export const testServerSettings = { max_prepared_transactions: 20 } as const;
