import { IncomingMessage } from 'node:http';
import type { S3Client } from '@aws-sdk/client-s3';

type Stack = Pick<S3Client['middlewareStack'], 'add'>;

/**
 * Has `client` use no connection again on which a request with a body was answered by an error or a redirect.
 *
 * Such an answer may come before the server has read the body, and some servers (fasthttp's streamed requests,
 * <https://github.com/valyala/fasthttp/pull/2368>) then take the unread rest for the next request: whoever used the
 * connection next was told that its own was malformed. Go's HTTP client leaves such connections, too; Node's does not, for
 * it only knows that it has written everything.
 */
export function leaveRefusedConnections(client: { readonly middlewareStack: Stack }): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      if (hasBody(args.request) && isNoSuccess(result.response)) leave(result.response.body);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'leaveRefusedConnections' },
  );
}

const hasBody = (request: unknown): boolean => (request as { readonly body?: unknown }).body !== undefined;

const isNoSuccess = (response: unknown): response is { readonly body: unknown } =>
  (response as { readonly statusCode: number }).statusCode >= 300;

/** Takes the connection from its agent, as Node's documentation has it, and ends it once the answer has been read. */
function leave(answer: unknown): void {
  if (!(answer instanceof IncomingMessage)) return;
  const { socket } = answer;
  socket.emit('agentRemove');
  for (const over of ['end', 'close']) answer.once(over, () => socket.destroy());
}
