import { expect, test } from "vitest";
import { ownCache } from "../../../site/publish/own-cache.mjs";

test("a build and a running site have caches of their own", () => {
  const places = ["dev", "build", "sync"].map((command) => {
    let place = "";
    ownCache().hooks["astro:config:setup"]({
      command,
      updateConfig: ({ vite }: { readonly vite: { readonly cacheDir: string } }) => {
        place = vite.cacheDir;
      },
    });
    return place;
  });
  expect(places).toEqual(["node_modules/.vite/dev", "node_modules/.vite/build", "node_modules/.vite/sync"]);
});
