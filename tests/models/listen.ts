import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server says; `path` is without its first "/". */
export type Answer = (path: string, response: ServerResponse, request: IncomingMessage) => void;

/** A server on this machine; its address ends in "/". */
export const listen = async (answer: Answer) => {
  const server = createServer((request, response) => answer((request.url ?? "").slice(1), response, request));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
};
