import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openFiles } from "../../src/engine/models/files.js";
import { hubFiles } from "../../src/engine/models/hub.js";
import { type HubAddress, hubAddress } from "../../src/engine/models/hub-address.js";
import { hubRefusal } from "../../src/engine/models/hub-listing.js";
import { keptOnDisk } from "../../src/engine/models/kept-on-disk.js";
import { type LoadProgress, loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { changedFolder } from "../changed-folder.js";
import { engineRejection } from "../error.js";
import { fixtureFolder } from "../golden/fixture.js";
import { commit, serveHub } from "./hub-server.js";
import { serve } from "./serve.js";

const model = fixtureFolder("real/dit");
const weights = "transformer/diffusion_pytorch_model.safetensors";
const root = mkdtempSync(join(tmpdir(), "hub-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const emptyFolder = () => join(root, String(count++));

/** A model as Node opens it, kept in a folder of the test's. */
const opened = async (address: string, folder = emptyFolder()) => {
  const at = hubAddress(address) as HubAddress;
  return hubFiles(at, await keptOnDisk(folder, { explain: hubRefusal(at) }));
};

describe("a model on the Hub", () => {
  test("has the tensors of its folder; only what the engine reads is downloaded, and sizes are known before", async () => {
    const hub = await serveHub(model);
    const progress: number[] = [];
    const onProgress = ({ total }: { total: number }) => void progress.push(total);
    const {
      weights: found,
      manifest,
      schedulerConfig,
    } = await loadCheckpoint(await opened(hub.at("org/dit")), { onProgress });
    const local = await loadCheckpoint(await openFiles(model));
    expect([...found.keys()]).toEqual([...local.weights.keys()]);
    for (const [name, { data }] of found) expect(data).toEqual(local.weights.get(name)?.data);
    expect(schedulerConfig).toEqual(local.schedulerConfig);
    expect(manifest?.name).toBe("org/dit");
    expect(manifest?.files.map(({ path }) => path).sort()).toEqual(
      ["scheduler/scheduler_config.json", "transformer/config.json", weights].sort(),
    );
    expect(new Set(progress)).toEqual(new Set([statSync(join(model, weights)).size]));
    expect(hub.asked.filter((path) => path.includes("reference"))).toEqual([]);
    expect(hub.asked.filter((path) => path.includes("resolve")).every((path) => path.includes(commit))).toBe(true);
  });

  test("has a listing of many pages, each with the address of the next", async () => {
    const hub = await serveHub(model, { more: 2500 });
    const { weights: found } = await loadCheckpoint(await opened(hub.at("org/dit")));
    expect(found.size).toBeGreaterThan(10);
    const pages = hub.asked.filter((path) => path.includes("/tree/"));
    expect(pages.map((path) => path.split("recursive=true")[1])).toEqual(["", "&cursor=1000", "&cursor=2000"]);
  });

  test("whose listing never ends is refused", async () => {
    const [hub, listing] = [await serveHub(model), (path: string) => /tree/.test(path)];
    const mirror = await serve(async (path, response) => {
      const answer = await fetch(`${hub.origin}/${path}`);
      const again = { link: `<${hub.origin}/${path}>; rel="next"` };
      response.writeHead(answer.status, listing(path) ? again : {}).end(Buffer.from(await answer.arrayBuffer()));
    });
    const error = await engineRejection("file-invalid", loadCheckpoint(await opened(`hub:${mirror}org/dit`)));
    expect(error.message).toContain("follows itself in a listing");
    expect(error.hint).toContain("is the Hub, or a mirror of it");
  });

  test("is asked for a new address of a file whose own has expired", async () => {
    let answers = 0;
    const hub = await serveHub(model, {
      send(_path, _bytes, response) {
        if (++answers > 1) return false;
        response.writeHead(403).end();
        return true;
      },
    });
    const retries: string[] = [];
    const onProgress = ({ retry }: LoadProgress) => void (retry && retries.push(retry.reason));
    await loadCheckpoint(await opened(hub.at("org/dit")), { onProgress });
    expect(retries).toEqual([expect.stringContaining("an address that has expired")]);
    expect(hub.asked.filter((path) => path.includes("resolve") && path.endsWith(weights))).toHaveLength(2);
  });

  test("is loaded without a network the second time, by its commit without asking at all", async () => {
    const folder = emptyFolder();
    const hub = await serveHub(model);
    await loadCheckpoint(await opened(hub.at("org/dit@refs/pr/1"), folder));
    await loadCheckpoint(await opened(hub.at(`org/dit@${commit}`), folder));
    const before = hub.asked.length;
    await loadCheckpoint(await opened(hub.at(`org/dit@${commit}`), folder));
    expect(hub.asked).toHaveLength(before);
    // The same listing, of a Hub that does not answer any more.
    const dead = hubAddress("hub:http://127.0.0.1:9/org/dit") as HubAddress;
    const disk = await keptOnDisk(folder);
    const kept = (await disk.cache.text(`${hub.origin}/org/dit@refs/pr/1`)) as string;
    await disk.cache.keepText("http://127.0.0.1:9/org/dit@main", kept);
    const { weights: found } = await loadCheckpoint(hubFiles(dead, disk));
    expect(found.size).toBeGreaterThan(10);
  });

  test("goes on where a download was cut short", async () => {
    const folder = emptyFolder();
    let cut: (() => void) | undefined;
    const hub = await serveHub(model, {
      send(_, bytes, response, { headers }) {
        if (cut || headers.range) return false;
        response.writeHead(200, { "content-length": bytes.length }).write(bytes.subarray(0, 20_000));
        cut = () => response.destroy();
        return true;
      },
    });
    // Cut once something has arrived: what is under way is lost with its connection.
    await loadCheckpoint(await opened(hub.at("org/dit"), folder), { onProgress: () => cut?.() });
    expect(hub.asked.filter((path) => path.startsWith("file"))).toEqual([
      `file ${weights}`,
      expect.stringMatching(/^file .* bytes=[1-9]\d*-$/),
    ]);
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  test("whose file has another hash is refused, and nothing of it is kept", async () => {
    const folder = emptyFolder();
    const hub = await serveHub(model, {
      send(_, bytes, response) {
        const other = Buffer.from(bytes);
        other[bytes.length - 1] = (other[bytes.length - 1] as number) ^ 1;
        response.end(other);
        return true;
      },
    });
    const error = await engineRejection("hash-mismatch", loadCheckpoint(await opened(hub.at("org/dit"), folder)));
    expect(error.message).toMatch(/is not the file that its repository names: its SHA-256 is \w+ instead of \w+\.$/);
    const large = readdirSync(folder).filter((name) => statSync(join(folder, name)).size > 10_000);
    expect(large).toEqual([]);
  });

  test("whose server ends the file too early is refused, and what came is gone on with next time", async () => {
    const folder = emptyFolder();
    let short = true;
    const hub = await serveHub(model, {
      send(_, bytes, response, { headers }) {
        if (!short) return false;
        const from = Number(/\d+/.exec(headers.range ?? "0")?.[0]);
        const range = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
        response.writeHead(headers.range ? 206 : 200, headers.range ? range : {}).end(bytes.subarray(from, 20_000));
        return true;
      },
    });
    const at = hubAddress(hub.at("org/dit")) as HubAddress;
    const disk = await keptOnDisk(folder, { retries: 0 });
    const error = await engineRejection("download-failed", loadCheckpoint(hubFiles(at, disk)));
    expect(error.message).toMatch(/it ended after 20000 of \d+ bytes/);
    expect(readdirSync(folder).filter((name) => /^[0-9a-f]{64}$/.test(name))).toEqual([]);
    short = false;
    await loadCheckpoint(hubFiles(at, disk));
    expect(hub.asked.at(-1)).toMatch(/bytes=20000-$/);
  });

  test("keeps a file that was damaged on the disk no longer", async () => {
    const folder = emptyFolder();
    const hub = await serveHub(model);
    await loadCheckpoint(await opened(hub.at("org/dit"), folder));
    const [large = ""] = readdirSync(folder).filter((name) => statSync(join(folder, name)).size > 10_000);
    truncateSync(join(folder, large), 9000);
    await loadCheckpoint(await opened(hub.at("org/dit"), folder));
    expect(statSync(join(folder, large)).size).toBe(readFileSync(join(model, weights)).length);
  });
});

describe("is refused in one line that says what to do", () => {
  test.each([
    [
      "a gated model",
      "meta/gated",
      "download-failed",
      /meta\/gated is gated: .*\(401\)/,
      /hf download meta\/gated --local-dir DIR/,
    ],
    [
      "a gated model that has not let its reader in",
      "meta/closed",
      "download-failed",
      /meta\/closed is gated: .*\(403\)/,
      /Accept them at http.*meta\/closed/,
    ],
    ["a revision that is not there", "org/dit@v9", "download-failed", /org\/dit has no revision v9/, /commits\/main/],
    [
      "a model that is not there",
      "nobody/nothing",
      "download-failed",
      /no public model nobody\/nothing/,
      /Check the name/,
    ],
    [
      "a folder that is not there",
      "org/dit/unet",
      "file-missing",
      /neither transformer\/config\.json nor config\.json/,
      /folder/,
    ],
  ] as const)("%s", async (_, repository, code, message, hint) => {
    const closed = repository === "meta/closed";
    const hub = await serveHub(model, closed ? { gated: repository, gatedStatus: 403 } : { gated: "meta/gated" });
    const folder = emptyFolder();
    const error = await engineRejection(code, loadCheckpoint(await opened(hub.at(repository), folder)));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    const kept = existsSync(folder) ? readdirSync(folder) : [];
    expect(kept.filter((name) => !name.startsWith("http"))).toEqual([]); // at most a listing
  });

  test("pickles, with the line of Python that names the repository", async () => {
    const folder = changedFolder(model, {
      remove: [weights],
      add: { "transformer/diffusion_pytorch_model.bin": "PK" },
    });
    const hub = await serveHub(folder);
    const error = await engineRejection("file-missing", loadCheckpoint(await opened(hub.at("org/dit"))));
    expect(error.message).toContain("it has diffusion_pytorch_model.bin.");
    expect(error.hint).toContain(
      'DiTTransformer2DModel as M; M.from_pretrained("org/dit", subfolder="transformer").save_pretrained("model/transformer"',
    );
  });
});
