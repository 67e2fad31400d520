import type { Message } from '#contract/conversations.ts';
import type { ServingRequest } from '#contract/serving.ts';

/** How the port knows the chat's own requests. */
const CLIENT = 'wheelhouse-chat';

/** The request at the port that an answer waits for: the first of the chat for its model since it was asked for. */
export function findRequest(requests: readonly ServingRequest[], { model, createdAtMs }: Pick<Message, 'model' | 'createdAtMs'>): ServingRequest | null {
  const own = requests.filter((request) => request.client === CLIENT && request.model === model && request.arrivedAtMs >= createdAtMs);
  return own.toSorted((left, right) => left.arrivedAtMs - right.arrivedAtMs)[0] ?? null;
}
