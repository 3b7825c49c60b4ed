import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const models = "site/public/models";

test.each(readdirSync(models))("the manifest of %s fits its files", (name) => {
  const { files } = JSON.parse(readFileSync(`${models}/${name}/manifest.json`, "utf8"));
  for (const { path, bytes, sha256 } of files) {
    const found = readFileSync(`${models}/${name}/${path}`);
    expect({ path, bytes: found.length, sha256: createHash("sha256").update(found).digest("hex") }).toEqual({
      ...{ path, bytes, sha256 },
    });
  }
});
