import { expect, test } from "vitest";
import { hubAddress } from "../../src/engine/models/hub-address.js";
import { engineError } from "../error.js";

const hub = "https://huggingface.co";
const dit = "facebook/DiT-XL-2-256";
const commit = "eab87f77abd5aef071a632f08807fbaab0b704d0";

test.each([
  [`hub:${dit}`, "main", ""],
  [`hub:${dit}@v1.0`, "v1.0", ""],
  [`hub:${dit}@refs/pr/3`, "refs/pr/3", ""],
  [`hub:${dit}/transformer@${commit}`, commit, "transformer/"],
  [`${hub}/${dit}`, "main", ""],
  [`${hub}/${dit}/`, "main", ""],
  [`huggingface.co/${dit}?library=diffusers#files`, "main", ""],
  [`https://hf.co/${dit}/tree/main`, "main", ""],
  [`${hub}/${dit}/tree/${commit}/transformer`, commit, "transformer/"],
  [`${hub}/${dit}/tree/refs%2Fpr%2F3`, "refs/pr/3", ""],
  [`${hub}/${dit}/tree/refs/pr/3/transformer`, "refs/pr/3", "transformer/"],
  [`${hub}/${dit}/blob/main/transformer/config.json`, "main", "transformer/"],
  [`${hub}/${dit}/resolve/main`, "main", ""],
])("%s is revision %s, folder %j", (address, revision, folder) => {
  expect(hubAddress(address)).toEqual({ origin: hub, repository: dit, revision, folder });
});

test("a mirror is named by its origin", () => {
  expect(hubAddress(`hub:http://127.0.0.1:8000/${dit}@x`)).toEqual({
    ...{ origin: "http://127.0.0.1:8000", repository: dit, revision: "x", folder: "" },
  });
});

test.each([
  "models/nano",
  "/models/a/b",
  "https://example.org/a/b",
  "http://127.0.0.1:8000/org/name",
  "./hub/org/name",
])("%s is no address of the Hub", (address) => expect(hubAddress(address)).toBeUndefined());

test.each([
  ["hub:", "no organisation/model"],
  ["hub:gpt2", "no organisation/model"],
  ["hub:../../etc", "no organisation/model"],
  ["hub:a/b@", "the revision after @ is missing"],
  ["hub:a/%zz", "is not encoded"],
  [`${hub}/datasets/org/name`, "it is one of the Hub's datasets"],
  [`${hub}/`, "no organisation/model"],
])("%s is refused", (address, why) => {
  const error = engineError("input-invalid", () => hubAddress(address));
  expect(error.message).toContain(why);
  expect(error.hint).toContain("hub:organisation/model@revision");
});
