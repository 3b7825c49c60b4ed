import { describe, expect, it } from "vitest";
import { downloads } from "../../src/engine/models/downloads.js";
import { openFiles } from "../../src/engine/models/files.js";
import { engineRejection } from "../error.js";
import { serve } from "./serve.js";

describe("the address of a model's folder", () => {
  it("takes 403 for a file that is not there: a store that lists nothing answers so", async () => {
    const base = await serve((_, response) => response.writeHead(403).end());
    expect((await engineRejection("file-missing", downloads(base).read("manifest.json"))).message).toContain("403");
  });

  it("asks for every file with the query of the address, and takes a # for a part of a name", async () => {
    const asked: string[] = [];
    const base = await serve((path, response, request) => {
      asked.push(request.url ?? path);
      response.end("{}");
    });
    for (const address of ["m?sig=a%2Fb&x=1?", "m/?sig=a", "a#b", "a#b/c?sig=d"])
      await downloads(base + address).read("transformer/config.json");
    expect(asked).toEqual([
      "/m/transformer/config.json?sig=a%2Fb&x=1?",
      "/m/transformer/config.json?sig=a",
      "/a%23b/transformer/config.json",
      "/a%23b/c/transformer/config.json?sig=d",
    ]);
  });

  it.each(["http://", "HTTPS://", "https://%zz", "http://a b", "http://host:99999/m"])(
    "refuses %s",
    async (address) => {
      const { message } = await engineRejection("input-invalid", openFiles(address));
      expect(message).toBe(`"${address}/" is no address of a folder of files.`.replace("///", "//"));
    },
  );
});
