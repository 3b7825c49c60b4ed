import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server on this machine for the length of one test; gives its address, which ends in "/". */
export const serve = async (answer: (path: string, response: ServerResponse, request: IncomingMessage) => void) => {
  const server = createServer((request, response) => answer((request.url ?? "").slice(1), response, request));
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};
