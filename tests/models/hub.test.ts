import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openFiles } from "../../src/engine/models/files.js";
import { hubFiles } from "../../src/engine/models/hub.js";
import { type HubAddress, hubAddress } from "../../src/engine/models/hub-address.js";
import { hubRefusal } from "../../src/engine/models/hub-listing.js";
import { keptOnDisk } from "../../src/engine/models/kept-on-disk.js";
import { loadCheckpoint } from "../../src/engine/run/checkpoint.js";
import { changedFolder } from "../changed-folder.js";
import { engineRejection } from "../error.js";
import { fixtureFolder } from "../golden/fixture.js";
import { commit, serveHub } from "./hub-server.js";

const model = fixtureFolder("real/dit");
const weights = "transformer/diffusion_pytorch_model.safetensors";
const root = mkdtempSync(join(tmpdir(), "hub-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const emptyFolder = () => join(root, String(count++));

/** A model as Node opens it, kept in a folder of the test's. */
const opened = async (address: string, folder = emptyFolder()) => {
  const at = hubAddress(address) as HubAddress;
  return hubFiles(at, await keptOnDisk(folder, hubRefusal(at)));
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
    const hub = await serveHub(model, { gated: "meta/gated" });
    const error = await engineRejection(code, loadCheckpoint(await opened(hub.at(repository))));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
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
